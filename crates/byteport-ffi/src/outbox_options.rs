// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings with which an outbox is opened.

use std::ffi::{c_char, c_void};
use std::mem::take;
use std::sync::Arc;
use std::time::Duration;

use byteport_core::model::Timestamp;
use byteport_core::outbox::{Order, OutboxOptions, WhenFull};
use byteport_core::{Error, ErrorCode, Result};

use crate::error::byteport_error_t;
use crate::options::invalid;
use crate::outbox_event::{Callback, byteport_outbox_callback_t};
use crate::outbox_queue::Service;
use crate::status::byteport_status_t;
use crate::timestamp::BYTEPORT_TIME_OPEN;
use crate::userdata::{Userdata, byteport_free_callback_t};
use crate::{handle, panic};

/// What gives way when an outbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_outbox_when_full_t {
    /// The oldest readings are dropped. What an outbox does unless told otherwise.
    BYTEPORT_OUTBOX_DROP_OLDEST = 1,
    /// The reading that comes is dropped: byteport_outbox_enqueue() succeeds, and says BYTEPORT_DURABILITY_NONE.
    BYTEPORT_OUTBOX_DROP_NEWEST = 2,
    /// Of the oldest half, every second reading of each device is dropped.
    BYTEPORT_OUTBOX_THIN_OUT = 3,
    /// The reading that comes is refused, with BYTEPORT_ERROR_FULL.
    BYTEPORT_OUTBOX_REJECT = 4,
    /// The caller waits for room, up to the time-out; then the reading is refused, with BYTEPORT_ERROR_FULL.
    BYTEPORT_OUTBOX_BLOCK = 5,
}

/// In which order the readings of one device are uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_outbox_order_t {
    /// As they were taken in. What an outbox does unless told otherwise.
    BYTEPORT_OUTBOX_OLDEST_FIRST = 1,
    /// What was taken in last goes first: after an outage, the present is seen before the past.
    BYTEPORT_OUTBOX_NEWEST_FIRST = 2,
}

use byteport_outbox_order_t::*;
use byteport_outbox_when_full_t::*;

/// The settings of an outbox, with a default for each that fits a small board. For one thread at a time. A setter that fails
/// changes nothing; byteport_outbox_open() checks what the setters do not.
#[derive(Default)]
pub struct byteport_outbox_options_t {
    core: OutboxOptions,
    callback: Option<Arc<Callback>>,
    is_service: bool,
}

impl byteport_outbox_options_t {
    pub(crate) fn change(&mut self, change: impl FnOnce(OutboxOptions) -> OutboxOptions) -> Result<()> {
        self.core = change(take(&mut self.core));
        Ok(())
    }

    /// The settings for the core, and where events wait if the caller's thread is to run the callback.
    pub(crate) fn listen(&self) -> Result<(OutboxOptions, Option<Service>)> {
        let core = self.core.clone();
        match (self.callback.clone(), self.is_service) {
            (None, true) => {
                Err(invalid("there is no callback for byteport_outbox_service() to run: set one"))
            }
            (None, false) => Ok((core, None)),
            (Some(callback), false) => Ok((core.on_event(move |event| callback.tell(event.clone())), None)),
            (Some(callback), true) => {
                let service = Service::new(callback)?;
                let queue = service.queue();
                Ok((core.on_event(move |event| queue.push(event)), Some(service)))
            }
        }
    }
}

fn checked_choice(number: i32) -> Result<WhenFull> {
    match number {
        n if n == BYTEPORT_OUTBOX_DROP_OLDEST as i32 => Ok(WhenFull::DropOldest),
        n if n == BYTEPORT_OUTBOX_DROP_NEWEST as i32 => Ok(WhenFull::DropNewest),
        n if n == BYTEPORT_OUTBOX_THIN_OUT as i32 => Ok(WhenFull::ThinOut),
        n if n == BYTEPORT_OUTBOX_REJECT as i32 => Ok(WhenFull::Reject),
        n if n == BYTEPORT_OUTBOX_BLOCK as i32 => Ok(WhenFull::Block),
        _ => Err(invalid("the choice is not a byteport_outbox_when_full_t")),
    }
}

fn checked_order(number: i32) -> Result<Order> {
    match number {
        n if n == BYTEPORT_OUTBOX_OLDEST_FIRST as i32 => Ok(Order::OldestFirst),
        n if n == BYTEPORT_OUTBOX_NEWEST_FIRST as i32 => Ok(Order::NewestFirst),
        _ => Err(invalid("the order is not a byteport_outbox_order_t")),
    }
}

/// Changes the core's settings.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn set(
    options: *mut byteport_outbox_options_t,
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(OutboxOptions) -> OutboxOptions,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || handle::borrow_mut(options, "options")?.change(change)) }
}

/// New settings, each at its default. Free them with byteport_outbox_options_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_outbox_options_new() -> *mut byteport_outbox_options_t {
    panic::made(byteport_outbox_options_t::default)
}

/// Sets the most bytes on disk, the write-ahead log included; at least 262,144. Default: 16,777,216 (16 MiB).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_max_disk(
    options: *mut byteport_outbox_options_t,
    bytes: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_disk(bytes)) }
}

/// Sets the most bytes of readings in memory that are not in the file; at least 4,096. No reading can be longer than this.
/// Default: 262,144 (256 KiB).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_max_memory(
    options: *mut byteport_outbox_options_t,
    bytes: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_memory(bytes)) }
}

/// Sets the most readings that wait; not 0. Default: unlimited.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_max_count(
    options: *mut byteport_outbox_options_t,
    count: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_count(count)) }
}

/// Sets how long a reading waits at the most, by the time at which it was taken in, in milliseconds; not 0. Older ones are
/// dropped. Default: unlimited.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_max_age_ms(
    options: *mut byteport_outbox_options_t,
    age_ms: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_age(Duration::from_millis(age_ms))) }
}

/// Sets what gives way when the outbox is full, as a byteport_outbox_when_full_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_when_full(
    options: *mut byteport_outbox_options_t,
    choice: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, choice) = (handle::borrow_mut(options, "options")?, checked_choice(choice)?);
            options.change(|core| core.when_full(choice))
        })
    }
}

/// Sets how long byteport_outbox_enqueue() waits at the most, where it waits for room, for the disk or for the service, in
/// milliseconds; 0 does not wait. Default: 30,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_timeout_ms(
    options: *mut byteport_outbox_options_t,
    timeout_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.timeout(Duration::from_millis(timeout_ms.into()))) }
}

/// Sets after how long a reading at BYTEPORT_DURABILITY_DISK is in the file, at the latest, in milliseconds. Default: 1,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_commit_interval_ms(
    options: *mut byteport_outbox_options_t,
    interval_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.commit_interval(Duration::from_millis(interval_ms.into()))) }
}

/// Sets after how many bytes of readings they are written to the file before the interval is over; not 0. Default: 65,536.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_commit_bytes(
    options: *mut byteport_outbox_options_t,
    bytes: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.commit_bytes(bytes)) }
}

/// Sets after how long what was written to the file is forced onto the disk, at the latest, in milliseconds; 0 at each write.
/// Default: 5,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_sync_interval_ms(
    options: *mut byteport_outbox_options_t,
    interval_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.sync_interval(Duration::from_millis(interval_ms.into()))) }
}

/// Sets how many connections upload at once, 1 to 64, each on a thread. The readings of one device go one after the other.
/// Default: 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_connections(
    options: *mut byteport_outbox_options_t,
    connections: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    let connections = usize::try_from(connections).unwrap_or(usize::MAX);
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.connections(connections)) }
}

/// Sets in which order the readings of one device are uploaded, as a byteport_outbox_order_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_order(
    options: *mut byteport_outbox_options_t,
    order: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, order) = (handle::borrow_mut(options, "options")?, checked_order(order)?);
            options.change(|core| core.order(order))
        })
    }
}

/// Sets the most readings per second that are uploaded, above 0. Default: unlimited.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_max_rate(
    options: *mut byteport_outbox_options_t,
    readings_per_second: f64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_rate(readings_per_second)) }
}

/// Sets the namespace's legacy key, with which readings go in batches, as packets. It must not be empty, and appears in no log
/// message, no error text and not in the file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_legacy_key(
    options: *mut byteport_outbox_options_t,
    key: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, key) = (handle::borrow_mut(options, "options")?, handle::text(key, "key")?);
            if key.is_empty() {
                return Err(invalid("the legacy key is empty"));
            }
            options.change(|core| core.legacy_key(key))
        })
    }
}

/// Takes the system clock for not set while it shows an earlier time than this, in microseconds since 1970-01-01 UTC: for a
/// board without a battery, give the time at which its program was built. What is measured meanwhile is kept with the time
/// since the system started, and gets its time of day when the clock is set; only then is it uploaded. Errors:
/// BYTEPORT_ERROR_INVALID_TIMESTAMP for BYTEPORT_TIME_OPEN.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_clock_floor(
    options: *mut byteport_outbox_options_t,
    earliest: i64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let options = handle::borrow_mut(options, "options")?;
            if earliest == BYTEPORT_TIME_OPEN {
                return Err(Error::new(ErrorCode::InvalidTimestamp, "BYTEPORT_TIME_OPEN is no time"));
            }
            options.change(|core| core.clock_floor(Timestamp::from_micros(earliest)))
        })
    }
}

/// Sets the callback that is told what happens in every outbox that is opened with these settings from now on, in place of the
/// one before; NULL for none. It is called on the library's threads, and may be called before byteport_outbox_open() returns;
/// byteport_outbox_options_set_service() moves the calls to a thread of the caller's.
///
/// `free_userdata`, which may be NULL, is called with the userdata exactly once: when these settings are freed or have another
/// callback, and all those outboxes are freed and their last callback has returned, on the thread where that happens, which
/// may be the library's unless the calls were moved; at once where the callback is NULL. Where this call fails, the callback
/// from before stays, and the userdata stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_callback(
    options: *mut byteport_outbox_options_t,
    callback: byteport_outbox_callback_t,
    userdata: *mut c_void,
    free_userdata: byteport_free_callback_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let options = handle::borrow_mut(options, "options")?;
            options.callback = Callback::new(callback, Userdata::new(userdata, free_userdata)).map(Arc::new);
            Ok(())
        })
    }
}

/// Sets whether the callback is called by byteport_outbox_service() alone, on the caller's thread, and byteport_outbox_fd() tells
/// when. Default: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_set_service(
    options: *mut byteport_outbox_options_t,
    service: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            handle::borrow_mut(options, "options")?.is_service = service;
            Ok(())
        })
    }
}

/// Frees the settings; NULL is fine. Outboxes opened with them keep a copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_options_free(options: *mut byteport_outbox_options_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(options) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_the_cores() {
        for number in -1..10 {
            let core = WhenFull::ALL.into_iter().find(|choice| *choice as i32 == number);
            assert_eq!(checked_choice(number).ok(), core);
            let core =
                [Order::OldestFirst, Order::NewestFirst].into_iter().find(|order| *order as i32 == number);
            assert_eq!(checked_order(number).ok(), core);
        }
    }

    #[test]
    fn a_service_needs_a_callback() {
        let mut options = byteport_outbox_options_t::default();
        assert!(options.listen().is_ok_and(|(_, service)| service.is_none()));
        options.is_service = true;
        assert!(options.listen().is_err());
    }
}
