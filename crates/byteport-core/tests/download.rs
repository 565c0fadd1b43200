// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Stored objects as files: whole, or not at all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::cell::Cell;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use byteport_core::codec::{Compression, ObjectEncoder};
use byteport_core::http::{DownloadOptions, Downloaded, Unpack};
use byteport_core::manage::ValueRef;
use byteport_core::{Client, Error, ErrorCode};
use support::{NO_ANSWERS, Recorder, answer, json};

const VALUE: ValueRef<'static> =
    ValueRef { namespace: "myownspace", device: "cart-44", field: "image", reference: "r.1" };

fn file(headers: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", bytes.len());
    [head.as_bytes(), bytes].concat()
}

fn serving(bytes: impl Into<Vec<u8>>) -> Recorder {
    let whole = file("", &bytes.into());
    Recorder::start(move |_| whole.clone())
}

fn fetch(client: &Client, options: DownloadOptions<'_>) -> (Result<Downloaded, Error>, Vec<u8>) {
    let mut bytes = Vec::new();
    let done = client.download(&VALUE, options, &mut bytes);
    (done, bytes)
}

fn unpacking(unpack: Unpack) -> DownloadOptions<'static> {
    DownloadOptions { unpack, ..DownloadOptions::default() }
}

fn up_to(unpack: Unpack, limit: u64) -> DownloadOptions<'static> {
    DownloadOptions { unpack, limit: Some(limit), ..DownloadOptions::default() }
}

fn object() -> Vec<u8> {
    (0..300_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn encoded(object: &[u8], compression: Compression) -> Vec<u8> {
    let mut encoder = ObjectEncoder::new(Vec::new(), compression);
    encoder.write_all(object).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_service_unpacks_unless_told_otherwise() {
    let name = "Content-Disposition: attachment; filename=../n.d.f.bin\r\n";
    let server = Recorder::start(move |seen| match (seen.path(), seen.method.as_str()) {
        ("/api/v1/login/", "GET") => answer("200 OK", "Set-Cookie: csrftoken=T\r\n", ""),
        ("/api/v1/login/", _) => answer("200 OK", "Set-Cookie: sessionid=S\r\n", ""),
        _ => file(name, b"\x00\xff object"),
    });
    let client = server.client();
    client.login("u", "p").unwrap();
    for (unpack, decode, decompress) in [
        (Unpack::There, "True", "True"),
        (Unpack::ThereDecodedOnly, "True", "False"),
        (Unpack::Nothing, "False", "False"),
    ] {
        let (done, bytes) = fetch(&client, unpacking(unpack));
        let done = done.unwrap();
        assert_eq!((done.bytes, done.file_name.as_deref()), (9, Some("n.d.f.bin")));
        assert_eq!(bytes, b"\x00\xff object");
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.path(), "/api/v1/download/value/myownspace/cart-44/image/r.1/");
        assert_eq!(
            seen.query(),
            [("decode".into(), decode.into()), ("decompress".into(), decompress.into())]
        );
        assert_eq!(seen.headers["cookie"], "csrftoken=T; sessionid=S");
        assert_eq!(seen.headers["accept-encoding"], "identity");
        assert_eq!(seen.connection, 0, "the connection is kept");
    }
}

#[test]
fn what_is_unpacked_here_is_the_same() {
    let object = object();
    for compression in [Compression::None, Compression::Zlib, Compression::Bzip2] {
        let text = encoded(&object, compression);
        let lines: Vec<u8> = text.chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect();
        for text in [text, lines] {
            let server = serving(text);
            let (done, bytes) = fetch(&server.client(), unpacking(Unpack::Here));
            assert_eq!(done.unwrap().bytes, 300_000);
            assert!(bytes == object, "{compression:?}");
            assert!(server.seen()[0].target.ends_with("?decode=False&decompress=False"));
            let (_, bytes) = fetch(&server.client(), unpacking(Unpack::HereDecodedOnly));
            assert_eq!(bytes == object, compression == Compression::None);
        }
    }
    let (done, bytes) = fetch(&serving("").client(), unpacking(Unpack::Here));
    assert_eq!((done.unwrap().bytes, bytes.len()), (0, 0));
}

#[test]
fn damaged_text_is_an_error() {
    let zlib = encoded(&object(), Compression::Zlib);
    let half = zlib.len() / 8 * 4;
    for text in [b"YQ=".to_vec(), b"a*b=".to_vec(), zlib[..half].to_vec(), b"eJwDAAAAAAF4".to_vec()] {
        let (done, _) = fetch(&serving(text).client(), unpacking(Unpack::Here));
        assert_eq!(done.unwrap_err().code(), ErrorCode::InvalidValue);
    }
}

#[test]
fn a_limit_bounds_what_is_written_and_what_is_read() {
    let bomb = encoded(&vec![0; 20 << 20], Compression::Zlib);
    assert!(bomb.len() < 100_000);
    let (done, bytes) = fetch(&serving(bomb).client(), up_to(Unpack::Here, 100_000));
    let error = done.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
    assert!(error.to_string().contains("100000 bytes") && bytes.len() <= 100_000, "{error}");

    let spaces = vec![b' '; 2 << 20];
    let (done, _) = fetch(&serving(spaces).client(), up_to(Unpack::Here, 10));
    assert!(done.unwrap_err().to_string().contains("limit of 10 bytes"));

    let server = serving("12345678901");
    for (limit, fits) in [(10, false), (11, true)] {
        let (done, bytes) = fetch(&server.client(), up_to(Unpack::There, limit));
        assert_eq!((done.is_ok(), bytes.len()), (fits, if fits { 11 } else { 0 }));
    }
    let endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n";
    let server = Recorder::start(|_| endless.to_vec());
    let (done, _) = fetch(&server.client(), up_to(Unpack::There, 10));
    assert_eq!(done.unwrap_err().code(), ErrorCode::AnswerTooLarge);
}

#[test]
fn a_sink_that_fails_ends_it_with_its_cause() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for unpack in [Unpack::There, Unpack::Here] {
        let server = serving(encoded(&object(), Compression::None));
        let error = server.client().download(&VALUE, unpacking(unpack), &mut Full(100_000)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::File);
        assert!(error.causes().contains(&io::Error::from(io::ErrorKind::StorageFull).to_string()), "{error}");
    }
    let mut full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let error = serving("x").client().download(&VALUE, DownloadOptions::default(), &mut full).unwrap_err();
    assert_eq!(error.code(), ErrorCode::File);
}

#[test]
fn progress_is_told_and_can_stop_it() {
    let server = serving(object());
    let mut told = Vec::new();
    let mut all = |come, total| {
        told.push((come, total));
        ControlFlow::Continue(())
    };
    let options = DownloadOptions { progress: Some(&mut all), ..DownloadOptions::default() };
    fetch(&server.client(), options).0.unwrap();
    assert!(told.len() > 2 && told.windows(2).all(|two| two[0] <= two[1]));
    assert_eq!(told.last(), Some(&(300_000, Some(300_000))));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object");
    let mut stop = |_, _| ControlFlow::Break(());
    let options = DownloadOptions { progress: Some(&mut stop), ..DownloadOptions::default() };
    let error = server.client().download_to(&VALUE, options, &path).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Stopped, false));
    assert_eq!(names(folder.path()), [""; 0]);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn half_an_object_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object");
    std::fs::write(&path, "the old one").unwrap();
    for (bytes, code, status) in NO_ANSWERS {
        let server = Recorder::start(|_| bytes.to_vec());
        for unpack in [Unpack::There, Unpack::Here] {
            let error = server.client().download_to(&VALUE, unpacking(unpack), &path).unwrap_err();
            assert_eq!((error.code(), error.status()), (code, status), "{error}");
            assert_eq!(names(folder.path()), ["object"]);
            assert_eq!(std::fs::read(&path).unwrap(), b"the old one");
        }
    }
    let zlib = encoded(&object(), Compression::Zlib);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length:{}\r\n\r\n", zlib.len());
    let torn = [head.as_bytes(), &zlib[..zlib.len() / 2]].concat();
    let server = Recorder::start(move |_| torn.clone());
    let error = server.client().download_to(&VALUE, unpacking(Unpack::Here), &path).unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Disconnected, true), "not a damaged object");
}

#[test]
fn a_whole_object_takes_the_files_place() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other, link) =
        (folder.path().join("object"), folder.path().join("other"), folder.path().join("link"));
    let client = serving(object()).client();
    std::fs::write(&path, "the old one").unwrap();
    std::fs::write(&other, "another").unwrap();
    std::os::unix::fs::symlink(&other, &link).unwrap();
    for path in [&path, &link] {
        let done = client.download_to(&VALUE, DownloadOptions::default(), path).unwrap();
        assert_eq!((done.bytes, done.file_name), (300_000, None));
        assert!(std::fs::read(path).unwrap() == object());
    }
    assert_eq!(std::fs::read(&other).unwrap(), b"another");
    assert_eq!(names(folder.path()), ["link", "object", "other"]);
    let new = std::fs::metadata(&path).unwrap().permissions().mode();
    let made = std::fs::metadata(&other).unwrap().permissions().mode();
    assert_eq!(new, made, "the mode is what the process's mask leaves");
}

#[test]
fn where_no_file_can_be_nothing_is_asked() {
    let server = serving("x");
    let folder = tempfile::tempdir().unwrap();
    let paths = [
        folder.path().to_owned(),
        folder.path().join("missing/object"),
        folder.path().join(".."),
        "/dev/null".into(),
        "/proc/object".into(),
        "".into(),
        folder.path().join("a\0b"),
    ];
    for path in paths {
        let error = server.client().download_to(&VALUE, DownloadOptions::default(), &path).unwrap_err();
        assert_eq!(error.code(), ErrorCode::File, "{path:?}");
    }
    for (value, code) in [
        (ValueRef { device: "../x", ..VALUE }, ErrorCode::InvalidName),
        (ValueRef { reference: "..", ..VALUE }, ErrorCode::InvalidArgument),
    ] {
        let error = server.client().download(&value, DownloadOptions::default(), &mut Vec::new());
        assert_eq!(error.unwrap_err().code(), code);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn what_is_no_file_is_an_error() {
    let statuses = [
        ("403 Forbidden", ErrorCode::Forbidden),
        ("404 Not Found", ErrorCode::NotFound),
        ("500 Internal", ErrorCode::Server),
        ("206 Partial", ErrorCode::InvalidAnswer),
        ("204 None", ErrorCode::InvalidAnswer),
    ];
    for (status, code) in statuses {
        let server = Recorder::start(move |_| answer(status, "", &"no".repeat(1 << 20)));
        let (done, bytes) = fetch(&server.client(), DownloadOptions::default());
        assert_eq!(done.unwrap_err().code(), code, "{status}");
        assert!(bytes.is_empty());
    }
    let server =
        Recorder::start(|_| file("Content-Type: text/html; charset=utf-8\r\n", b"<html>log in</html>"));
    let (done, bytes) = fetch(&server.client(), DownloadOptions::default());
    assert!(done.unwrap_err().to_string().contains("log in again") && bytes.is_empty());
    let server = Recorder::start(|_| file("Content-Encoding: gzip\r\n", b"x"));
    let (done, _) = fetch(&server.client(), DownloadOptions::default());
    assert_eq!(done.unwrap_err().code(), ErrorCode::InvalidAnswer);
}

#[test]
fn a_redirect_is_followed_on_the_same_host_only() {
    let server = Recorder::start(|seen| match seen.path() {
        "/media/x" => file("", b"there"),
        _ => answer("302 Found", "Location: /media/x\r\n", ""),
    });
    let (done, bytes) = fetch(&server.client(), DownloadOptions::default());
    assert_eq!((done.unwrap().bytes, bytes.as_slice()), (5, &b"there"[..]));
    let server = Recorder::start(|_| answer("302 Found", "Location: http://other.invalid/x\r\n", ""));
    let (done, _) = fetch(&server.client(), DownloadOptions::default());
    assert_eq!(done.unwrap_err().code(), ErrorCode::Redirect);
}

#[test]
fn a_kept_connection_that_is_gone_is_replaced() {
    let server = Recorder::start(|seen| match (seen.path(), seen.connection) {
        ("/api/v1/namespace/", _) => json("[]"),
        (_, 0) => Vec::new(),
        _ => file("", b"x"),
    });
    let client = server.client();
    client.get_json("/api/v1/namespace/", &[]).unwrap();
    let (done, _) = fetch(&client, DownloadOptions::default());
    assert_eq!(done.unwrap().bytes, 1);
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_server_that_stalls_is_left() {
    for bytes in
        [&b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"[..], b"HTTP/1.1 200 OK\r\nContent-Length: "]
    {
        let server = Recorder::start(move |_| bytes.to_vec());
        let client = Client::new(server.options().timeout(Duration::from_millis(100))).unwrap();
        let (done, _) = fetch(&client, DownloadOptions::default());
        let error = done.unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Timeout, true), "{error}");
    }
}

#[test]
fn the_whole_may_take_longer_than_the_time_out() {
    let server = serving(vec![7; 1 << 20]);
    let timeout = Duration::from_secs(1);
    let client = Client::new(server.options().timeout(timeout)).unwrap();
    let began = Instant::now();
    let mut busy = |_, _| {
        while began.elapsed() < timeout + timeout / 10 {
            std::thread::yield_now();
        }
        ControlFlow::Continue(())
    };
    let options = DownloadOptions { progress: Some(&mut busy), ..DownloadOptions::default() };
    assert_eq!(fetch(&client, options).0.unwrap().bytes, 1 << 20);
}

thread_local!(static SIGNALS: Cell<Option<u32>> = const { Cell::new(None) });

#[test]
fn a_signal_ends_it() {
    byteport_core::on_interrupt(|| {
        let left = SIGNALS.get();
        SIGNALS.set(left.map(|left| left.saturating_sub(1)));
        left == Some(0)
    });
    for unpack in [Unpack::There, Unpack::Here] {
        let client = serving(encoded(&object(), Compression::None)).client();
        SIGNALS.set(Some(2));
        let error = fetch(&client, unpacking(unpack)).0.unwrap_err();
        SIGNALS.set(None);
        assert!(error.to_string().contains("a signal ended the call") && !error.is_retryable(), "{error}");
    }
}
