// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Times: microseconds since the epoch, and their texts.

use std::ffi::c_char;

use byteport_core::model::Timestamp;

use crate::error::byteport_error_t;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// An end of a span of time that is left to the service. It is INT64_MIN, and no time.
pub const BYTEPORT_TIME_OPEN: i64 = i64::MIN;

/// How many bytes a buffer needs for any time's text, its NUL included.
#[allow(dead_code)] // for C
pub const BYTEPORT_TIMESTAMP_SIZE: usize = 32;

/// The system clock's time, in microseconds since 1970-01-01 UTC.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_timestamp_now() -> i64 {
    panic::or(0, || Timestamp::now().as_micros())
}

/// The microseconds that UNIX seconds stand for, rounded to the nearest. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP for NaN,
/// the infinities, and what does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_timestamp_from_seconds(
    seconds: f64,
    out: *mut i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let out = handle::out(out, "out")?;
            out.put(Timestamp::from_secs_f64(seconds)?.as_micros());
            Ok(())
        })
    }
}

/// The microseconds that an ISO 8601 text stands for: `2015-05-01`, `2015-05-01T02:00:00`, with a fraction, with `Z` or
/// `+02:00`; no zone means UTC. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_timestamp_parse(
    iso8601: *const c_char,
    out: *mut i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (text, out) = (handle::text(iso8601, "iso8601")?, handle::out(out, "out")?);
            out.put(Timestamp::parse_iso8601(text)?.as_micros());
            Ok(())
        })
    }
}

/// Writes a time as it goes over the wire, and its NUL, to a buffer of `size` bytes: UNIX seconds with at most six decimals
/// and no trailing zeros, such as `1430438400.012345`. BYTEPORT_TIMESTAMP_SIZE bytes are enough. Errors:
/// BYTEPORT_ERROR_INVALID_ARGUMENT where it does not fit; nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_timestamp_format(
    time: i64,
    buffer: *mut c_char,
    size: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::put_text(buffer, size, &Timestamp::from_micros(time).to_string(), "buffer")
        })
    }
}

/// Writes a time as ISO 8601 in UTC, as byteport_timestamp_format() does: `2015-05-01T00:00:00.012345`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_timestamp_format_iso8601(
    time: i64,
    buffer: *mut c_char,
    size: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::put_text(buffer, size, &Timestamp::from_micros(time).to_iso8601(), "buffer")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buffer_size_is_enough_for_every_time() {
        for time in [i64::MIN, i64::MAX, 0] {
            let timestamp = Timestamp::from_micros(time);
            assert!(timestamp.to_string().len() < BYTEPORT_TIMESTAMP_SIZE);
            assert!(timestamp.to_iso8601().len() < BYTEPORT_TIMESTAMP_SIZE);
        }
    }
}
