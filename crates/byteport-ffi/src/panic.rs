// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The one guard: no panic leaves the library, and none prints. A panic is a defect here, and becomes
//! `BYTEPORT_ERROR_INTERNAL`; where it happened goes to the log.
//!
//! The panic hook belongs to the copy of Rust's standard library inside this library: no other library's is touched.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::ptr;
use std::sync::Once;

use byteport_core::{Error, ErrorCode, Result, start_threads_inside};

use crate::error::{self, byteport_error_t};
use crate::status::byteport_status_t;
use crate::{handle, memory, signals};

/// Runs a call that can fail, unless memory is short; its error goes to `error`, its status to the caller.
///
/// # Safety
/// `error` is NULL or a place for one pointer that is this call's alone.
pub(crate) unsafe fn call(
    error: *mut *mut byteport_error_t,
    body: impl FnOnce() -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for `error`.
    unsafe { ending(error, || memory::check().and_then(|()| body())) }
}

/// As [`call`], for what ends work and so must begin even where memory is short.
///
/// # Safety
/// As [`call`].
pub(crate) unsafe fn ending(
    error: *mut *mut byteport_error_t,
    body: impl FnOnce() -> Result<()>,
) -> byteport_status_t {
    match catch(body).and_then(|result| result) {
        Ok(()) => byteport_status_t::BYTEPORT_OK,
        // SAFETY: the caller vouches for `error`.
        Err(failure) => unsafe { error::report(failure, error) },
    }
}

/// Runs what cannot fail but for a defect; then the fallback is given.
pub(crate) fn or<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch(body).unwrap_or(fallback)
}

/// A new handle for C; NULL where memory is short.
pub(crate) fn made<T>(make: impl FnOnce() -> T) -> *mut T {
    or(ptr::null_mut(), || memory::check().map_or(ptr::null_mut(), |()| handle::into_raw(make())))
}

/// What a panic leaves half done stays valid memory: the core's locks may be poisoned, and it goes on regardless.
fn catch<T>(body: impl FnOnce() -> T) -> Result<T> {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| {
        set_hook(Box::new(log_place));
        start_threads_inside(|start| memory::start_thread(&mut || signals::without(start)));
    });
    catch_unwind(AssertUnwindSafe(body)).map_err(|payload| {
        drop_quietly(payload);
        Error::new(ErrorCode::Internal, "a defect in libbyteport ended this call: please report it")
    })
}

/// The payload may panic in its turn when it is dropped.
fn drop_quietly(payload: Box<dyn std::any::Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}

/// The place alone: a panic's text may hold data.
fn log_place(info: &PanicHookInfo<'_>) {
    if let Some(place) = info.location() {
        ::log::error!(target: "byteport::panic", "a defect: panic at {}:{}", place.file(), place.line());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let error = catch(|| -> () { panic!("secret") }).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Internal);
        assert!(!error.to_string().contains("secret"));
        assert_eq!(or(7, || panic!("again")), 7);
        assert_eq!(or(7, || 8), 8);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_stays_inside() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                std::panic::panic_any("boom");
            }
        }
        assert!(catch(|| -> () { std::panic::panic_any(Bomb) }).is_err());
    }
}
