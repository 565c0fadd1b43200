// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Calls to one host.

use std::ffi::c_char;
use std::sync::Arc;

use byteport_core::Client;

use crate::error::byteport_error_t;
use crate::log::field_level;
use crate::options::byteport_options_t;
use crate::reading::byteport_reading_t;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// A client of one host, with its kept connections and its login. Any number of threads may use one client at once; they
/// share its login. Only byteport_client_free() needs it alone.
pub struct byteport_client_t(Arc<Client>);

const _: () = handle::shared_by_threads::<byteport_client_t>();

impl byteport_client_t {
    pub(crate) fn core(&self) -> &Arc<Client> {
        &self.0
    }
}

/// Makes a client. Nothing is sent. The settings are copied, and may be changed or freed afterwards. Free the client with
/// byteport_client_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for settings that make no sense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_new(
    options: *const byteport_options_t,
    out: *mut *mut byteport_client_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, out) = (handle::borrow(options, "options")?, handle::out(out, "out")?);
            let client = Client::new(options.core().clone())?;
            out.put(handle::into_raw(byteport_client_t(Arc::new(client))));
            Ok(())
        })
    }
}

/// Frees a client and closes its connections, without waiting for anything; NULL is fine. No other thread may be in a
/// call with it. Pages of a series and outboxes that are not yet freed keep its connections open, and its login.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_free(client: *mut byteport_client_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(client) });
}

/// Stores a reading, and returns when the service has it. A reading without fields is a heartbeat. The reading stays as it
/// is, and may be stored again. After a failure up to BYTEPORT_PHASE_TLS nothing was stored; after a later one the service
/// may have it all the same, and storing it again is safe where it has a time: the same value at the same time is one.
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace, key or device; BYTEPORT_ERROR_TOO_LONG for a GET over 2,048
/// bytes of URL; those of the connection and of the HTTP status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_store(
    client: *const byteport_client_t,
    reading: *const byteport_reading_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (client, reading) = (handle::borrow(client, "client")?, handle::borrow(reading, "reading")?);
            client.0.store(reading.core())
        })
    }
}

/// Tells the service that a device lives: the one named, or the client's own for NULL. Errors: as byteport_client_store().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_heartbeat(
    client: *const byteport_client_t,
    device: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let client = handle::borrow(client, "client")?;
            client.0.heartbeat(handle::text_or_none(device, "device")?)
        })
    }
}

/// Stores a message that the service shows in its log, for the device named, or the client's own for NULL. The level is a
/// byteport_log_level_t but BYTEPORT_LOG_OFF. This has nothing to do with byteport_log_set(), which is about the library's
/// own messages. Errors: as byteport_client_store().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_log(
    client: *const byteport_client_t,
    level: i32,
    message: *const c_char,
    device: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let client = handle::borrow(client, "client")?;
            let message = handle::text(message, "message")?;
            let device = handle::text_or_none(device, "device")?;
            client.0.log(field_level(level)?, message, device)
        })
    }
}

/// Logs in with user name and password, which reading needs; storing goes by key and needs no login. A login from before
/// is forgotten. Errors: BYTEPORT_ERROR_LOGIN_FAILED, and those of the connection and of the HTTP status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_login(
    client: *const byteport_client_t,
    user: *const c_char,
    password: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let client = handle::borrow(client, "client")?;
            client.0.login(handle::text(user, "user")?, handle::text(password, "password")?)
        })
    }
}

/// Ends the login, here in any case and on the server if it can be reached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_logout(
    client: *const byteport_client_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { panic::call(error, || handle::borrow(client, "client")?.0.logout().map(|_| ())) }
}
