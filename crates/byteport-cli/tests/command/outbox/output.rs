// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Terminals, pipes and full disks.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use super::{NOT_FOUND, NOWHERE, Place};
use crate::support::{Done, screen, stranger, terminal};

#[test]
fn nothing_in_the_file_drives_a_terminal() {
    let place = Place::new();
    assert_eq!(place.store(NOWHERE, &["a=\u{1b}]0;x\u{7}\u{202e}", "--wait", "0"]).status, 0);
    let hostile = |text: &str| text.contains(['\u{1b}', '\u{7}', '\u{202e}']);
    assert!(!hostile(&place.about("ls", &[]).ok()));
    for args in [&["ls"][..], &["export"], &["export", "--format", "csv"], &["export", "--format", "packets"]]
    {
        let (ours, side) = terminal();
        let mut command = place.server.command();
        command.args(["outbox", args[0], place.path()]).args(&args[1..]).stdout(side());
        let mut child = command.spawn().unwrap();
        drop(command);
        let shown = screen(ours);
        assert!(
            child.wait().unwrap().success() && shown.contains("]0;x") && !hostile(&shown),
            "{args:?}: {shown:?}"
        );
    }
}

#[test]
fn progress_is_shown_on_a_terminal() {
    let place = Place::new();
    assert_eq!(place.store(NOWHERE, &["a=1", "--wait", "0"]).status, 0);
    let (ours, side) = terminal();
    let mut command = place.server.command();
    let mut child = command.args(["outbox", "replay", place.path()]).stderr(side()).spawn().unwrap();
    drop(command);
    let shown = screen(ours);
    assert!(
        child.wait().unwrap().success() && shown.contains(" %  ") && shown.ends_with("\r\u{1b}[K"),
        "{shown:?}"
    );
}

#[test]
fn a_reader_that_ends_early_is_no_failure_and_a_full_disk_is() {
    let place = Place::new();
    assert_eq!(place.store(&stranger(Some(NOT_FOUND)), &["a=1"]).status, 0);
    assert_eq!(place.store(NOWHERE, &["a=1", "--wait", "0"]).status, 0);
    for args in [
        &["stat"][..],
        &["stat", "--format", "json"],
        &["stat", "--format", "prometheus"],
        &["ls"],
        &["export"],
        &["export", "--format", "packets"],
        &["export", "--format", "csv"],
        &["quarantine"],
    ] {
        let mut command = place.server.command();
        command.args(["outbox", args[0], place.path()]).args(&args[1..]);
        let (reader, writer) = UnixStream::pair().unwrap();
        drop(reader);
        let closed = command.stdout(OwnedFd::from(writer)).stderr(Stdio::piped()).output().unwrap();
        let closed = Done::from(closed);
        assert_eq!((closed.status, closed.err.as_str()), (0, ""), "{args:?}");
        let full = File::options().write(true).open("/dev/full").unwrap();
        Done::from(command.stdout(full).output().unwrap()).fails(5, &["the result cannot be written"]);
    }
}
