// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The library's own messages, to one callback for the process.
//!
//! Invariants: a callback is called only while its userdata lives; the userdata is freed once, when the callback has been
//! replaced and its last call has returned; a message that arises inside the callback is not passed on, so that a callback
//! that uses the library does not call itself without end; only this library's messages pass, never those of the HTTP and
//! TLS libraries underneath.

use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use byteport_core::model::LogLevel;
use byteport_core::{Error, ErrorCode, Result};
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::error::byteport_error_t;
use crate::status::byteport_status_t;
use crate::userdata::{Userdata, byteport_free_callback_t};
use crate::{handle, panic};

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_log_level_t {
    /// No message at all.
    BYTEPORT_LOG_OFF = 0,
    /// Something failed.
    BYTEPORT_LOG_ERROR = 1,
    /// Something is not as it should be.
    BYTEPORT_LOG_WARN = 2,
    /// Rare events, such as a login.
    BYTEPORT_LOG_INFO = 3,
    /// Each connection and call.
    BYTEPORT_LOG_DEBUG = 4,
}

use byteport_log_level_t::*;

/// Takes one message: its level, the part of the library that it comes from (`byteport::...`), its text in UTF-8, and the
/// userdata. Both texts are gone when the callback returns. It is called on whichever thread calls the library, and on those
/// of an outbox and of a broker's client, on several at once; it must neither throw nor jump out.
pub type byteport_log_callback_t = Option<
    unsafe extern "C" fn(
        level: byteport_log_level_t,
        target: *const c_char,
        message: *const c_char,
        userdata: *mut c_void,
    ),
>;

/// The field of the service's log that a level stands for.
pub(crate) fn field_level(level: i32) -> Result<LogLevel> {
    match filter(level)?.to_level() {
        Some(Level::Error) => Ok(LogLevel::Error),
        Some(Level::Warn) => Ok(LogLevel::Warn),
        Some(Level::Info) => Ok(LogLevel::Info),
        Some(Level::Debug) => Ok(LogLevel::Debug),
        _ => Err(Error::new(ErrorCode::InvalidArgument, "level is no level of a message")),
    }
}

fn filter(level: i32) -> Result<LevelFilter> {
    match level {
        n if n == BYTEPORT_LOG_OFF as i32 => Ok(LevelFilter::Off),
        n if n == BYTEPORT_LOG_ERROR as i32 => Ok(LevelFilter::Error),
        n if n == BYTEPORT_LOG_WARN as i32 => Ok(LevelFilter::Warn),
        n if n == BYTEPORT_LOG_INFO as i32 => Ok(LevelFilter::Info),
        n if n == BYTEPORT_LOG_DEBUG as i32 => Ok(LevelFilter::Debug),
        _ => Err(Error::new(ErrorCode::InvalidArgument, "the level is not a byteport_log_level_t")),
    }
}

fn c_level(level: Level) -> byteport_log_level_t {
    match level {
        Level::Error => BYTEPORT_LOG_ERROR,
        Level::Warn => BYTEPORT_LOG_WARN,
        Level::Info => BYTEPORT_LOG_INFO,
        Level::Debug | Level::Trace => BYTEPORT_LOG_DEBUG,
    }
}

/// A callback and what belongs to it. Whoever drops the last reference frees the userdata.
struct Sink {
    filter: LevelFilter,
    callback: byteport_log_callback_t,
    userdata: Userdata,
}

// SAFETY: the header says that callback, userdata and free function are used on any thread.
unsafe impl Send for Sink {}
// SAFETY: as above, and by several threads at once.
unsafe impl Sync for Sink {}

static SINK: ArcSwapOption<Sink> = ArcSwapOption::const_empty();

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

struct Forward;

impl Log for Forward {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        target.strip_prefix("byteport").is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let Some(sink) = SINK.load_full().filter(|sink| record.level() <= sink.filter) else { return };
        let Some(callback) = sink.callback else { return };
        // A thread that is ending has no such mark any more; its messages are not passed on.
        if INSIDE.try_with(|inside| inside.replace(true)).unwrap_or(true) {
            return;
        }
        let target = handle::c_text(record.target());
        let message = handle::c_text(&record.args().to_string());
        // SAFETY: `sink` keeps the userdata alive until the callback has returned; both texts live as long.
        unsafe {
            callback(c_level(record.level()), target.as_ptr(), message.as_ptr(), sink.userdata.pointer())
        };
        drop(sink); // a free function that uses the library is inside, too
        let _ = INSIDE.try_with(|inside| inside.set(false));
    }

    fn flush(&self) {}
}

/// The facade's own limit is set once: each callback's limit goes with the callback, so that the two never disagree.
fn install() -> Result<()> {
    static INSTALLED: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    if *INSTALLED.get_or_init(|| log::set_logger(&Forward).is_ok()) {
        log::set_max_level(LevelFilter::Debug);
        return Ok(());
    }
    Err(Error::new(ErrorCode::Internal, "another part of this program has taken over the library's messages"))
}

/// Passes the library's messages up to `max_level` (a byteport_log_level_t) to a callback, in place of the one before. One
/// callback serves the whole process; at first there is none. A NULL callback switches off. Any thread may call this at any
/// time, the callback too.
///
/// `free_userdata`, which may be NULL, is called with the userdata exactly once: when the callback has been replaced and its
/// last call has returned, on the thread where that happens; at once where the callback is NULL. Where this call fails, the
/// callback from before stays, and the userdata stays the caller's.
///
/// Messages never hold a key, a password or a cookie, and none is passed on that arises inside the callback itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_log_set(
    max_level: i32,
    callback: byteport_log_callback_t,
    userdata: *mut c_void,
    free_userdata: byteport_free_callback_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let filter = filter(max_level)?;
            install()?;
            let sink = Sink { filter, callback, userdata: Userdata::new(userdata, free_userdata) };
            SINK.store(callback.is_some().then(|| Arc::new(sink)));
            Ok(())
        })
    }
}
