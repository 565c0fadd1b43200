// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A long range of a series, a page at a time. The pages are an owner of the client.

use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;

use byteport_core::Client;
use byteport_core::http::SeriesPages;
use byteport_core::model::Timestamp;

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::query::byteport_query_t;
use crate::series::byteport_series_t;
use crate::status::byteport_status_t;
use crate::timestamp::BYTEPORT_TIME_OPEN;
use crate::{address, handle, panic};

/// The pages of a series, of which one at a time is in memory. For one thread at a time. They use the client's connections and
/// login, and may outlive its handle.
pub struct byteport_series_pages_t {
    pages: SeriesPages<Arc<Client>>,
}

/// Walks a range of a field, which may be of any length, in bounded memory. Nothing is sent yet. For NULL, namespace and device
/// are the client's own. The query needs a beginning, and no operation; without an end it is now. The query may be changed or
/// freed afterwards. Free the pages with byteport_series_pages_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for a query without a beginning, or with an operation; BYTEPORT_ERROR_NOT_CONFIGURED
/// without namespace or device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_series_pages(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    query: *const byteport_query_t,
    out: *mut *mut byteport_series_pages_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (client, out) = (handle::borrow(client, "client")?.core(), handle::out(out, "out")?);
            let query = handle::borrow(query, "query")?.core();
            let address = address::field(client, (namespace_, device), field)?;
            let pages = SeriesPages::new(Arc::clone(client), address, query)?;
            out.put(handle::into_raw(byteport_series_pages_t { pages }));
            Ok(())
        })
    }
}

/// Reads the next page: about 10,000 points, at least one, later than those before. At the end `out` becomes NULL. A page may
/// hold numbers and the next one texts. After an error there are no more pages: byteport_series_pages_rest() says where to
/// go on. Blocks as a call of the client does. Free the series with byteport_series_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_NAME; BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the
/// connection and of the HTTP status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_pages_next(
    pages: *mut byteport_series_pages_t,
    out: *mut *mut byteport_series_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (pages, out) = (handle::borrow_mut(pages, "pages")?, handle::out(out, "out")?);
            let series = pages.pages.next().transpose()?;
            out.put(
                series.map_or(ptr::null_mut(), |series| handle::into_raw(byteport_series_t::from(series))),
            );
            Ok(())
        })
    }
}

/// The first moment of what was not read yet, in microseconds since 1970-01-01 UTC: with it as the beginning, new pages go on
/// where these ended. BYTEPORT_TIME_OPEN at the end, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_pages_rest(pages: *const byteport_series_pages_t) -> i64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let rest = unsafe { handle::get(pages) }.and_then(|pages| pages.pages.rest());
    rest.and_then(|range| range.from).map_or(BYTEPORT_TIME_OPEN, Timestamp::as_micros)
}

/// Frees the pages; NULL is fine. Series that came from them stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_pages_free(pages: *mut byteport_series_pages_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(pages) });
}
