// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Building a reading.

use std::ffi::c_char;

use byteport_core::model::{Reading, Timestamp, Value};
use byteport_core::{Error, ErrorCode};

use crate::error::byteport_error_t;
use crate::status::byteport_status_t;
use crate::timestamp::BYTEPORT_TIME_OPEN;
use crate::{handle, panic};

/// The fields that one device measured at one time. For one thread at a time, though any number may store it at once while
/// none changes it. A setter that fails changes nothing; a field that is set again is replaced.
///
/// Field names are 1 to 32 of the characters 0-9 a-z A-Z - _ : and begin with neither - nor _; every other name is
/// BYTEPORT_ERROR_INVALID_NAME.
pub struct byteport_reading_t(Reading);

impl byteport_reading_t {
    pub(crate) fn core(&self) -> &Reading {
        &self.0
    }
}

/// Sets a field of a reading to a value that is made only when the other arguments are good.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn set(
    reading: *mut byteport_reading_t,
    field: *const c_char,
    error: *mut *mut byteport_error_t,
    value: impl FnOnce() -> byteport_core::Result<Value>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        panic::call(error, || {
            let (reading, field) = (handle::borrow_mut(reading, "reading")?, handle::text(field, "field")?);
            reading.0.set(field, value()?).map(|_| ())
        })
    }
}

/// A new reading without fields, of the client's own device, stamped with the system clock. It keeps that time however late
/// it is stored. Free it with byteport_reading_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_reading_new() -> *mut byteport_reading_t {
    panic::made(|| byteport_reading_t(Reading::new()))
}

/// Sets the UID of the device that measured, in place of the client's own. Errors: BYTEPORT_ERROR_INVALID_NAME.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_set_device(
    reading: *mut byteport_reading_t,
    uid: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (reading, uid) = (handle::borrow_mut(reading, "reading")?, handle::text(uid, "uid")?);
            reading.0.set_device(uid).map(|_| ())
        })
    }
}

/// Sets the time of measuring, in microseconds since 1970-01-01 UTC. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP for
/// BYTEPORT_TIME_OPEN, which is no time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_set_timestamp(
    reading: *mut byteport_reading_t,
    time: i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let reading = handle::borrow_mut(reading, "reading")?;
            if time == BYTEPORT_TIME_OPEN {
                return Err(Error::new(ErrorCode::InvalidTimestamp, "BYTEPORT_TIME_OPEN is no time"));
            }
            reading.0.set_timestamp(Some(Timestamp::from_micros(time)));
            Ok(())
        })
    }
}

/// Leaves the time to the server, which takes the moment at which the reading comes. Storing such a reading twice makes two.
/// An outbox does not leave it to the server: it takes the moment at which the reading is put in.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_use_server_time(
    reading: *mut byteport_reading_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::borrow_mut(reading, "reading")?.0.set_timestamp(None);
            Ok(())
        })
    }
}

/// Sets a field to a number. It reads back to the same bits. Errors: BYTEPORT_ERROR_INVALID_NAME;
/// BYTEPORT_ERROR_INVALID_VALUE for NaN and the infinities.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_set_number(
    reading: *mut byteport_reading_t,
    field: *const c_char,
    value: f64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(reading, field, error, || Ok(value.into())) }
}

/// Sets a field to a whole number. Errors: BYTEPORT_ERROR_INVALID_NAME.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_set_integer(
    reading: *mut byteport_reading_t,
    field: *const c_char,
    value: i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(reading, field, error, || Ok(value.into())) }
}

/// Sets a field to a text. Errors: BYTEPORT_ERROR_INVALID_NAME.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_set_text(
    reading: *mut byteport_reading_t,
    field: *const c_char,
    value: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(reading, field, error, || Ok(handle::text(value, "value")?.into())) }
}

/// Sets a field to `length` bytes, which are copied; NULL is fine where `length` is 0. They travel, and read back, as base64
/// text. Errors: BYTEPORT_ERROR_INVALID_NAME.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_set_bytes(
    reading: *mut byteport_reading_t,
    field: *const c_char,
    data: *const u8,
    length: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(reading, field, error, || Ok(handle::items(data, length, "data")?.into())) }
}

/// Removes every field and stamps the reading anew: ready for the next round. The device stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_restart(
    reading: *mut byteport_reading_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::borrow_mut(reading, "reading")?.0.restart();
            Ok(())
        })
    }
}

/// Frees a reading; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_reading_free(reading: *mut byteport_reading_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(reading) });
}
