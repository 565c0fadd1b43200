// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Which part of a series is read, and what is made of it.

use std::ffi::c_char;

use byteport_core::http::{Operation, SeriesQuery};
use byteport_core::{Error, ErrorCode, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::series::byteport_series_t;
use crate::status::byteport_status_t;
use crate::{address, handle, panic, span};

/// What the service makes of a series before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_operation_t {
    /// Nothing: the values as they are.
    BYTEPORT_OPERATION_NONE = 0,
    /// The slope at each point: between its neighbours. The first and the last point have none.
    BYTEPORT_OPERATION_DIFF = 1,
    /// The slope, smoothed before and after.
    BYTEPORT_OPERATION_SMOOTH_DIFF = 2,
    /// The running sum.
    BYTEPORT_OPERATION_CUM_SUM = 3,
}

use byteport_operation_t::*;

fn operation(number: i32) -> Result<Option<Operation>> {
    match number {
        n if n == BYTEPORT_OPERATION_NONE as i32 => Ok(None),
        n if n == BYTEPORT_OPERATION_DIFF as i32 => Ok(Some(Operation::Diff)),
        n if n == BYTEPORT_OPERATION_SMOOTH_DIFF as i32 => Ok(Some(Operation::SmoothDiff)),
        n if n == BYTEPORT_OPERATION_CUM_SUM as i32 => Ok(Some(Operation::CumSum)),
        _ => Err(Error::new(ErrorCode::InvalidArgument, "operation is not a byteport_operation_t")),
    }
}

/// Which part of a series is read, and what is made of it; at first what the service takes where nothing is said. For one
/// thread at a time, though any number may read with it at once while none changes it. A setter that fails changes nothing.
pub struct byteport_query_t(SeriesQuery);

impl byteport_query_t {
    pub(crate) fn core(&self) -> SeriesQuery {
        self.0
    }
}

/// A new query. Free it with byteport_query_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_query_new() -> *mut byteport_query_t {
    panic::made(|| byteport_query_t(SeriesQuery::default()))
}

/// Reads from the first to the last moment, in microseconds since 1970-01-01 UTC; BYTEPORT_TIME_OPEN leaves that end to the
/// service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_query_set_range(
    query: *mut byteport_query_t,
    from: i64,
    to: i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::borrow_mut(query, "query")?.0.span = span::range(from, to).into();
            Ok(())
        })
    }
}

/// Reads the last minutes, by the service's clock, in place of a range; not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_query_set_last_minutes(
    query: *mut byteport_query_t,
    minutes: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::borrow_mut(query, "query")?.0.span = span::last(minutes)?;
            Ok(())
        })
    }
}

/// Sets the factor by which the service multiplies the values; a finite number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_query_set_scale(
    query: *mut byteport_query_t,
    factor: f64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let query = handle::borrow_mut(query, "query")?;
            if !factor.is_finite() {
                return Err(Error::new(ErrorCode::InvalidArgument, "factor is not a finite number"));
            }
            query.0.scale = Some(factor);
            Ok(())
        })
    }
}

/// Sets what the service makes of the values, as a byteport_operation_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_query_set_operation(
    query: *mut byteport_query_t,
    operation: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::borrow_mut(query, "query")?.0.operation = self::operation(operation)?;
            Ok(())
        })
    }
}

/// Frees a query; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_query_free(query: *mut byteport_query_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(query) });
}

/// Reads a field with a query that is made when the client is known to be good.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn read(
    client: *const byteport_client_t,
    address: [*const c_char; 3],
    query: impl FnOnce() -> Result<SeriesQuery>,
    (out, error): (*mut *mut byteport_series_t, *mut *mut byteport_error_t),
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        panic::call(error, || {
            let (client, out) = (handle::borrow(client, "client")?.core(), handle::out(out, "out")?);
            let [namespace, device, field] = address;
            let [namespace, device, field] = address::field(client, (namespace, device), field)?;
            let series = client.load_series(namespace, device, field, query()?)?;
            out.put(handle::into_raw(byteport_series_t::from(series)));
            Ok(())
        })
    }
}

/// Reads one field's values, oldest first, into memory: byteport_client_series_pages() is for a range of any length. Free the
/// series with byteport_series_free().
///
/// For NULL, namespace and device are the client's own. `from` and `to` are the first and the last moment, in microseconds
/// since 1970-01-01 UTC; BYTEPORT_TIME_OPEN leaves that end to the service.
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME;
/// BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the connection and of the HTTP status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_read_series(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    from: i64,
    to: i64,
    out: *mut *mut byteport_series_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { read(client, [namespace_, device, field], || Ok(span::range(from, to).into()), (out, error)) }
}

/// As byteport_client_read_series(), by a query.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_query_series(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    query: *const byteport_query_t,
    out: *mut *mut byteport_series_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        let query = || Ok(handle::borrow(query, "query")?.core());
        read(client, [namespace_, device, field], query, (out, error))
    }
}
