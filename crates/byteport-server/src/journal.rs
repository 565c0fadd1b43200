// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Log lines on standard error, one plain line an event.
//!
//! Invariants: nothing a caller sent is ever passed in here other than checked names; keys,
//! passwords, cookies, query strings and bodies never are, at any level. Nobody who logs waits
//! for whoever reads: one thread writes what a bounded queue holds, and a line that finds no room
//! is lost, counted, and told of when the log goes on.

use std::fmt::Arguments;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

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

/// Lines that may wait to be written.
const QUEUE: usize = 1024;
/// How long [`finish`] looks away while the queue is full.
const PAUSE: Duration = Duration::from_millis(5);

/// What goes to the thread that writes.
enum Entry {
    Line(String),
    /// Everything before this is written when it is taken.
    Mark(SyncSender<()>),
}

/// The way to the thread; `None` where it could not be started, and then there is no log.
static LINES: OnceLock<Option<SyncSender<Entry>>> = OnceLock::new();
static LOST: AtomicU64 = AtomicU64::new(0);
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
    let Some(lines) = lines() else { return };
    if lines.try_send(Entry::Line(line)).is_err() {
        LOST.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits until what was logged so far is written, but no longer than this.
pub fn finish(limit: Duration) {
    let end = Instant::now() + limit;
    let Some(lines) = lines() else { return };
    let (mark, reached) = sync_channel(1);
    let mut entry = Entry::Mark(mark);
    while let Err(TrySendError::Full(back)) = lines.try_send(entry) {
        if Instant::now() >= end {
            return;
        }
        entry = back;
        std::thread::sleep(PAUSE);
    }
    // Either way there is nothing more to wait for.
    let _ = reached.recv_timeout(end.saturating_duration_since(Instant::now()));
}

fn lines() -> Option<&'static SyncSender<Entry>> {
    let start = || {
        let (lines, entries) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("journal".into());
        thread.spawn(move || print(&entries)).ok().map(|_| lines)
    };
    LINES.get_or_init(start).as_ref()
}

fn print(entries: &Receiver<Entry>) {
    while let Ok(entry) = entries.recv() {
        match entry {
            // A log that cannot be written has nowhere to say so.
            Entry::Line(line) => drop(std::io::stderr().write_all(line.as_bytes())),
            Entry::Mark(mark) => drop(mark.try_send(())),
        }
        let lost = LOST.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let line = format!("{}Z WARN {lost} lines of this log are lost\n", Timestamp::now().to_iso8601());
            drop(std::io::stderr().write_all(line.as_bytes()));
        }
    }
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
