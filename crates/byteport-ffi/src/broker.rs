// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker's client: its life, publishing and subscribing.
//!
//! Invariant: a forked child never gets past the core's own check.

use std::ffi::c_char;

use byteport_core::Result;
use byteport_core::broker::Broker;

use crate::broker_options::byteport_broker_options_t;
use crate::broker_stats::byteport_broker_stats_t;
use crate::error::byteport_error_t;
use crate::span::milliseconds;
use crate::status::byteport_status_t;
use crate::turn::Turn;
use crate::{handle, panic};

/// A client of a broker, and the thread that keeps its connection: one that is lost is made again, what was not confirmed is sent
/// again, and subscriptions are made again. Any number of threads may use one at once; only byteport_broker_free() needs it
/// alone. In a child that was forked, every call is BYTEPORT_ERROR_FORKED: it opens one of its own.
pub struct byteport_broker_t {
    core: Broker,
    /// Whose turn it is to hand on messages on the caller's side.
    turn: Turn,
}

const _: () = handle::shared_by_threads::<byteport_broker_t>();

impl byteport_broker_t {
    pub(crate) fn core(&self) -> &Broker {
        &self.core
    }

    pub(crate) fn turn(&self) -> &Turn {
        &self.turn
    }

    /// Whether this is the process that opened it.
    fn is_ours(&self) -> bool {
        self.core.options().is_ok()
    }
}

/// Calls the core's client.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn call(
    broker: *const byteport_broker_t,
    error: *mut *mut byteport_error_t,
    call: impl FnOnce(&Broker) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || call(handle::borrow(broker, "broker")?.core())) }
}

/// Hands a destination and bytes to the core's client.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn hand_over(
    broker: *const byteport_broker_t,
    (destination, data, length): (*const c_char, *const u8, usize),
    error: *mut *mut byteport_error_t,
    publish: fn(&Broker, &str, &[u8]) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        call(broker, error, |broker| {
            let destination = handle::text(destination, "destination")?;
            publish(broker, destination, handle::items(data, length, "data")?)
        })
    }
}

/// Makes a client with a copy of the settings, and connects in the background; byteport_broker_wait_open() waits for that. Close
/// it with byteport_broker_close() and free it with byteport_broker_free().
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT and BYTEPORT_ERROR_INVALID_NAME for settings that make no sense;
/// BYTEPORT_ERROR_NOT_CONFIGURED without a login; BYTEPORT_ERROR_FILE where no thread or descriptor is to be had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_open(
    options: *const byteport_broker_options_t,
    out: *mut *mut byteport_broker_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (options, out) = (handle::borrow(options, "options")?, handle::out(out, "out")?);
            let core = Broker::open(options.core().clone())?;
            out.put(handle::into_raw(byteport_broker_t { core, turn: Turn::default() }));
            Ok(())
        })
    }
}

/// Waits until the broker has let this client in, for at most `timeout_ms` milliseconds. Errors: why that failed, as soon as it
/// has failed for a reason that lasts (BYTEPORT_ERROR_LOGIN_FAILED, BYTEPORT_ERROR_TLS), and the last reason when the time is
/// over. The client goes on trying, unless its settings say otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_wait_open(
    broker: *const byteport_broker_t,
    timeout_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { call(broker, error, |broker| broker.wait_open(milliseconds(timeout_ms))) }
}

/// Publishes `length` bytes to an MQTT topic or STOMP destination, and waits until the broker has them, up to the time-out of
/// byteport_broker_options_set_timeout_ms(). NULL is fine where `length` is 0.
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for a destination or length that cannot be; BYTEPORT_ERROR_FORBIDDEN where the broker
/// refuses it; BYTEPORT_ERROR_TIMEOUT with the last reason, in BYTEPORT_PHASE_CONNECT where nothing was sent, in
/// BYTEPORT_PHASE_RECEIVE where the broker may have it; BYTEPORT_ERROR_CLOSED; at once those that byteport_broker_wait_open()
/// gives at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_publish(
    broker: *const byteport_broker_t,
    destination: *const c_char,
    data: *const u8,
    length: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { hand_over(broker, (destination, data, length), error, Broker::publish) }
}

/// As byteport_broker_publish(), without waiting for the broker's answer; only for room, where too much waits for one.
/// byteport_broker_flush() waits for the answers. What the broker refuses is logged, and counted by
/// byteport_broker_stats_refused().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_post(
    broker: *const byteport_broker_t,
    destination: *const c_char,
    data: *const u8,
    length: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { hand_over(broker, (destination, data, length), error, Broker::post) }
}

/// Waits until the broker has answered for all that was published and stored before, or for `timeout_ms` milliseconds. `missing`,
/// which may be NULL, gets how many answers had not come by then. Time that has passed is no error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_flush(
    broker: *const byteport_broker_t,
    timeout_ms: u32,
    missing: *mut usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(broker, error, |broker| {
            handle::put(missing, broker.flush(milliseconds(timeout_ms))?);
            Ok(())
        })
    }
}

/// Subscribes to an MQTT topic filter or STOMP destination, for NULL to the device's own messages, now and on every later
/// connection, and waits until the broker has taken that. Errors: BYTEPORT_ERROR_FORBIDDEN where the broker refuses it;
/// BYTEPORT_ERROR_NOT_CONFIGURED for NULL without namespace and device; else as byteport_broker_publish().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_subscribe(
    broker: *const byteport_broker_t,
    destination: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(broker, error, |broker| match handle::text_or_none(destination, "destination")? {
            Some(destination) => broker.subscribe(destination),
            None => broker.subscribe_own(),
        })
    }
}

/// Gives what was done so far. Free it with byteport_broker_stats_free(). A closed client gives its last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats(
    broker: *const byteport_broker_t,
    out: *mut *mut byteport_broker_stats_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(broker, error, |broker| {
            let out = handle::out(out, "out")?;
            out.put(handle::into_raw(byteport_broker_stats_t::new(broker.stats()?)));
            Ok(())
        })
    }
}

/// Ends a client: publishes nothing more, waits for the broker's answers for at most `timeout_ms` milliseconds, says goodbye, and
/// ends the threads; that takes at most two seconds more. `missing`, which may be NULL, gets how many answers had not come: the
/// broker may have those publications or not. What is published, stored or subscribed to later is BYTEPORT_ERROR_CLOSED. Free the
/// client with byteport_broker_free(), whatever this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_close(
    broker: *const byteport_broker_t,
    timeout_ms: u32,
    missing: *mut usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::ending(error, || {
            let broker = handle::borrow(broker, "broker")?.core();
            handle::put(missing, broker.close(milliseconds(timeout_ms))?);
            Ok(())
        })
    }
}

/// Frees a client without waiting for anything; NULL is fine. One that was not closed is told to end: what the broker has not
/// answered for may be lost, and a callback may still be called until its userdata is freed; a callback that uses the client needs
/// byteport_broker_close() before. In a forked child nothing is freed: the client is the parent's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_free(broker: *mut byteport_broker_t) {
    panic::or((), || {
        // SAFETY: the caller's pointer is NULL or a handle that is given up.
        unsafe {
            if handle::get(broker).is_some_and(byteport_broker_t::is_ours) {
                handle::free(broker);
            }
        }
    });
}
