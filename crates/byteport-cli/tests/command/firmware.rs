// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Firmware, fetched for a device.

use std::fs;

use crate::support::{Server, image};

#[test]
fn the_newest_one_is_fetched_once() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let fetch =
        |more: &[&str]| server.run(&[&["firmware", "fetch", "garage.wall-1", "--into", into], more].concat());
    let path = fetch(&[]).ok();
    assert_eq!(fs::read(path.trim_end()).unwrap(), image());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let again = fetch(&["-vv"]);
    assert_eq!((again.status, again.out), (0, path));
    assert!(!again.err.contains("/media/"), "{}", again.err);
    let current = fetch(&["--current", "2.0"]);
    assert_eq!((current.status, current.out.as_str()), (0, ""));
    assert!(current.err.contains("runs the newest firmware"), "{}", current.err);
}

#[test]
fn what_cannot_be_fetched_is_told() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().to_str().unwrap();
    let fetch = |args: &[&str]| server.run(&[&["firmware", "fetch"], args].concat());
    fetch(&["nobody", "--into", into]).fails(1, &["no such device"]);
    fetch(&["wall-1", "--into", "/no/such"]).fails(5, &["/no/such"]);
    fetch(&["wall-1", "--into", into, "--media-prefix", "/elsewhere/"]).fails(1, &["HTTP 404"]);
    fetch(&["wall-1", "--into", into, "--media-prefix", "../"]).fails(2, &["prefix"]);
    fetch(&["wall-1"]).fails(2, &["--into"]);
    assert!(fs::read_dir(&folder).unwrap().all(|entry| !entry.unwrap().path().ends_with("new.bin")));
}
