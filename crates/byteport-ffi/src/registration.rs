// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Registering devices.

use std::ffi::c_char;

use byteport_core::manage::{self, Registration};
use byteport_core::{Error, ErrorCode, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t};
use crate::status::byteport_status_t;
use crate::{address, handle, panic};

/// Which devices are to be registered. For one thread at a time. A setter that fails changes nothing.
#[derive(Default)]
pub struct byteport_registration_t {
    uids: String,
    device_type: Option<i64>,
    is_batch: bool,
    is_forced: bool,
    is_active: bool,
    code_length: Option<u32>,
    serial: Option<String>,
}

impl byteport_registration_t {
    fn core(&self) -> Result<Registration<'_>> {
        let no_type = || Error::new(ErrorCode::InvalidArgument, "there is no device type: set one");
        Ok(Registration {
            uids: &self.uids,
            device_type_id: self.device_type.ok_or_else(no_type)?,
            force: self.is_forced,
            batch: self.is_batch,
            active: self.is_active,
            reg_code_length: self.code_length,
            serial: self.serial.as_deref(),
        })
    }
}

/// Changes a registration.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn change(
    registration: *mut byteport_registration_t,
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(&mut byteport_registration_t) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || change(handle::borrow_mut(registration, "registration")?)) }
}

/// A new registration, of no device. Free it with byteport_registration_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_registration_new() -> *mut byteport_registration_t {
    panic::made(byteport_registration_t::default)
}

/// Sets the device's UID. Where `is_batch` is true, the text is several with commas between them, or a range: `device100-107`,
/// `10-19`, `100-107Dev`. The service checks it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_set_uids(
    registration: *mut byteport_registration_t,
    uids: *const c_char,
    is_batch: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(registration, error, |registration| {
            registration.uids = handle::text(uids, "uids")?.to_owned();
            registration.is_batch = is_batch;
            Ok(())
        })
    }
}

/// Sets the id of the devices' type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_set_device_type(
    registration: *mut byteport_registration_t,
    id: i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(registration, error, |registration| {
            registration.device_type = Some(id);
            Ok(())
        })
    }
}

/// Sets whether what is registered already is registered again. Default: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_set_force(
    registration: *mut byteport_registration_t,
    force: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(registration, error, |registration| {
            registration.is_forced = force;
            Ok(())
        })
    }
}

/// Sets whether the devices are in use at once. Default: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_set_active(
    registration: *mut byteport_registration_t,
    active: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(registration, error, |registration| {
            registration.is_active = active;
            Ok(())
        })
    }
}

/// Sets the length of the registration codes, in characters. Default: the service's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_set_code_length(
    registration: *mut byteport_registration_t,
    length: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(registration, error, |registration| {
            registration.code_length = Some(length);
            Ok(())
        })
    }
}

/// Sets the serial number of a single device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_set_serial(
    registration: *mut byteport_registration_t,
    serial: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(registration, error, |registration| {
            registration.serial = Some(handle::text(serial, "serial")?.to_owned());
            Ok(())
        })
    }
}

/// Frees a registration; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_registration_free(registration: *mut byteport_registration_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(registration) });
}

/// Registers devices, and gives what the service answers: an object whose `registration_result` holds `devices`, each with
/// `uid` and its secrets `access_key`, with which it stores, and `reg_code`. For NULL, the namespace is the client's own.
/// The registration stays as it is. Free the result with byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without UID or device type, and for a batch with a serial number;
/// BYTEPORT_ERROR_NOT_ALLOWED with the service's reason where it refuses, such as for a UID that is registered already; else
/// as byteport_client_activity().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_register(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    registration: *const byteport_registration_t,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let registration = handle::borrow(registration, "registration")?.core()?;
            manage::register(address::namespace(client, namespace_)?, &registration)
        })
    }
}
