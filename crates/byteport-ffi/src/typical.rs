// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How far each hour, day, week or month of a field is from its typical one.

use std::ffi::c_char;

use byteport_core::http::Span;
use byteport_core::manage::{self, DESCRIPTORS, Grouping, Order, TypicalQuery};
use byteport_core::{Error, ErrorCode, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::result::{ask, byteport_result_t};
use crate::status::byteport_status_t;
use crate::{address, handle, panic, span};

/// Into what a range is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_grouping_t {
    /// Hours.
    BYTEPORT_GROUPING_HOURLY = 0,
    /// Days. What a comparison does unless told otherwise.
    BYTEPORT_GROUPING_DAILY = 1,
    /// Weeks.
    BYTEPORT_GROUPING_WEEKLY = 2,
    /// Months.
    BYTEPORT_GROUPING_MONTHLY = 3,
}

use byteport_grouping_t::*;

fn grouping(number: i32) -> Result<Grouping> {
    match number {
        n if n == BYTEPORT_GROUPING_HOURLY as i32 => Ok(Grouping::Hourly),
        n if n == BYTEPORT_GROUPING_DAILY as i32 => Ok(Grouping::Daily),
        n if n == BYTEPORT_GROUPING_WEEKLY as i32 => Ok(Grouping::Weekly),
        n if n == BYTEPORT_GROUPING_MONTHLY as i32 => Ok(Grouping::Monthly),
        _ => Err(Error::new(ErrorCode::InvalidArgument, "grouping is not a byteport_grouping_t")),
    }
}

/// What is compared with the typical group, and how; at first the last 7 days, daily. For one thread at a time, though any
/// number may ask with it at once while none changes it. A setter that fails changes nothing.
#[derive(Default)]
pub struct byteport_typical_t {
    span: Span,
    grouping: Grouping,
    by_distance: bool,
    compares_change: bool,
    with_descriptions: bool,
    excluded: Vec<&'static str>,
}

impl byteport_typical_t {
    fn core(&self) -> TypicalQuery<'_> {
        TypicalQuery {
            span: self.span,
            grouping: self.grouping,
            order: if self.by_distance { Order::Distance } else { Order::Date },
            diff_before_analysis: self.compares_change,
            include_descriptions: self.with_descriptions,
            exclude_descriptors: &self.excluded,
        }
    }
}

/// Changes a comparison.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn change(
    typical: *mut byteport_typical_t,
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(&mut byteport_typical_t) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || change(handle::borrow_mut(typical, "typical")?)) }
}

/// A new comparison. Free it with byteport_typical_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_typical_new() -> *mut byteport_typical_t {
    panic::made(byteport_typical_t::default)
}

/// Compares what was measured from the first to the last moment, as byteport_query_set_range() says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_set_range(
    typical: *mut byteport_typical_t,
    from: i64,
    to: i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            typical.span = span::range(from, to).into();
            Ok(())
        })
    }
}

/// Compares the last minutes, by the service's clock, in place of a range; not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_set_last_minutes(
    typical: *mut byteport_typical_t,
    minutes: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            typical.span = span::last(minutes)?;
            Ok(())
        })
    }
}

/// Sets into what the range is cut, as a byteport_grouping_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_set_grouping(
    typical: *mut byteport_typical_t,
    grouping: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            typical.grouping = self::grouping(grouping)?;
            Ok(())
        })
    }
}

/// Sets whether the groups are answered by their distance, not by time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_set_by_distance(
    typical: *mut byteport_typical_t,
    by_distance: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            typical.by_distance = by_distance;
            Ok(())
        })
    }
}

/// Sets whether the values' change is compared, not the values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_set_diff(
    typical: *mut byteport_typical_t,
    diff: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            typical.compares_change = diff;
            Ok(())
        })
    }
}

/// Sets whether each group comes with its description.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_set_descriptions(
    typical: *mut byteport_typical_t,
    descriptions: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            typical.with_descriptions = descriptions;
            Ok(())
        })
    }
}

/// Leaves one more descriptor out of the comparison: `count`, `mean`, `std`, `min`, `max`, `25%`, `50%` or `75%`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_exclude(
    typical: *mut byteport_typical_t,
    descriptor: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(typical, error, |typical| {
            let given = handle::text(descriptor, "descriptor")?;
            let known = DESCRIPTORS.into_iter().find(|known| *known == given);
            let unknown = || format!("descriptor is none: use one of {}", DESCRIPTORS.join(" "));
            let known = known.ok_or_else(|| Error::new(ErrorCode::InvalidArgument, unknown()))?;
            if !typical.excluded.contains(&known) {
                typical.excluded.push(known);
            }
            Ok(())
        })
    }
}

/// Frees a comparison; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_typical_free(typical: *mut byteport_typical_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(typical) });
}

/// How far each group of a field's values is from the typical one, as an object: `distances`, a list of objects `group_name`
/// and `dist`; `T_med`, the typical group's descriptors. Each group is described by the descriptors of
/// byteport_typical_exclude(); the typical one has the median of each; the distance is Euclidean. For NULL, namespace and
/// device are the client's own. Free the result with byteport_result_free(). Errors: as byteport_client_statistics().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_distance_to_typical(
    client: *const byteport_client_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    typical: *const byteport_typical_t,
    out: *mut *mut byteport_result_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        ask(client, out, error, |client| {
            let typical = handle::borrow(typical, "typical")?;
            let [namespace, device, field] = address::field(client, (namespace_, device), field)?;
            manage::distance_to_typical(namespace, device, field, &typical.core())
        })
    }
}
