// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Ctrl-C while a command waits: it ends as any program does, and leaves nothing half done.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use rustix::process::Signal;

use crate::support::{Server, halting, keep_session, signal};

const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf";

#[test]
fn each_waiting_command_can_be_ended() {
    let server = Server::start();
    for args in [
        &["store", "a=1"][..],
        &["read", "cart.a"],
        &["login"],
        &["logout"],
        &["namespaces"],
        &["register", "garage", "x1", "--type", "1"],
        &["ping"],
        &["download", "cart.a"],
        &["firmware", "fetch", "cart", "--into", "/tmp"],
    ] {
        for answer in ["", HALF] {
            let (url, halts) = halting(answer);
            let home = tempfile::tempdir().unwrap();
            keep_session(home.path(), &url);
            let mut command = server.command();
            command.env("BYTEPORT_HOST", &url).env("HOME", home.path()).env("BYTEPORT_TIMEOUT", "3600");
            let mut child = command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            halts.recv().unwrap();
            signal(&child, Signal::INT);
            assert_eq!(child.wait().unwrap().signal(), Some(2), "{args:?}");
        }
    }
}

#[test]
fn a_download_leaves_nothing_behind() {
    let server = Server::start();
    let (url, halts) = halting(HALF);
    keep_session(server.home(), &url);
    let folder = tempfile::tempdir().unwrap();
    for number in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut command = server.command();
        command
            .env("BYTEPORT_HOST", &url)
            .args(["download", "cart.a", "-o"])
            .arg(folder.path().join("a.bin"));
        let mut child = command.args(["--timeout", "3600"]).spawn().unwrap();
        halts.recv().unwrap();
        signal(&child, number);
        assert_eq!(child.wait().unwrap().signal(), Some(number.as_raw()));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}
