// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Devices: listed, found, configured, told.

use std::ffi::c_char;

use byteport_core::manage::{self, Setting};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t, set};
use crate::status::byteport_status_t;
use crate::{address, handle};

/// The devices of a namespace as a list of objects: all for a NULL `uid`, or that one, or with a `*` at its end those whose
/// UID begins so. The depth is 0 for UIDs only, 1 for the devices, 2 or 3 with their types and child devices;
/// BYTEPORT_UNSET leaves it to the service. For NULL, the namespace is the client's own. Free the result with
/// byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace; BYTEPORT_ERROR_INVALID_ARGUMENT for another depth; else as
/// byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_devices(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    uid: *const c_char,
    depth: i32,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let uid = handle::text_or_none(uid, "uid")?;
            manage::devices(address::namespace(client, namespace_)?, uid, set(depth.into(), "depth")?)
        })
    }
}

/// The addresses that hold a term, at most `limit` of them: an object whose `data` is a list of texts, `NAMESPACE.DEVICE`.
/// A `.` at the term's end asks for exactly that one, a `*` is a wild card. Free the result with byteport_result_free().
/// Errors: as byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_search_guids(
    client: *const byteport_client_t,
    term: *const c_char,
    limit: u32,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { ask(client, out, error, |_| Ok(manage::search_guids(handle::text(term, "term")?, limit))) }
}

/// As byteport_client_search_guids(), with the devices as objects in `data`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_search_devices(
    client: *const byteport_client_t,
    term: *const c_char,
    limit: u32,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { ask(client, out, error, |_| Ok(manage::search_devices(handle::text(term, "term")?, limit))) }
}

/// Changes what the service knows of a device, and gives the device as it is then. `names` and `values` are `count` texts
/// each: `active`, `offline_alarm` (True or False); `lat`, `lon` (degrees); `location_hint`, `alias`, `serial`,
/// `description` (text); `timeout_limit`, `alarm_interval` (seconds), `alarm_repeat_times` (whole numbers). For NULL,
/// namespace and device are the client's own. Free the result with byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without a setting, and for one that is unknown or cannot have that value; nothing
/// is sent then. BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; else as byteport_client_namespaces().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_configure(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    names: *const *const c_char,
    values: *const *const c_char,
    count: usize,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let pairs = handle::pairs(names, values, count)?;
            let settings = pairs.iter().map(|(name, value)| Setting::parse(name, value));
            let settings = settings.collect::<byteport_core::Result<Vec<_>>>()?;
            let (namespace, uid) = address::device(client, namespace_, device)?;
            manage::configure(namespace, uid, &settings)
        })
    }
}

/// Sets fields of a device: what is told to it, not what it stored. `names` and `values` are `count` texts each; a name is a
/// path such as `Group name.Property`. For NULL, namespace and device are the client's own. What the service answers is
/// JSON of a shape that is not documented. Free the result with byteport_result_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without a field, and for one without a name; else as byteport_client_configure().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_set_fields(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    names: *const *const c_char,
    values: *const *const c_char,
    count: usize,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let fields = handle::pairs(names, values, count)?;
            let (namespace, uid) = address::device(client, namespace_, device)?;
            manage::set_fields(namespace, uid, &fields)
        })
    }
}
