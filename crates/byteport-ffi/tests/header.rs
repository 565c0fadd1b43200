// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `include/byteport.h` is what cbindgen makes of the source, and `libbyteport.map` names its functions for the linker. After
//! a change that is meant, write both anew: `make header`.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

#[path = "header/attributes.rs"]
mod attributes;
#[path = "header/declared.rs"]
mod declared;
#[path = "header/parts.rs"]
mod parts;
#[path = "header/versions.rs"]
mod versions;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The sources, in the order in which their functions stand in the header.
const SOURCES: [&str; 37] = [
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
    "outbox_broker",
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
const INTERNAL: [&str; 9] =
    ["lib", "address", "handle", "memory", "outbox_queue", "panic", "signals", "span", "turn"];

fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn header_path() -> PathBuf {
    crate_dir().join("../../include/byteport.h")
}

fn version_macros() -> String {
    let part = |name: &str, which: &str, value: &str| {
        format!(
            "\n/** The {which} number of this header's version. */\n#define BYTEPORT_VERSION_{name} {value}\n"
        )
    };
    [
        part("MAJOR", "first", env!("CARGO_PKG_VERSION_MAJOR")),
        part("MINOR", "second", env!("CARGO_PKG_VERSION_MINOR")),
        part("PATCH", "third", env!("CARGO_PKG_VERSION_PATCH")),
    ]
    .concat()
}

/// What cbindgen makes of the source, without attributes.
fn declared() -> declared::Header {
    let mut config = cbindgen::Config::from_file(crate_dir().join("cbindgen.toml")).unwrap();
    config.after_includes = Some(version_macros() + attributes::MACROS);
    let sources = SOURCES.iter();
    let builder = sources.fold(cbindgen::Builder::new().with_config(config), |builder, source| {
        builder.with_src(crate_dir().join(format!("src/{source}.rs")))
    });
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    declared::read(&String::from_utf8(header).unwrap())
}

/// Compares a file with what it should be, or writes it, if the environment says so.
fn assert_current(path: &Path, wanted: &str) {
    if std::env::var_os("BYTEPORT_WRITE_HEADER").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, wanted).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    let differs = wanted.lines().zip(committed.lines()).position(|(new, old)| new != old);
    assert!(
        wanted == committed,
        "{} differs from the source, first in line {:?}. If the change is meant, write it anew: make header",
        path.display(),
        differs.map(|line| line + 1)
    );
}

#[test]
fn the_header_is_made_from_the_source() {
    let header = attributes::write(&declared());
    assert_current(&header_path(), &parts::between_guards(&header, &crate_dir().join("src")));
}

#[test]
fn the_version_script_names_the_headers_functions() {
    let path = crate_dir().join("libbyteport.map");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let functions = declared().functions;
    let names = functions.into_iter().map(|function| function.name).collect();
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    assert_current(&path, &versions::script(&old, &names, version).unwrap());
}

#[test]
fn every_source_file_is_considered() {
    let known: BTreeSet<String> = SOURCES.iter().chain(&INTERNAL).map(|name| format!("{name}.rs")).collect();
    let files = fs::read_dir(crate_dir().join("src")).unwrap();
    let found: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(known, found);
}
