// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The bounds on time and memory among a broker's client's settings.

use std::time::Duration;

use crate::broker_options::{byteport_broker_options_t, set};
use crate::error::byteport_error_t;
use crate::span::milliseconds;
use crate::status::byteport_status_t;

/// Sets the longest time for making a connection (resolving, connecting, proxy, TLS and login together), in milliseconds; not 0.
/// Default: 10,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_connect_timeout_ms(
    options: *mut byteport_broker_options_t,
    timeout_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.connect_timeout(milliseconds(timeout_ms))) }
}

/// Sets how long a call waits for the broker's answer at the most, in milliseconds; not 0. Default: 30,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_timeout_ms(
    options: *mut byteport_broker_options_t,
    timeout_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.timeout(milliseconds(timeout_ms))) }
}

/// Sets how often a sign of life goes each way at the least, in milliseconds, up to 65,535,000; 0 for never. Default: 60,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_keep_alive_ms(
    options: *mut byteport_broker_options_t,
    interval_ms: u32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.keep_alive(milliseconds(interval_ms))) }
}

/// Sets the largest message that is taken, in bytes; not 0. A broker that announces a larger one is left. Default: 16,777,216
/// (16 MiB).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_max_message(
    options: *mut byteport_broker_options_t,
    bytes: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_message(bytes)) }
}

/// Sets how long, in bytes, what byteport_broker_store_all() publishes at once may be where it holds more than one reading.
/// Default: 131,072 (128 KiB).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_max_list(
    options: *mut byteport_broker_options_t,
    bytes: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_list(bytes)) }
}

/// Sets how many publications may wait for the broker's answer at once, 1 to 65,535. Default: 1,000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_max_in_flight(
    options: *mut byteport_broker_options_t,
    count: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_in_flight(count)) }
}

/// Sets how many messages the broker delivers before it is told what became of the first; not 0. STOMP only, and only RabbitMQ
/// heeds it. Default: 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_prefetch(
    options: *mut byteport_broker_options_t,
    count: usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.prefetch(count)) }
}

/// Sets how old messages may be when they arrive, in milliseconds: older ones are counted (byteport_broker_stats_stale()) and not
/// handed on. Default: unlimited.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_max_age_ms(
    options: *mut byteport_broker_options_t,
    age_ms: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_age(Duration::from_millis(age_ms))) }
}

/// Sets how far in the future a message's time may be when it arrives, in milliseconds: others are counted
/// (byteport_broker_stats_ahead()) and not handed on. Default: unlimited.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_options_set_max_ahead_ms(
    options: *mut byteport_broker_options_t,
    ahead_ms: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { set(options, error, |core| core.max_ahead(Duration::from_millis(ahead_ms))) }
}
