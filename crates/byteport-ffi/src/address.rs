// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Which namespace, device and field a call is about: what it names, and where it names none the client's own.

use std::ffi::c_char;

use byteport_core::{Client, Error, ErrorCode, Result};

use crate::handle;

fn given_or_own<'a>(given: Option<&'a str>, own: Option<&'a str>, what: &str) -> Result<&'a str> {
    given.or(own).ok_or_else(|| {
        let message = format!("this call needs a {what}: name one in it or when making the client");
        Error::new(ErrorCode::NotConfigured, message)
    })
}

/// A namespace; the client's own for `None`.
pub(crate) fn namespace_or_own<'a>(client: &'a Client, given: Option<&'a str>) -> Result<&'a str> {
    given_or_own(given, client.namespace(), "namespace")
}

/// A device's UID; the client's own for `None`.
pub(crate) fn device_or_own<'a>(client: &'a Client, given: Option<&'a str>) -> Result<&'a str> {
    given_or_own(given, client.device(), "device UID")
}

/// A namespace; the client's own for NULL.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn namespace(client: &Client, namespace: *const c_char) -> Result<&str> {
    // SAFETY: the caller vouches for the pointers.
    namespace_or_own(client, unsafe { handle::text_or_none(namespace, "namespace") }?)
}

/// A namespace and a device; the client's own for NULL.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn device(
    client: &Client,
    namespace: *const c_char,
    device: *const c_char,
) -> Result<(&str, &str)> {
    // SAFETY: the caller vouches for the pointers.
    let (namespace, device) =
        unsafe { (self::namespace(client, namespace)?, handle::text_or_none(device, "device")?) };
    Ok((namespace, device_or_own(client, device)?))
}

/// A namespace and a device, the client's own for NULL, and a field.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn field(
    client: &Client,
    (namespace, device): (*const c_char, *const c_char),
    field: *const c_char,
) -> Result<[&str; 3]> {
    // SAFETY: the caller vouches for the pointers.
    let (field, (namespace, device)) =
        unsafe { (handle::text(field, "field")?, self::device(client, namespace, device)?) };
    Ok([namespace, device, field])
}
