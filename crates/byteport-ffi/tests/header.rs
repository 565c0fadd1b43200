// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `include/byteport.h` is what cbindgen makes of the source. After a change that is meant, write it anew:
//! `BYTEPORT_WRITE_HEADER=1 cargo test -p byteport-ffi --test header`.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The sources, in the order in which their functions stand in the header.
const SOURCES: [&str; 36] = [
    "abi",
    "version",
    "status",
    "error",
    "timestamp",
    "options",
    "reading",
    "client",
    "query",
    "series",
    "pages",
    "result",
    "namespace",
    "device",
    "device_type",
    "registration",
    "message",
    "value",
    "typical",
    "progress",
    "download",
    "firmware",
    "outbox_options",
    "outbox",
    "outbox_event",
    "outbox_service",
    "outbox_stats",
    "broker_options",
    "broker_limits",
    "broker",
    "broker_store",
    "broker_message",
    "broker_listen",
    "broker_stats",
    "userdata",
    "log",
];

/// Those that hold nothing for C.
const INTERNAL: [&str; 8] = ["lib", "address", "handle", "outbox_queue", "panic", "signals", "span", "turn"];

fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn header_path() -> PathBuf {
    crate_dir().join("../../include/byteport.h")
}

fn version_macros() -> String {
    let part = |name: &str, value: &str| format!("#define BYTEPORT_VERSION_{name} {value}\n");
    let parts = [
        part("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        part("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        part("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ];
    format!(
        "\n/** The version of this header; byteport_version() is the one of the library that runs. */\n{}",
        parts.concat()
    )
}

fn generate() -> String {
    let mut config = cbindgen::Config::from_file(crate_dir().join("cbindgen.toml")).unwrap();
    config.after_includes = Some(version_macros());
    let sources = SOURCES.iter();
    let builder = sources.fold(cbindgen::Builder::new().with_config(config), |builder, source| {
        builder.with_src(crate_dir().join(format!("src/{source}.rs")))
    });
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    String::from_utf8(header).unwrap()
}

#[test]
fn the_header_is_made_from_the_source() {
    let header = generate();
    if std::env::var_os("BYTEPORT_WRITE_HEADER").is_some() {
        fs::create_dir_all(header_path().parent().unwrap()).unwrap();
        fs::write(header_path(), &header).unwrap();
    }
    let committed = fs::read_to_string(header_path()).unwrap_or_default();
    let differs = header.lines().zip(committed.lines()).position(|(new, old)| new != old);
    assert!(
        header == committed,
        "include/byteport.h differs from the source, first in line {:?}. If the change is meant, write it anew: \
         BYTEPORT_WRITE_HEADER=1 cargo test -p byteport-ffi --test header",
        differs.map(|line| line + 1)
    );
}

#[test]
fn every_source_file_is_considered() {
    let known: BTreeSet<String> = SOURCES.iter().chain(&INTERNAL).map(|name| format!("{name}.rs")).collect();
    let files = fs::read_dir(crate_dir().join("src")).unwrap();
    let found: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(known, found);
}
