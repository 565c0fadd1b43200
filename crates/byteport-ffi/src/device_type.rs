// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Kinds of devices, what their fields mean, and their programs.

use std::ffi::c_char;

use byteport_core::manage;

use crate::address;
use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t, set};
use crate::status::byteport_status_t;

/// The kinds of devices of a namespace as a list of objects: all for the id BYTEPORT_UNSET, or the one of that id. The depth
/// is 0 to 2; BYTEPORT_UNSET leaves it to the service. For NULL, the namespace is the client's own. Free the result with
/// byteport_result_free(). Errors: as byteport_client_devices().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_device_types(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    id: i64,
    depth: i32,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let (id, depth) = (set(id, "id")?, set(depth.into(), "depth")?);
            manage::device_types(address::namespace(client, namespace_)?, id, depth)
        })
    }
}

/// The programs for a kind of device, which is named by its id: a list of objects with `id`, `version`, `filesize`,
/// `md5_digest`, `image`, `enabled`, `uploaded` and more; all for the id BYTEPORT_UNSET, or the one of that id. For NULL, the
/// namespace is the client's own. Free the result with byteport_result_free(). Errors: as byteport_client_activity().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_firmwares(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device_type: i64,
    id: i64,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            manage::firmwares(address::namespace(client, namespace_)?, device_type, set(id, "id")?)
        })
    }
}

/// What the fields of a kind of device mean: a list of objects with `id`, `name`, `data_type`, `unit`, `unit_symbol` and
/// more. The arguments are those of byteport_client_firmwares().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_field_definitions(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device_type: i64,
    id: i64,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            manage::field_definitions(address::namespace(client, namespace_)?, device_type, set(id, "id")?)
        })
    }
}
