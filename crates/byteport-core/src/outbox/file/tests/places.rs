// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Paths that hold no file, and those that lead to one in another way.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::*;
use crate::error::ErrorCode;

fn refusal(path: &std::path::Path) -> String {
    match File::open(path, DISK) {
        Err(OpenError::Refused(error)) if error.code() == ErrorCode::InvalidArgument => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_file_is_refused_and_left_as_it_is() {
    let (folder, path) = place();
    let pipe = folder.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    symlink(&pipe, &path).unwrap();
    for other in [&pipe, &socket, &path] {
        let error = refusal(other);
        assert!(error.contains("is no file") && error.contains(&*other.to_string_lossy()), "{error}");
        assert!(!other.metadata().unwrap().is_file());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn a_name_leaves_room_for_those_beside_it() {
    let (folder, _) = place();
    let longest = folder.path().join("n".repeat(200));
    let file = open(&longest).file;
    close(file, &Totals { next_sequence: 1, next_block: 1, ..Totals::default() });
    std::fs::write(&longest, "no database at all").unwrap();
    assert!(open(&longest).moved_aside.unwrap().path.exists());
    assert!(refusal(&folder.path().join("n".repeat(201))).contains("too long"));
}

#[test]
fn a_link_to_a_file_that_is_not_there_yet_is_followed() {
    let (folder, path) = place();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    symlink("middle", &path).unwrap();
    symlink("data/real.db", folder.path().join("middle")).unwrap();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 10, 0);
    close(file, &totals);
    assert!(path.is_symlink());
    assert!(folder.path().join("data/real.db").is_file());
    assert_eq!(open(&path).totals, totals);
    let circle = folder.path().join("circle");
    symlink("circle", &circle).unwrap();
    assert!(refusal(&circle).contains("leads nowhere"));
    symlink("missing/real.db", folder.path().join("astray")).unwrap();
    assert!(refusal(&folder.path().join("astray")).contains("missing"));
}

#[test]
fn a_name_that_is_no_text_is_like_any_other() {
    let (folder, _) = place();
    let path = folder.path().join(OsStr::from_bytes(b"outbox\xff.db"));
    let mut file = open(&path).file;
    let totals = fill(&mut file, 100, 0);
    std::fs::remove_file(&path).unwrap();
    file.write(&Batch { totals: totals.clone(), ..Batch::default() }, true).unwrap();
    drop(file);
    let opened = open(&path);
    assert_eq!(opened.totals, totals);
    assert_eq!(numbers(&all(&opened.file)).len(), 100);
}
