// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Memory does not grow with what is received. Alone in its program: the measure is of the whole process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};

use byteport_core::codec::{Compression, ObjectEncoder};
use byteport_core::http::{DownloadOptions, FirmwareOutcome, FirmwareRequest, Unpack};
use byteport_core::manage::ValueRef;
use byteport_core::{Client, Options};
use md5::{Digest as _, Md5};

const LENGTH: usize = 200 << 20;
const PIECE: usize = 1 << 20;

/// The most memory that the process has had, in KiB.
fn most_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Answers every question for a file with 200 MiB of zeros, without having them in memory.
fn serve(listener: &TcpListener, about: &[(&str, String)]) {
    for socket in listener.incoming() {
        let mut socket = socket.unwrap();
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        while let Some(seen) = support::read_request(&mut reader, 0) {
            match about.iter().find(|(path, _)| *path == seen.path()) {
                Some((_, body)) => socket.write_all(&support::json(body)).unwrap(),
                None => zeros(&mut socket),
            }
        }
    }
}

fn zeros(socket: &mut TcpStream) {
    write!(socket, "HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n").unwrap();
    for _ in 0..LENGTH / PIECE {
        socket.write_all(&[0; PIECE]).unwrap();
    }
}

fn digest_of_zeros() -> String {
    let mut digest = Md5::new();
    for _ in 0..LENGTH / PIECE {
        digest.update([0; PIECE]);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bomb() -> String {
    let mut encoder = ObjectEncoder::new(Vec::new(), Compression::Zlib);
    for _ in 0..LENGTH / PIECE {
        encoder.write_all(&[0; PIECE]).unwrap();
    }
    String::from_utf8(encoder.finish().unwrap()).unwrap()
}

#[test]
fn memory_does_not_grow_with_what_is_received() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let firmware = serde_json::json!([{"id": 1, "image": "zeros", "filesize": LENGTH, "enabled": true,
        "md5_digest": digest_of_zeros()}]);
    let about = [
        ("/api/v1/namespace/nn/device/", r#"[{"uid": "d", "device_type": 3}]"#.to_owned()),
        ("/api/v1/namespace/nn/device_type/3/firmware/", firmware.to_string()),
        ("/api/v1/download/value/nn/d/bomb/1/", bomb()),
    ];
    std::thread::spawn(move || serve(&listener, &about));
    let client = Client::new(Options::new().host(&host).no_proxy()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let before = most_memory();
    for (field, unpack) in [("object", Unpack::There), ("bomb", Unpack::Here)] {
        let value = ValueRef { namespace: "nn", device: "d", field, reference: "1" };
        let options = DownloadOptions { unpack, ..DownloadOptions::default() };
        let done = client.download(&value, options, &mut std::io::sink()).unwrap();
        assert_eq!(done.bytes, LENGTH as u64);
    }
    let outcome = client.fetch_firmware(&FirmwareRequest::new("nn", "d", folder.path()), None).unwrap();
    assert!(matches!(outcome, FirmwareOutcome::Fetched { received, .. } if received == LENGTH as u64));
    let grown = most_memory() - before;
    assert!(grown < 8 << 10, "{grown} KiB for {} MiB", LENGTH >> 20);
}
