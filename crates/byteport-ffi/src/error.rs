// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Error objects: the only file that turns an error of the core into what C sees.

use std::ffi::{CString, c_char};
use std::ptr;

use byteport_core::Error;

use crate::status::byteport_phase_t::{self, BYTEPORT_PHASE_CHECK};
use crate::status::byteport_status_t::{self, BYTEPORT_ERROR_INVALID_ARGUMENT};
use crate::{handle, panic};

/// Why a call failed. It never changes: any number of threads may read it at once.
pub struct byteport_error_t {
    status: byteport_status_t,
    phase: byteport_phase_t,
    http_status: i32,
    retryable: bool,
    message: CString,
    causes: Vec<CString>,
}

impl From<Error> for byteport_error_t {
    fn from(error: Error) -> byteport_error_t {
        byteport_error_t {
            status: error.code().into(),
            phase: error.phase().into(),
            http_status: error.status().map_or(0, i32::from),
            retryable: error.is_retryable(),
            message: handle::c_text(&error.to_string()),
            causes: error.causes().iter().map(|cause| handle::c_text(cause)).collect(),
        }
    }
}

/// Hands an error to the caller, if there is a place for it, and gives its status.
///
/// # Safety
/// `place` is NULL or a place for one pointer that is this call's alone.
pub(crate) unsafe fn report(error: Error, place: *mut *mut byteport_error_t) -> byteport_status_t {
    let status = error.code().into();
    // SAFETY: the caller vouches for the place.
    if let Some(place) = unsafe { handle::out_or_none(place) } {
        place.put(handle::into_raw(byteport_error_t::from(error)));
    }
    status
}

/// The status that the failed call returned; BYTEPORT_ERROR_INVALID_ARGUMENT for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_status(error: *const byteport_error_t) -> byteport_status_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(error) }.map_or(BYTEPORT_ERROR_INVALID_ARGUMENT, |error| error.status)
}

/// How far the call had come; BYTEPORT_PHASE_CHECK for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_phase(error: *const byteport_error_t) -> byteport_phase_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(error) }.map_or(BYTEPORT_PHASE_CHECK, |error| error.phase)
}

/// The HTTP status that the service answered with, such as 403; 0 if there was no answer, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_http_status(error: *const byteport_error_t) -> i32 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(error) }.map_or(0, |error| error.http_status)
}

/// What happened and what to do about it, with every cause, in one line of UTF-8. NULL for NULL. The text belongs to the
/// error. It never holds a key, a password or a cookie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_message(error: *const byteport_error_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(error) }.map_or(ptr::null(), |error| error.message.as_ptr())
}

/// How many causes the error has; 0 where the message says it all, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_cause_count(error: *const byteport_error_t) -> usize {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(error) }.map_or(0, |error| error.causes.len())
}

/// One cause's text, the nearest at index 0. NULL past the last, and for NULL. The text belongs to the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_cause(error: *const byteport_error_t, index: usize) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let cause = unsafe { handle::get(error) }.and_then(|error| error.causes.get(index));
    cause.map_or(ptr::null(), |cause| cause.as_ptr())
}

/// Whether the same call, made again later and unchanged, can succeed; false for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_is_retryable(error: *const byteport_error_t) -> bool {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(error) }.is_some_and(|error| error.retryable)
}

/// Frees an error; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_error_free(error: *mut byteport_error_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(error) });
}
