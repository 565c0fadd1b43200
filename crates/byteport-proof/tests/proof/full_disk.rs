// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Disks that are full, read-only or broken, at the beginning or in the midst of the work: the program goes on, memory serves,
//! and when the disk is back everything arrives.

use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

use byteport_proof::shim::Shim;
use tempfile::TempDir;

const CRAMPED: &str = env!("CARGO_BIN_EXE_proof-cramped");

fn check(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Runs a scene where it may mount: as root in a mount namespace of its own, which nobody else sees.
fn scene(name: &str) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]);
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        command.args(["--user", "--map-root-user"]);
    }
    check(command.arg(CRAMPED).arg(name).arg(folder.path()));
}

/// Runs with every change of the folder failing with this error for a while.
fn failing(error: i32) {
    let (folder, aside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let shim = Shim::build(aside.path());
    let folder = folder.path().canonicalize().unwrap();
    let mut command = Command::new(CRAMPED);
    shim.attach(&mut command, &folder);
    check(command.arg(error.to_string()).arg(&folder).arg(&shim.refuse));
}

#[test]
fn a_disk_that_fills_up() {
    scene("full");
}

#[test]
fn a_disk_that_is_full_when_the_outbox_is_opened() {
    scene("full-at-opening");
}

#[test]
fn a_disk_that_is_remounted_read_only_and_back() {
    scene("read-only");
}

#[test]
fn a_disk_that_turns_read_only_in_the_midst() {
    failing(30); // EROFS
}

#[test]
fn a_disk_that_fails_in_the_midst() {
    failing(5); // EIO
}
