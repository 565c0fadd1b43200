// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to devices.

use std::ffi::c_char;

use byteport_core::manage;

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t, set};
use crate::status::byteport_status_t;
use crate::{address, handle};

/// Sends a text to a device, and gives the message as the service keeps it: an object, or a list of one, with `id`, `status`,
/// `user`, `send_time`, `device`, and `message`, which is itself JSON text. The service documents ASCII; other text is sent
/// in UTF-8. For NULL, namespace and device are the client's own. Free the result with byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for an empty text; BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; else
/// as byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_send_message(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    text: *const c_char,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let text = handle::text(text, "text")?;
            let (namespace, uid) = address::device(client, namespace_, device)?;
            manage::send_message(namespace, uid, text)
        })
    }
}

/// The messages that were sent to a device, as a list of objects, by their index: from the first to the last one, where 0 is
/// the last one sent; BYTEPORT_UNSET leaves an end to the service. For NULL, namespace and device are the client's own. Free
/// the result with byteport_result_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for an index that is none; else as
/// byteport_client_send_message().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_messages(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    from: i64,
    to: i64,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let (from, to) = (set(from, "from")?, set(to, "to")?);
            let (namespace, uid) = address::device(client, namespace_, device)?;
            manage::messages(namespace, uid, from, to)
        })
    }
}
