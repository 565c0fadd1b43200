// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What was read: two columns that C reads in place.

use std::ffi::c_char;
use std::ptr;

use byteport_core::{Series, SeriesValues};

use crate::{handle, panic};

/// What the values of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_series_kind_t {
    /// There is no series: the pointer is NULL.
    BYTEPORT_SERIES_NONE = 0,
    /// Every value is a number: read them with byteport_series_numbers().
    BYTEPORT_SERIES_NUMBERS = 1,
    /// At least one value is text, and all are given as text: read them with byteport_series_text().
    BYTEPORT_SERIES_TEXTS = 2,
}

/// One field's values and when they were measured, oldest first. It never changes: any number of threads may read it at
/// once. Everything that its functions return belongs to it.
pub struct byteport_series_t {
    times: Vec<i64>,
    values: Values,
}

enum Values {
    Numbers(Vec<f64>),
    /// Each with a NUL behind it.
    Texts(Vec<String>),
}

impl From<Series> for byteport_series_t {
    fn from(series: Series) -> byteport_series_t {
        let values = match series.values {
            SeriesValues::Numbers(numbers) => Values::Numbers(numbers),
            SeriesValues::Texts(mut texts) => {
                texts.iter_mut().for_each(|text| text.push('\0'));
                Values::Texts(texts)
            }
        };
        byteport_series_t { times: series.times, values }
    }
}

/// The number of points; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_length(series: *const byteport_series_t) -> usize {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(series) }.map_or(0, |series| series.times.len())
}

/// What the values are; BYTEPORT_SERIES_NONE for NULL. A series without points is BYTEPORT_SERIES_NUMBERS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_kind(series: *const byteport_series_t) -> byteport_series_kind_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    match unsafe { handle::get(series) }.map(|series| &series.values) {
        None => byteport_series_kind_t::BYTEPORT_SERIES_NONE,
        Some(Values::Numbers(_)) => byteport_series_kind_t::BYTEPORT_SERIES_NUMBERS,
        Some(Values::Texts(_)) => byteport_series_kind_t::BYTEPORT_SERIES_TEXTS,
    }
}

/// The times, byteport_series_length() of them, in microseconds since 1970-01-01 UTC. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_times(series: *const byteport_series_t) -> *const i64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(series) }.map_or(ptr::null(), |series| series.times.as_ptr())
}

/// The numbers, byteport_series_length() of them; NaN where the service has a time but no value. NULL where the series holds
/// texts, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_numbers(series: *const byteport_series_t) -> *const f64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    match unsafe { handle::get(series) }.map(|series| &series.values) {
        Some(Values::Numbers(numbers)) => numbers.as_ptr(),
        _ => ptr::null(),
    }
}

/// One value as text, in UTF-8, with a NUL behind it; an object is base64 text. NULL past the last, where the series holds
/// numbers, and for NULL.
///
/// Where `length` is not NULL and a text is returned, the number of its bytes without the last NUL is written there. Some
/// other client may have stored a text with a NUL inside: only that length tells where it ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_text(
    series: *const byteport_series_t,
    index: usize,
    length: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let Some(Values::Texts(texts)) = unsafe { handle::get(series) }.map(|series| &series.values) else {
        return ptr::null();
    };
    let Some(text) = texts.get(index) else { return ptr::null() };
    // SAFETY: the caller's pointer is NULL or a place for a length.
    unsafe { handle::put(length, text.len().saturating_sub(1)) };
    text.as_ptr().cast()
}

/// Frees a series; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_series_free(series: *mut byteport_series_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(series) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_nul_inside_is_told_by_its_length() {
        let texts = SeriesValues::Texts(vec!["a\0b".into(), String::new()]);
        let series = byteport_series_t::from(Series { times: vec![1, 2], values: texts });
        let mut length = 77;
        // SAFETY: the series lives; `length` is a place for a length.
        let text = unsafe { byteport_series_text(&series, 0, &mut length) };
        assert_eq!(length, 3);
        // SAFETY: three bytes and the NUL belong to the living series.
        assert_eq!(unsafe { std::slice::from_raw_parts(text.cast::<u8>(), 4) }, b"a\0b\0");
        // SAFETY: as above.
        assert!(!unsafe { byteport_series_text(&series, 1, &mut length) }.is_null());
        assert_eq!(length, 0);
        // SAFETY: as above.
        assert!(unsafe { byteport_series_text(&series, 2, &mut length) }.is_null());
    }
}
