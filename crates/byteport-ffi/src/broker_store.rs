// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing readings through a broker.

use byteport_core::model::Reading;
use byteport_core::{Error, Result};

use crate::broker::{byteport_broker_t, call};
use crate::error::byteport_error_t;
use crate::handle;
use crate::reading::byteport_reading_t;
use crate::status::byteport_status_t::{self, BYTEPORT_ERROR_INVALID_ARGUMENT, BYTEPORT_OK};

/// Stores a reading, and waits until the broker has it, up to the time-out of byteport_broker_options_set_timeout_ms(). The
/// service takes it from the broker later; success means that the broker keeps it until then. The reading stays as it is.
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_TIMESTAMP outside the years 1 to
/// 9999; else as byteport_broker_publish().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_store(
    broker: *const byteport_broker_t,
    reading: *const byteport_reading_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { call(broker, error, |broker| broker.store(handle::borrow(reading, "reading")?.core())) }
}

/// As byteport_broker_store(), without waiting for the broker's answer: see byteport_broker_post().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_post_reading(
    broker: *const byteport_broker_t,
    reading: *const byteport_reading_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { call(broker, error, |broker| broker.post_reading(handle::borrow(reading, "reading")?.core())) }
}

/// Stores `count` readings of any devices, together in lists of a bounded length, and waits until the broker has answered for all
/// of them, up to the time-out. One that is refused keeps no other from being stored. NULL is fine for `readings` where `count`
/// is 0.
///
/// `statuses`, `count` places or NULL, gets the answer for each reading, also where the call fails: BYTEPORT_OK, or an error of
/// byteport_broker_store(). The call is BYTEPORT_OK where all were stored, and else the error of the first that was not. Only
/// where a pointer is NULL that may not be, or `count` cannot be, nothing is stored and nothing written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_store_all(
    broker: *const byteport_broker_t,
    readings: *const *const byteport_reading_t,
    count: usize,
    statuses: *mut byteport_status_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    let mut is_answered = false;
    // SAFETY: the caller's pointers are as the header asks.
    let status = unsafe {
        call(broker, error, |broker| {
            let readings: Vec<&Reading> = handle::items(readings, count, "readings")?
                .iter()
                .map(|reading| Ok(handle::borrow(*reading, "a reading")?.core()))
                .collect::<Result<_>>()?;
            let answers = broker.store_readings(&readings);
            is_answered = true;
            handle::put_items(statuses, statuses_of(&answers, count));
            answers?.into_iter().collect()
        })
    };
    // What was not even begun, for a reason other than the arguments, was refused for each reading.
    if !is_answered && status != BYTEPORT_ERROR_INVALID_ARGUMENT {
        // SAFETY: as above.
        unsafe { handle::put_items(statuses, std::iter::repeat_n(status, count)) };
    }
    status
}

/// The status for each reading; that of the whole call, where that failed.
fn statuses_of(answers: &Result<Vec<Result<()>>>, count: usize) -> Vec<byteport_status_t> {
    let status = |error: &Error| error.code().into();
    match answers {
        Ok(answers) => {
            answers.iter().map(|answer| answer.as_ref().map_or_else(status, |()| BYTEPORT_OK)).collect()
        }
        Err(error) => vec![status(error); count],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::byteport_status_t::*;
    use byteport_core::ErrorCode;

    #[test]
    fn each_reading_has_its_status() {
        let closed = || Error::new(ErrorCode::Closed, "closed");
        let answers = Ok(vec![Ok(()), Err(closed()), Ok(())]);
        assert_eq!(statuses_of(&answers, 3), [BYTEPORT_OK, BYTEPORT_ERROR_CLOSED, BYTEPORT_OK]);
        assert_eq!(statuses_of(&Err(closed()), 2), [BYTEPORT_ERROR_CLOSED; 2]);
    }
}
