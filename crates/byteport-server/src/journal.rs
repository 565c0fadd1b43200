// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Log lines on standard error, one plain line an event.
//!
//! Invariants: nothing a caller sent is ever passed in here other than checked names; keys,
//! passwords, cookies, query strings and bodies never are, at any level. A standard error that
//! is closed or full stops the log, not the server.

use std::fmt::Arguments;
use std::io::Write as _;
use std::sync::atomic::{AtomicU8, Ordering};

use byteport_core::model::Timestamp;

/// How much is logged; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[repr(u8)]
pub enum Level {
    /// Only what stopped something from working.
    Error,
    /// Also what was survived, but should be looked at.
    Warn,
    /// Also start, stop and other rare events.
    Info,
    /// Also one line for each request: method, route, status and time.
    Debug,
    /// Also connections and commits.
    Trace,
}

static LEVEL: AtomicU8 = AtomicU8::new(Level::Info as u8);

/// Sets the level for the whole process.
pub fn set_level(level: Level) {
    LEVEL.store(level as u8, Ordering::Relaxed);
}

/// Whether a line of this level would be written.
#[must_use]
pub fn enabled(level: Level) -> bool {
    level as u8 <= LEVEL.load(Ordering::Relaxed)
}

/// Writes one line if its level is enabled.
pub fn write(level: Level, text: Arguments<'_>) {
    if !enabled(level) {
        return;
    }
    let name = match level {
        Level::Error => "ERROR",
        Level::Warn => "WARN",
        Level::Info => "INFO",
        Level::Debug => "DEBUG",
        Level::Trace => "TRACE",
    };
    let line = format!("{}Z {name} {text}\n", Timestamp::now().to_iso8601());
    // A log that cannot be written has nowhere to say so.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// Logs at [`Level::Error`].
pub fn error(text: Arguments<'_>) {
    write(Level::Error, text);
}

/// Logs at [`Level::Warn`].
pub fn warn(text: Arguments<'_>) {
    write(Level::Warn, text);
}

/// Logs at [`Level::Info`].
pub fn info(text: Arguments<'_>) {
    write(Level::Info, text);
}

/// Logs at [`Level::Debug`].
pub fn debug(text: Arguments<'_>) {
    write(Level::Debug, text);
}

/// Logs at [`Level::Trace`].
pub fn trace(text: Arguments<'_>) {
    write(Level::Trace, text);
}
