// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Stores whose values are read from files and streams.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use byteport_core::codec::{Compression, decode_object};
use byteport_core::http::Upload;
use byteport_core::model::{Reading, Timestamp};
use byteport_core::{Client, Error, ErrorCode, Method};
use support::{KEY, Recorder, vectors_server};

fn refused(result: Result<impl Sized, Error>, code: ErrorCode, says: &str) {
    let error = result.map(|_| ()).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

fn big() -> Vec<u8> {
    (0..12_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

#[test]
fn files_and_objects_travel_in_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let (text, object) = (folder.path().join("text"), folder.path().join("object"));
    std::fs::write(&text, "snow \u{2603}+&=\n".repeat(400_000)).unwrap();
    std::fs::write(&object, big()).unwrap();
    let server = vectors_server();
    let client = server.client();
    let mut upload = client.upload(Some("other"), Some(Timestamp::from_micros(1_500_000))).unwrap();
    assert!(upload.is_empty());
    let digest = upload.add_file("text", &text).unwrap();
    assert_eq!(upload.add_file("again", &text).unwrap(), digest);
    let mark = upload.len();
    upload.add_file("taken_back", &text).unwrap();
    upload.take_back(mark).unwrap();
    upload.add_object_file("plain", &object, Compression::None).unwrap();
    upload.add_object("zlib", &mut big().as_slice(), Compression::Zlib).unwrap();
    upload.add_object("bzip2", &mut &b"\x00\x10\x20"[..], Compression::Bzip2).unwrap();
    client.perform(client.upload_call(upload).unwrap()).unwrap();

    let seen = &server.seen()[0];
    assert_eq!(seen.path(), "/api/v1/timeseries/myownspace/other/");
    assert_eq!(seen.headers["content-length"], seen.body.len().to_string());
    let form = seen.form();
    let value = |name: &str| form.iter().find(|(field, _)| field == name).unwrap().1.as_str();
    assert_eq!(form.len(), 7);
    assert_eq!((value("_key"), value("_ts")), (KEY, "1.5"));
    assert_eq!(value("text"), "snow \u{2603}+&=\n".repeat(400_000));
    assert_eq!(value("again"), value("text"));
    for name in ["plain", "zlib"] {
        assert!(decode_object(value(name), 1 << 30).unwrap() == big(), "{name}");
    }
    assert_eq!(decode_object(value("bzip2"), 99).unwrap(), b"\x00\x10\x20");
}

#[test]
fn what_cannot_be_read_leaves_the_upload_as_it_was() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::other("cable cut"))?;
            buf.fill(7);
            Ok(buf.len())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        folder.path().join(name)
    };
    let client = vectors_server().client();
    let mut upload = client.upload(None, None).unwrap();
    upload.add_file("a", &write("good", b"1")).unwrap();
    let before = upload.len();
    refused(upload.add_file("b", &folder.path().join("none")), ErrorCode::File, "none: cannot be read");
    refused(upload.add_file("b", folder.path()), ErrorCode::File, "is a directory");
    refused(upload.add_file("b", Path::new("/dev/null")), ErrorCode::File, "no regular file");
    refused(
        upload.add_file("b", &write("latin", b"a\xe9b")),
        ErrorCode::InvalidValue,
        "latin: it is not UTF-8",
    );
    refused(upload.add_file("b", &write("cut", b"a\xe2\x98")), ErrorCode::InvalidValue, "ends in the middle");
    refused(upload.add_file("b", &write("nul", b"a\0b")), ErrorCode::InvalidValue, "NUL");
    refused(upload.add_file("_b", &write("good", b"1")), ErrorCode::InvalidName, "_b");
    let object = upload.add_object("b", &mut Failing(300), Compression::None);
    refused(object, ErrorCode::File, "field \"b\": the object cannot be read: cable cut");
    assert_eq!(upload.len(), before);
    assert_eq!(upload.fields().unwrap(), [("a".into(), "1".into())]);
    refused(client.upload(Some("_d"), None), ErrorCode::InvalidName, "_d");
}

#[test]
fn an_object_comes_in_pieces_and_counts_when_it_is_ended() {
    let client = vectors_server().client();
    let object: Vec<u8> = big()[..300_000].to_vec();
    for compression in [Compression::None, Compression::Zlib, Compression::Bzip2] {
        let mut upload = client.upload(None, None).unwrap();
        upload.begin_object("pieces", compression).unwrap();
        for piece in object.chunks(70_001) {
            upload.add_piece(piece).unwrap();
            assert!(upload.is_empty() && upload.fields().unwrap().is_empty());
        }
        upload.end_object().unwrap();
        upload.add_object("whole", &mut object.as_slice(), compression).unwrap();
        for (_, text) in upload.fields().unwrap() {
            assert!(decode_object(&text, 300_000).unwrap() == object);
        }
    }
}

#[test]
fn an_object_that_is_not_ended_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, "text").unwrap();
    let client = vectors_server().client();
    let mut upload = client.upload(None, None).unwrap();
    upload.add_file("a", &path).unwrap();
    type Add = fn(&mut Upload, &Path) -> Result<(), Error>;
    let others: [Add; 5] = [
        |upload, path| upload.add_file("b", path).map(|_| ()),
        |upload, path| upload.add_object_file("b", path, Compression::None),
        |upload, _| upload.begin_object("b", Compression::None),
        |upload, _| upload.begin_object("_b", Compression::None),
        |upload, _| upload.take_back(0),
    ];
    for other in others {
        upload.begin_object("lost", Compression::None).unwrap();
        upload.add_piece(&big()).unwrap();
        let _ = other(&mut upload, &path);
        upload.take_back(7).unwrap();
        let outcomes = [upload.add_piece(b"x"), upload.end_object()];
        for outcome in outcomes {
            refused(outcome, ErrorCode::InvalidArgument, "no object is begun");
        }
        assert!(upload.fields().unwrap().iter().all(|(name, _)| name != "lost"));
        upload.take_back(0).unwrap();
        upload.add_file("a", &path).unwrap();
    }
    upload.begin_object("lost", Compression::Bzip2).unwrap();
    upload.add_piece(b"x").unwrap();
    let mut call = client.upload_call(upload).unwrap();
    let form = call.form().unwrap().unwrap();
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["_key", "a"]);
}

thread_local!(static SIGNALS: Cell<Option<u32>> = const { Cell::new(None) });

/// Whether `work` is given up at the third question, which is the last one asked.
fn is_given_up_at_the_third(work: impl FnOnce() -> Result<(), Error>, says: &str) {
    byteport_core::on_interrupt(|| match SIGNALS.get() {
        Some(left) => {
            SIGNALS.set(left.checked_sub(1));
            left == 0
        }
        None => false,
    });
    SIGNALS.set(Some(2));
    let error = work().unwrap_err();
    assert_eq!(SIGNALS.replace(None), None, "it asked less often");
    assert!(error.to_string().contains(says), "{error}");
    assert!(error.to_string().contains("a signal ended the call"), "{error}");
}

#[test]
fn a_signal_ends_reading_compressing_and_decompressing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
    let object = vec![0; 1 << 20];
    let mut upload = vectors_server().client().upload(None, None).unwrap();
    is_given_up_at_the_third(|| upload.add_file("a", &path).map(|_| ()), "file: cannot be read");
    for compression in [Compression::None, Compression::Bzip2] {
        is_given_up_at_the_third(
            || upload.add_object("a", &mut object.as_slice(), compression),
            "the object was not added",
        );
        is_given_up_at_the_third(|| upload.add_object_file("a", &path, compression), "not added");
        upload.begin_object("a", compression).unwrap();
        is_given_up_at_the_third(|| upload.add_piece(&object), "the object was not added");
        refused(upload.end_object(), ErrorCode::InvalidArgument, "no object is begun");
    }
    assert!(upload.is_empty());
    for compression in [Compression::Zlib, Compression::Bzip2] {
        upload.add_object("a", &mut object.as_slice(), compression).unwrap();
        let text = upload.fields().unwrap().remove(0).1;
        is_given_up_at_the_third(|| decode_object(&text, 1 << 20).map(|_| ()), "was not decompressed");
        upload.take_back(0).unwrap();
    }
}

#[test]
fn a_file_that_keeps_changing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("restless");
    std::fs::write(&path, vec![b'x'; 8 << 20]).unwrap();
    let (started, stop) = (AtomicBool::new(false), AtomicBool::new(false));
    let client = vectors_server().client();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            started.store(true, Relaxed);
            for length in (0..u64::MAX).map(|round| (8 << 20) - round % 2) {
                if stop.load(Relaxed) {
                    break;
                }
                file.set_len(length).unwrap();
            }
        });
        while !started.load(Relaxed) {
            std::thread::yield_now();
        }
        let mut upload = client.upload(None, None).unwrap();
        let error = upload.add_file("a", &path).unwrap_err();
        stop.store(true, Relaxed);
        assert_eq!(error.code(), ErrorCode::File, "{error}");
        assert!(error.is_retryable() && upload.is_empty());
    });
    std::fs::write(&path, "at rest").unwrap();
    let mut upload = client.upload(None, None).unwrap();
    upload.add_file("a", &path).unwrap();
}

#[test]
fn what_is_taken_back_is_not_sent() {
    let server = vectors_server();
    let client = server.client();
    let mut upload = client.upload(None, None).unwrap();
    upload.add_object("a", &mut &b"one"[..], Compression::None).unwrap();
    let one = upload.len();
    for length in [one, one + 10, u64::MAX] {
        upload.take_back(length).unwrap();
        assert_eq!(upload.len(), one);
    }
    upload.add_object("b", &mut &b"three"[..], Compression::None).unwrap();
    assert_eq!(upload.fields().unwrap().len(), 2);
    upload.take_back(one).unwrap();
    upload.add_object("c", &mut &b"2"[..], Compression::None).unwrap();
    client.perform(client.upload_call(upload).unwrap()).unwrap();
    let form = server.seen()[0].form();
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["_key", "a", "c"]);
}

#[test]
fn fields_that_belong_to_no_device_are_not_sent() {
    let client = vectors_server().client();
    let mut upload = Upload::apart();
    upload.add_object("a", &mut &b"x"[..], Compression::None).unwrap();
    refused(client.upload_call(upload), ErrorCode::InvalidArgument, "belong to no device");
}

#[test]
fn what_may_be_sent_twice_is_what_may_of_a_reading() {
    let client = vectors_server().client();
    for (timestamp, fields, idempotent) in
        [(None, 0, true), (None, 1, false), (Some(Timestamp::from_micros(1)), 1, true)]
    {
        let mut upload = client.upload(None, timestamp).unwrap();
        let mut reading = Reading::unstamped();
        reading.set_timestamp(timestamp);
        for _ in 0..fields {
            upload.add_object("a", &mut &b"x"[..], Compression::None).unwrap();
            reading.set("a", "x").unwrap();
        }
        assert_eq!(client.upload_call(upload).unwrap().request().idempotent, idempotent);
        assert_eq!(client.store_call(&reading).unwrap().request().idempotent, idempotent);
    }
}

#[test]
fn files_of_the_kernel_say_nothing_of_their_length() {
    let server = vectors_server();
    let client = server.client();
    let mut upload = client.upload(None, None).unwrap();
    upload.add_file("uptime", Path::new("/proc/uptime")).unwrap();
    client.perform(client.upload_call(upload).unwrap()).unwrap();
    assert!(server.seen()[0].form()[1].1.contains('.'));
}

#[test]
fn a_get_takes_short_ones_only() {
    let server = vectors_server();
    let client = Client::new(server.options().store_method(Method::Get)).unwrap();
    for (length, fits) in [(100, true), (1900, true), (2048, false), (1 << 20, false)] {
        let mut upload = client.upload(None, None).unwrap();
        upload.add_object("a", &mut vec![0; length * 3 / 4].as_slice(), Compression::None).unwrap();
        match client.upload_call(upload) {
            Ok(call) if fits => drop(client.perform(call).unwrap()),
            Err(error) if !fits => assert_eq!(error.code(), ErrorCode::TooLong),
            _ => panic!("{length}"),
        }
    }
    assert_eq!(server.seen().len(), 2);
    assert_eq!(server.seen()[0].query()[1].1, "A".repeat(100));
}

#[test]
fn a_long_body_is_sent_again_where_a_kept_connection_was_closed() {
    let server = Recorder::start(|seen| match seen.body.len() {
        ..=1000 => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
        _ if seen.connection == 0 => Vec::new(),
        _ => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
    });
    let client = server.client();
    client.heartbeat(None).unwrap();
    let object = big();
    let mut upload = client.upload(None, Some(Timestamp::from_micros(1))).unwrap();
    upload.add_object("a", &mut object.as_slice(), Compression::None).unwrap();
    client.perform(client.upload_call(upload).unwrap()).unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[1].body, seen[2].body);
}
