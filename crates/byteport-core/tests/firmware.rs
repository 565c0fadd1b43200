// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A device's new program: whole and checked in its folder, or not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use byteport_core::http::{FirmwareOutcome, FirmwareRequest};
use byteport_core::{Client, Error, ErrorCode};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use support::{Recorder, Seen, answer, json as json_answer};
use tempfile::TempDir;

const NAME: &str = "app 2.bin";

fn image() -> Vec<u8> {
    (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn md5_of(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the service says of a firmware whose image is [`image`].
fn firmware() -> Value {
    let bytes = image();
    json!({"id": "2", "version": "2.0", "filesize": bytes.len().to_string(), "md5_digest": md5_of(&bytes),
        "image": format!("fw/{NAME}"), "enabled": "True", "uploaded": "2020-01-02T00:00:00"})
}

fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut firmware = firmware();
    firmware[key] = value.into();
    firmware
}

/// A service with these firmwares; the last argument answers for the image, told how often it was asked before.
fn service(list: Vec<Value>, image: impl Fn(&Seen, usize) -> Vec<u8> + Send + Sync + 'static) -> Recorder {
    let (list, asked) = (Value::from(list).to_string(), AtomicUsize::new(0));
    Recorder::start(move |seen| match seen.path() {
        "/api/v1/namespace/n/device/" => json_answer(r#"[{"uid": "d", "device_type": "3"}]"#),
        "/api/v1/namespace/n/device_type/3/firmware/" => json_answer(&list),
        "/media/fw/app%202.bin" => image(seen, asked.fetch_add(1, SeqCst)),
        _ => answer("404 Not Found", "", ""),
    })
}

/// An answer that says `length` and brings these bytes; the connection is closed after it.
fn bytes_of(status: &str, headers: &str, length: usize, bytes: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length:{length}\r\n\r\n");
    [head.as_bytes(), bytes].concat()
}

fn whole(headers: &str) -> Vec<u8> {
    bytes_of("200 OK", headers, image().len(), &image())
}

/// An answer that does not say how long it is.
fn chunked(length: usize) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n");
    [head.as_bytes(), &vec![7; length], b"\r\n0\r\n\r\n"].concat()
}

/// Answers as a server does that knows ranges; at most `most` bytes come before the connection is closed.
fn ranged(seen: &Seen, most: usize) -> Vec<u8> {
    let image = image();
    let etag = "ETag: \"v1\"\r\n";
    let start: usize = seen
        .headers
        .get("range")
        .map_or(0, |range| range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap());
    let rest = &image[start..];
    let come = &rest[..rest.len().min(most)];
    if start == 0 {
        return bytes_of("200 OK", etag, rest.len(), come);
    }
    let headers = format!("{etag}Content-Range: bytes {start}-{}/{}\r\n", image.len() - 1, image.len());
    bytes_of("206 Partial Content", &headers, rest.len(), come)
}

fn fetch(client: &Client, folder: &TempDir) -> Result<FirmwareOutcome, Error> {
    client.fetch_firmware(&FirmwareRequest::new("n", "d", folder.path()), None)
}

fn fetched(outcome: FirmwareOutcome) -> (PathBuf, u64) {
    match outcome {
        FirmwareOutcome::Fetched { path, received, .. } => (path, received),
        other => panic!("{other:?}"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn is_whole(folder: &TempDir) {
    assert_eq!(names(folder.path()), [NAME]);
    assert!(std::fs::read(folder.path().join(NAME)).unwrap() == image());
}

fn images(server: &Recorder) -> Vec<Seen> {
    server.seen().into_iter().filter(|seen| seen.path().starts_with("/media/")).collect()
}

#[test]
fn the_newest_enabled_one_comes_whole() {
    let other = |id: &str, uploaded: &str, enabled: &str| {
        json!({"id": id, "version": id, "image": "x", "filesize": "1", "md5_digest": md5_of(b"x"),
            "enabled": enabled, "uploaded": uploaded})
    };
    let list = vec![
        other("9", "2020-01-01T00:00:00", "True"),
        other("1", "2020-01-02T00:00:00", "True"),
        firmware(),
        other("8", "2021-01-01T00:00:00", "False"),
        other("7", "None", "True"),
    ];
    let (server, folder) = (service(list, |_, _| whole("")), folder());
    let client = server.client();
    let mut told = Vec::new();
    let mut progress = |come, total| {
        told.push((come, total));
        ControlFlow::Continue(())
    };
    let request = FirmwareRequest::new("n", "d", folder.path());
    let outcome = client.fetch_firmware(&request, Some(&mut progress)).unwrap();
    assert_eq!(fetched(outcome), (folder.path().join(NAME), 100_000));
    assert_eq!(told.last(), Some(&(100_000, Some(100_000))));
    is_whole(&folder);

    let Ok(FirmwareOutcome::UpToDate { firmware, path: Some(path) }) = fetch(&client, &folder) else {
        panic!()
    };
    assert_eq!((firmware.id, path), (2, folder.path().join(NAME)));
    let request = FirmwareRequest { current_version: Some("2.0"), ..request };
    let outcome = client.fetch_firmware(&request, None).unwrap();
    assert!(matches!(outcome, FirmwareOutcome::UpToDate { path: None, .. }));
    assert_eq!(images(&server).len(), 1);

    let (nameless, folder_of_it) = (service(vec![with("version", " ")], |_, _| whole("")), self::folder());
    let request = FirmwareRequest::new("n", "d", folder_of_it.path());
    let request = FirmwareRequest { current_version: Some(""), ..request };
    fetched(nameless.client().fetch_firmware(&request, None).unwrap());

    std::fs::write(folder.path().join(NAME), "another one").unwrap();
    fetched(fetch(&client, &folder).unwrap());
    is_whole(&folder);
}

#[test]
fn what_is_not_offered_is_not_fetched() {
    let (server, folder) = (service(vec![with("enabled", "False")], |_, _| whole("")), folder());
    assert!(matches!(fetch(&server.client(), &folder).unwrap(), FirmwareOutcome::NoneOffered));
    let server = Recorder::start(|_| json_answer(r#"[{"uid": "d", "device_type": "None"}]"#));
    let error = fetch(&server.client(), &folder).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
    assert!(error.to_string().contains("no type"), "{error}");
}

#[test]
fn a_connection_that_breaks_is_followed_by_another() {
    let (server, folder) = (service(vec![firmware()], |seen, _| ranged(seen, 30_000)), folder());
    assert_eq!(fetched(fetch(&server.client(), &folder).unwrap()).1, 100_000);
    is_whole(&folder);
    let asked: Vec<_> = images(&server)
        .iter()
        .map(|seen| (seen.headers.get("range").cloned(), seen.headers.get("if-range").cloned()))
        .collect();
    let part = |start: u32| (Some(format!("bytes={start}-")), Some("\"v1\"".to_owned()));
    assert_eq!(asked, [(None, None), part(30_000), part(60_000), part(90_000)]);
}

#[test]
fn a_later_call_goes_on_from_the_part() {
    let folder = folder();
    let server = service(vec![firmware()], |seen, before| match before {
        0 => ranged(seen, 40_000),
        1 => Vec::new(),
        _ => ranged(seen, 100_000),
    });
    let error = fetch(&server.client(), &folder).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Disconnected, true));
    assert_eq!(names(folder.path()), ["app 2.bin.part", "app 2.bin.part.json"]);
    assert_eq!(fetched(fetch(&server.client(), &folder).unwrap()).1, 60_000);
    is_whole(&folder);
}

#[test]
fn a_part_of_another_firmware_is_thrown_away() {
    let folder = folder();
    let stopped = service(
        vec![with("id", "1")],
        |seen, before| if before == 0 { ranged(seen, 40_000) } else { Vec::new() },
    );
    fetch(&stopped.client(), &folder).unwrap_err();
    let server = service(vec![firmware()], |seen, _| ranged(seen, 100_000));
    assert_eq!(fetched(fetch(&server.client(), &folder).unwrap()).1, 100_000);
    for mark in ["", "no mark", "{}"] {
        std::fs::remove_file(folder.path().join(NAME)).unwrap();
        std::fs::write(folder.path().join("app 2.bin.part"), "what").unwrap();
        std::fs::write(folder.path().join("app 2.bin.part.json"), mark).unwrap();
        assert_eq!(fetched(fetch(&server.client(), &folder).unwrap()).1, 100_000);
        is_whole(&folder);
    }
}

#[test]
fn a_server_without_ranges_sends_it_anew() {
    type Second = fn(&Seen) -> Vec<u8>;
    let cases: [(Second, usize); 4] = [
        (|_| whole(""), 2),
        (|_| answer("416 Range Not Satisfiable", "Content-Range: bytes */5\r\n", ""), 3),
        (|_| bytes_of("206 Partial Content", "Content-Range: bytes 0-4/100000\r\n", 5, b"start"), 3),
        (|_| bytes_of("206 Partial Content", "", 5, b"start"), 3),
    ];
    for (second, requests) in cases {
        let folder = folder();
        let server = service(vec![firmware()], move |seen, before| match before {
            0 => ranged(seen, 40_000),
            1 => second(seen),
            _ => whole(""),
        });
        assert_eq!(fetched(fetch(&server.client(), &folder).unwrap()).1, 140_000);
        is_whole(&folder);
        assert_eq!(images(&server).len(), requests);
    }
}

#[test]
fn it_does_not_go_on_for_ever() {
    let (server, folder) = (service(vec![firmware()], |seen, _| ranged(seen, 10)), folder());
    let error = fetch(&server.client(), &folder).unwrap_err();
    assert_eq!((error.code(), images(&server).len()), (ErrorCode::Disconnected, 8));
    let refuses = service(vec![firmware()], |_, _| answer("416 Range", "", ""));
    assert_eq!(fetch(&refuses.client(), &self::folder()).unwrap_err().code(), ErrorCode::Status);
    let (nothing, folder) = (service(vec![firmware()], |_, _| Vec::new()), self::folder());
    assert_eq!(fetch(&nothing.client(), &folder).unwrap_err().code(), ErrorCode::Disconnected);
    assert_eq!(names(folder.path()), [""; 0], "an empty part is not left");
}

#[test]
fn what_is_not_what_was_announced_is_not_kept() {
    type Image = fn() -> Vec<u8>;
    let answers: [Image; 4] = [
        || bytes_of("200 OK", "", 100_000, &vec![0; 100_000]),
        || bytes_of("200 OK", "", 99_999, &image()[1..]),
        || bytes_of("200 OK", "", 100_001, &[0; 100_001]),
        || chunked(100_001),
    ];
    for answer in answers {
        let (server, folder) = (service(vec![firmware()], move |_, _| answer()), folder());
        std::fs::write(folder.path().join(NAME), "the old one").unwrap();
        let error = fetch(&server.client(), &folder).unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Integrity, false), "{error}");
        assert_eq!(names(folder.path()), [NAME]);
        assert_eq!(std::fs::read(folder.path().join(NAME)).unwrap(), b"the old one");
    }
    // What an earlier call left is wrong: the next one succeeds.
    let (folder, cut) = (
        folder(),
        service(vec![firmware()], |_, before| match before {
            0 => bytes_of("200 OK", "", 100_000, &[1; 9]),
            _ => Vec::new(),
        }),
    );
    fetch(&cut.client(), &folder).unwrap_err();
    let server = service(vec![firmware()], |seen, _| ranged(seen, 100_000));
    let error = fetch(&server.client(), &folder).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Integrity, true));
    fetched(fetch(&server.client(), &folder).unwrap());
    is_whole(&folder);
}

#[test]
fn an_image_that_cannot_be_checked_is_refused_unless_allowed() {
    let (server, folder) = (
        service(vec![with("md5_digest", "None")], |seen, before| match before {
            0 => ranged(seen, 40_000),
            _ => whole(""),
        }),
        folder(),
    );
    assert_eq!(fetch(&server.client(), &folder).unwrap_err().code(), ErrorCode::InvalidAnswer);
    let request = FirmwareRequest { allow_unchecked: true, ..FirmwareRequest::new("n", "d", folder.path()) };
    let outcome = server.client().fetch_firmware(&request, None).unwrap();
    assert_eq!(fetched(outcome).1, 140_000, "nothing shows that two parts of it belong together");
    is_whole(&folder);
    assert!(images(&server).iter().all(|seen| !seen.headers.contains_key("range")));
}

#[test]
fn an_absurd_size_is_refused_before_it_is_asked_for() {
    for size in ["1073741825", "0"] {
        let (server, folder) = (service(vec![with("filesize", size)], |_, _| whole("")), folder());
        let error = fetch(&server.client(), &folder).unwrap_err();
        assert!(matches!(error.code(), ErrorCode::AnswerTooLarge | ErrorCode::InvalidAnswer), "{error}");
        assert_eq!((images(&server).len(), names(folder.path()).len()), (0, 0));
    }
    let (server, folder) = (service(vec![with("filesize", "None")], |_, _| whole("")), folder());
    let request = FirmwareRequest { max_size: 99_999, ..FirmwareRequest::new("n", "d", folder.path()) };
    let error = server.client().fetch_firmware(&request, None).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
    assert_eq!(names(folder.path()), [""; 0]);
    fetched(fetch(&server.client(), &folder).unwrap());
    let (server, folder) = (service(vec![with("filesize", "None")], |_, _| chunked(100_000)), self::folder());
    let request = FirmwareRequest { max_size: 99_999, ..FirmwareRequest::new("n", "d", folder.path()) };
    let error = server.client().fetch_firmware(&request, None).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
    assert_eq!(names(folder.path()), [""; 0], "what is of no image is not left");
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for path in ["../app", "/etc/passwd", "a/../../b", "fw/", "", "x.part", "a\\b"] {
        let (server, folder) = (service(vec![with("image", path)], |_, _| whole("")), folder());
        let error = fetch(&server.client(), &folder).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidAnswer, "{path:?}: {error}");
        assert_eq!((server.seen().len(), names(folder.path()).len()), (2, 0), "{path:?}");
    }
    let server = service(vec![firmware()], |_, _| whole(""));
    let folder = folder();
    for media_prefix in ["media/", "/media", "/me dia/", "/m?/"] {
        let request = FirmwareRequest { media_prefix, ..FirmwareRequest::new("n", "d", folder.path()) };
        let error = server.client().fetch_firmware(&request, None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn links_and_folders_in_the_way_are_left_alone() {
    let server = service(vec![firmware()], |_, _| whole(""));
    let outside = folder();
    let target = outside.path().join("target");
    std::fs::write(&target, "precious").unwrap();
    for name in [NAME, "app 2.bin.part", "app 2.bin.part.json"] {
        let folder = folder();
        let way = folder.path().join(name);
        std::os::unix::fs::symlink(&target, &way).unwrap();
        let error = fetch(&server.client(), &folder).unwrap_err();
        assert_eq!(error.code(), ErrorCode::File);
        assert!(error.to_string().contains("in the way: remove it"), "{error}");
        std::fs::remove_file(&way).unwrap();
        std::fs::create_dir(&way).unwrap();
        assert_eq!(fetch(&server.client(), &folder).unwrap_err().code(), ErrorCode::File);
        assert!(way.is_dir());
    }
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");
}

#[test]
fn a_folder_that_takes_nothing_is_an_error() {
    let server = service(vec![firmware()], |_, _| whole(""));
    for (path, asked) in [("/dev/null", 0), ("/nonexistent", 0), ("/proc", 2)] {
        let before = server.seen().len();
        let request = FirmwareRequest::new("n", "d", Path::new(path));
        let error = server.client().fetch_firmware(&request, None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::File, "{error}");
        assert!(!error.causes().is_empty() && error.to_string().contains(path), "{error}");
        assert_eq!(server.seen().len() - before, asked);
    }
    assert!(images(&server).is_empty());
}

#[test]
fn stopping_keeps_the_part_for_the_next_time() {
    let (server, folder) = (service(vec![firmware()], |seen, _| ranged(seen, 100_000)), folder());
    let mut stop = |come, _| if come > 50_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let request = FirmwareRequest::new("n", "d", folder.path());
    let error = server.client().fetch_firmware(&request, Some(&mut stop)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Stopped);
    let (_, received) = fetched(fetch(&server.client(), &folder).unwrap());
    assert!(received < 100_000 && images(&server)[1].headers.contains_key("range"));
    is_whole(&folder);
}

#[test]
fn a_stalled_server_is_asked_again_while_something_comes() {
    let folder = folder();
    let server = service(vec![firmware()], |seen, before| {
        let mut bytes = ranged(seen, if before == 0 { 40_000 } else { 100_000 });
        if before == 0 {
            // With a space, the test's server keeps the connection open.
            let at = bytes.windows(15).position(|part| part == b"Content-Length:").unwrap() + 15;
            bytes.insert(at, b' ');
        }
        bytes
    });
    let client = Client::new(server.options().timeout(Duration::from_secs(1))).unwrap();
    assert_eq!(fetched(fetch(&client, &folder).unwrap()).1, 100_000);
    is_whole(&folder);
}

#[test]
fn two_that_fetch_at_the_same_time_do_no_harm() {
    let folder = folder();
    let server = service(vec![firmware()], |_, _| whole(""));
    let client = server.client();
    let mut refused = None;
    let mut again = |_, _| {
        refused = refused.take().or_else(|| Some(fetch(&client, &folder).unwrap_err()));
        ControlFlow::Continue(())
    };
    let request = FirmwareRequest::new("n", "d", folder.path());
    fetched(client.fetch_firmware(&request, Some(&mut again)).unwrap());
    let error = refused.unwrap();
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::File, true));
    assert!(error.to_string().contains("another process"), "{error}");
    is_whole(&folder);

    std::fs::remove_file(folder.path().join(NAME)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| match fetch(&client, &folder) {
                Ok(FirmwareOutcome::Fetched { .. } | FirmwareOutcome::UpToDate { .. }) => {}
                Err(error) if error.is_retryable() && error.code() == ErrorCode::File => {}
                other => panic!("{other:?}"),
            });
        }
    });
    is_whole(&folder);
}

thread_local!(static SIGNALS: Cell<Option<u32>> = const { Cell::new(None) });

#[test]
fn a_signal_ends_it_and_keeps_the_part() {
    byteport_core::on_interrupt(|| {
        let left = SIGNALS.get();
        SIGNALS.set(left.map(|left| left.saturating_sub(1)));
        left == Some(0)
    });
    let (server, folder) = (service(vec![firmware()], |seen, _| ranged(seen, 100_000)), folder());
    let client = server.client();
    let mut begun = |_, _| {
        SIGNALS.set(Some(0));
        ControlFlow::Continue(())
    };
    let request = FirmwareRequest::new("n", "d", folder.path());
    let error = client.fetch_firmware(&request, Some(&mut begun)).unwrap_err();
    SIGNALS.set(None);
    assert!(error.to_string().contains("a signal ended the call") && !error.is_retryable(), "{error}");
    assert_eq!(images(&server).len(), 1, "a call that is given up does not go on");
    fetched(fetch(&client, &folder).unwrap());
    is_whole(&folder);
}
