// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Fuzz targets: functions that take any bytes, give them to a reader of the core, and assert what has to hold for it. `make fuzz`
//! runs them under libFuzzer and AddressSanitizer; the tests run them over `corpus/TARGET/`, which has an input for each way
//! through the reader that was found, and every input that ever failed.
//!
//! A target asserts that its reader ends without a panic, keeps its limits, and, where there is one, the round trip; a reader of a
//! stream gives the same for all ways to cut its bytes into pieces.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is a finding

mod answer;
mod broker;
mod connection;
mod object;
mod outbox;
mod pieces;
mod text;

/// A target: its name, which is its corpus folder's too, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("answer", answer::answer),
    ("handshake", connection::handshake),
    ("line", outbox::line),
    ("link", connection::link),
    ("message", broker::message),
    ("mqtt", broker::mqtt),
    ("object", object::object),
    ("outbox", outbox::outbox),
    ("packet", text::packet),
    ("stomp", broker::stomp),
    ("text", text::text),
];

/// The target of that name.
pub fn target(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, run)| *run)
}
