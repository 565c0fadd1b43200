// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A single value, and what a field holds by days.

use std::ffi::c_char;

use byteport_core::manage::{self, ValueRef};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t};
use crate::status::byteport_status_t;
use crate::{address, handle};

/// A single value, whole, as an object with `value`, `timestamp`, `ref` and more. The reference is the `r` of its point in
/// the service's answer; byteport-server takes `latest`, too. For NULL, namespace and device are the client's own. Free the
/// result with byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME;
/// BYTEPORT_ERROR_INVALID_ARGUMENT for a reference that is none; else as byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_value(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    reference: *const c_char,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let reference = handle::text(reference, "reference")?;
            let [namespace, device, field] = address::field(client, (namespace_, device), field)?;
            manage::value(&ValueRef { namespace, device, field, reference })
        })
    }
}

/// What a field holds, as an object: `daily_activity`, a list of lists of date, number of values, and that in percent of the
/// most active day's; `values_in_way_past`, `values_in_future`; and where it is asked for `calendar`, whose shape is not
/// documented. For NULL, namespace and device are the client's own. Free the result with byteport_result_free(). Errors:
/// BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME; else as
/// byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_statistics(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    build_calendar: bool,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let [namespace, device, field] = address::field(client, (namespace_, device), field)?;
            manage::statistics(namespace, device, field, build_calendar)
        })
    }
}
