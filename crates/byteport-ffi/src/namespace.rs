// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The service itself, and its namespaces.

use std::ffi::c_char;

use byteport_core::manage;

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t};
use crate::status::byteport_status_t;
use crate::{address, handle};

/// Sends pairs that the service gives back as a JSON object: a look whether it answers, which needs no login. `names` and
/// `values` are `count` texts each; NULL is fine where `count` is 0. Free the result with byteport_result_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_echo(
    client: *const byteport_client_t,
    names: *const *const c_char,
    values: *const *const c_char,
    count: usize,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { ask(client, out, error, |_| Ok(manage::echo(&handle::pairs(names, values, count)?))) }
}

/// What the service says of the session; the shape is not documented. Free the result with byteport_result_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_session(
    client: *const byteport_client_t,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { ask(client, out, error, |_| Ok(manage::session())) }
}

/// The namespaces that the user may see, or the one of that name; NULL for all. A list of objects: `name`, `description`,
/// `data_survival_time`, `http_write_method`, `write_by_key`, `write_key`, `read_by_key`, `read_key`. Free the result with
/// byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the connection and of the HTTP
/// status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_namespaces(
    client: *const byteport_client_t,
    name: *const c_char,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { ask(client, out, error, |_| Ok(manage::namespaces(handle::text_or_none(name, "name")?))) }
}

/// Who stored something in the last 24 hours: an object with the lists `registered_devices` and `unregistered_devices`, the
/// latter of objects `namespace`, `uid`, `last_contact`. For NULL, the namespace is the client's own. Free the result with
/// byteport_result_free(). Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace; else as byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_activity(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { ask(client, out, error, |client| manage::activity(address::namespace(client, namespace_)?)) }
}
