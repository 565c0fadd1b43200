// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What of a watched directory goes into one call, and what the call's end means for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

use std::fs;
use std::path::Path;
use std::time::Duration;

use byteport_core::http::{Poll, Upload};
use byteport_core::{Client, ErrorCode, Method, Options};

/// A folder with so many files, which were written long ago, so that they need not come to rest.
fn folder(files: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for count in 0..files {
        put(folder.path(), &format!("field{count:04}"), &count.to_string());
    }
    folder
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(60);
    fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
}

fn poll(folder: &Path) -> Poll {
    Poll::open(folder, Duration::from_secs(600)).unwrap()
}

/// The names in the next upload.
fn next(poll: &mut Poll) -> Option<Vec<String>> {
    let upload = poll.fill(Upload::apart()).unwrap();
    upload.map(|mut upload| upload.fields().unwrap().into_iter().map(|(name, _)| name).collect())
}

#[test]
fn every_file_goes_once_and_in_bounded_calls() {
    let folder = folder(2000);
    let mut poll = poll(folder.path());
    assert_eq!(poll.look(), 2000);
    let mut sizes = Vec::new();
    while let Some(names) = next(&mut poll) {
        sizes.push(names.len());
        poll.sent();
    }
    assert_eq!(sizes, [900, 900, 200]);
    assert_eq!(poll.look(), 0);
    assert!(next(&mut poll).is_none());
}

#[test]
fn large_files_are_not_put_together() {
    let folder = folder(1);
    for name in ["large1", "large2", "larger"] {
        put(folder.path(), name, &"x".repeat(if name == "larger" { 20 << 20 } else { 10 << 20 }));
    }
    let mut poll = poll(folder.path());
    assert_eq!(poll.look(), 4);
    let mut names = Vec::new();
    while let Some(some) = next(&mut poll) {
        names.push(some.len());
        poll.sent();
    }
    assert_eq!(names.iter().sum::<usize>(), 4);
    assert!(names.len() >= 3, "{names:?}");
}

#[test]
fn where_the_service_answers_the_round_goes_on_and_where_not_it_ends() {
    let folder = folder(2000);
    let mut poll = poll(folder.path());
    poll.look();
    next(&mut poll).unwrap();
    poll.failed("forbidden", true, Some(403));
    assert_eq!(next(&mut poll).unwrap().len(), 900);
    poll.failed("gone", false, None);
    assert!(next(&mut poll).is_none());
    assert_eq!(poll.look(), 0, "they are tried again later");
    assert!(poll.due() > Duration::from_secs(60));
}

#[test]
fn a_form_that_is_too_large_is_divided_a_bounded_number_of_times() {
    let folder = folder(500);
    let mut poll = poll(folder.path());
    poll.look();
    let (mut sent, mut refused) = (0, 0);
    while let Some(names) = next(&mut poll) {
        if names.len() > 60 {
            poll.failed("too large", true, Some(413));
            refused += 1;
        } else {
            poll.sent();
            sent += names.len();
        }
    }
    assert_eq!((sent, refused), (500, 4));

    let mut poll = self::poll(folder.path());
    poll.look();
    let mut calls = 0;
    while next(&mut poll).is_some() {
        poll.failed("never", true, Some(400));
        calls += 1;
    }
    assert_eq!(calls, 32);
}

#[test]
fn what_a_get_cannot_hold_is_skipped() {
    let folder = folder(3);
    put(folder.path(), "long", &"x".repeat(3000));
    let options = Options::new().host("127.0.0.1:9").namespace("ns").key("key").device("dev");
    let client = Client::new(options.store_method(Method::Get)).unwrap();
    let mut poll = poll(folder.path());
    poll.look();
    let upload = poll.fill(client.upload(None, None).unwrap()).unwrap().unwrap();
    assert!(upload.len() <= upload.room());
    client.upload_call(upload).unwrap();
    poll.sent();
    assert!(poll.fill(client.upload(None, None).unwrap()).unwrap().is_none());
}

#[test]
fn an_upload_that_got_no_answer_is_offered_again() {
    let folder = folder(3);
    let mut poll = poll(folder.path());
    poll.look();
    let names = next(&mut poll).unwrap();
    assert_eq!(poll.look(), 3);
    assert_eq!(next(&mut poll).unwrap(), names);
    let gone = Poll::open(folder.path().join("gone"), Duration::from_secs(1)).map(|_| ()).unwrap_err();
    assert_eq!(gone.code(), ErrorCode::File);
}
