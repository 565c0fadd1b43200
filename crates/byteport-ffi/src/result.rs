// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the service answered, as the JSON text that it wrote; and the one way in which every such call is made.

use std::ffi::c_char;
use std::ptr;

use byteport_core::manage::Ask;
use byteport_core::{Client, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// A number that is left out: the service decides, or takes all.
pub const BYTEPORT_UNSET: i32 = -1;

/// What the service answered, as JSON text. It never changes: any number of threads may read it at once. What its function
/// returns belongs to it. It may hold keys of the API: do not log it.
pub struct byteport_result_t {
    /// With a NUL behind it, the only one: JSON holds none.
    json: String,
}

impl From<String> for byteport_result_t {
    fn from(mut json: String) -> byteport_result_t {
        json.push('\0');
        byteport_result_t { json }
    }
}

/// Asks, and gives the answer to C.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn ask<T>(
    client: *const byteport_client_t,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
    question: impl FnOnce(&Client) -> Result<Ask<T>>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        panic::call(error, || {
            let (client, out) = (handle::borrow(client, "client")?.core(), handle::out(out, "out")?);
            let json = client.ask_json(question(client)?)?;
            out.put(handle::into_raw(byteport_result_t::from(json)));
            Ok(())
        })
    }
}

/// A number of the caller's that may be left out.
pub(crate) fn set<N: TryFrom<i64>>(number: i64, name: &str) -> Result<Option<N>> {
    if number == i64::from(BYTEPORT_UNSET) {
        return Ok(None);
    }
    N::try_from(number).map(Some).map_err(|_| {
        let message = format!("{name} is out of range: give BYTEPORT_UNSET to leave it out");
        byteport_core::Error::new(byteport_core::ErrorCode::InvalidArgument, message)
    })
}

/// The text, checked to be JSON in UTF-8, with one NUL behind it. NULL for NULL.
///
/// In most answers the service writes nearly every scalar as text: `"True"`, `"None"`, `"180"`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_result_json(result: *const byteport_result_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(result) }.map_or(ptr::null(), |result| result.json.as_ptr().cast())
}

/// The number of the text's bytes without the NUL; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_result_length(result: *const byteport_result_t) -> usize {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(result) }.map_or(0, |result| result.json.len().saturating_sub(1))
}

/// Frees a result; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_result_free(result: *mut byteport_result_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(result) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_in_its_range_or_left_out() {
        assert_eq!(set::<u8>(-1, "depth").unwrap(), None);
        assert_eq!(set::<u8>(0, "depth").unwrap(), Some(0));
        for number in [-2, 256, i64::MIN, i64::MAX] {
            assert!(set::<u8>(number, "depth").is_err(), "{number}");
        }
    }
}
