// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a broker's client has done so far.

use std::ffi::{CString, c_char};
use std::ptr;

use byteport_core::broker::{BrokerState, BrokerStats};

use crate::{handle, panic};

/// The way to a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_broker_state_t {
    /// Nothing is said of it.
    BYTEPORT_BROKER_STATE_NONE = 0,
    /// A connection is being made.
    BYTEPORT_BROKER_STATE_CONNECTING = 1,
    /// The broker has let us in.
    BYTEPORT_BROKER_STATE_OPEN = 2,
    /// No connection: the next try comes after a pause, or when something is published.
    BYTEPORT_BROKER_STATE_WAITING = 3,
    /// The client was closed.
    BYTEPORT_BROKER_STATE_CLOSED = 4,
}

use byteport_broker_state_t::*;

impl From<BrokerState> for byteport_broker_state_t {
    fn from(state: BrokerState) -> byteport_broker_state_t {
        match state {
            BrokerState::Connecting => BYTEPORT_BROKER_STATE_CONNECTING,
            BrokerState::Open => BYTEPORT_BROKER_STATE_OPEN,
            BrokerState::Waiting => BYTEPORT_BROKER_STATE_WAITING,
            BrokerState::Closed => BYTEPORT_BROKER_STATE_CLOSED,
        }
    }
}

/// What a broker's client had done by one moment, since it was opened. It never changes: any number of threads may read it at once.
pub struct byteport_broker_stats_t {
    core: BrokerStats,
    last_error: CString,
}

impl byteport_broker_stats_t {
    pub(crate) fn new(core: BrokerStats) -> byteport_broker_stats_t {
        byteport_broker_stats_t { last_error: handle::c_text(&core.last_error), core }
    }
}

/// Reads a number, to which NULL is no error.
///
/// # Safety
/// NULL, or living statistics.
unsafe fn number(stats: *const byteport_broker_stats_t, number: impl FnOnce(&BrokerStats) -> u64) -> u64 {
    // SAFETY: the caller vouches for the pointer.
    unsafe { handle::read(stats, 0, |stats| number(&stats.core)) }
}

/// The way to the broker; BYTEPORT_BROKER_STATE_NONE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_state(
    stats: *const byteport_broker_stats_t,
) -> byteport_broker_state_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(stats, BYTEPORT_BROKER_STATE_NONE, |stats| stats.core.state.into()) }
}

/// Publications that the broker has; without confirmation, those that were handed to the connection. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_published(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.published) }
}

/// Publications that the broker refused, or that failed with the connection where it is not made again; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_refused(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.refused) }
}

/// Publications that wait for the broker's answer; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_pending(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.pending) }
}

/// Messages that came, with those that were not handed on; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_received(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.received) }
}

/// Messages that were not handed on because they were too old; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_stale(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.stale) }
}

/// Messages that were not handed on because their time was too far in the future; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_ahead(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.ahead) }
}

/// Deliveries that were taken; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_taken(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.taken) }
}

/// Deliveries that were refused; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_not_taken(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.not_taken) }
}

/// Connections that the broker let in; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_connections(stats: *const byteport_broker_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { number(stats, |stats| stats.connections) }
}

/// Why the last connection ended, or could not be made, in one line without secrets; empty while it is open, NULL for NULL. It
/// belongs to the statistics.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_last_error(
    stats: *const byteport_broker_stats_t,
) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::read(stats, ptr::null(), |stats| stats.last_error.as_ptr()) }
}

/// Frees statistics; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_broker_stats_free(stats: *mut byteport_broker_stats_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(stats) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_the_cores() {
        for state in [BrokerState::Connecting, BrokerState::Open, BrokerState::Waiting, BrokerState::Closed] {
            let own = byteport_broker_state_t::from(state);
            assert_eq!(own as i32, state as i32);
            assert_eq!(format!("{own:?}"), format!("BYTEPORT_BROKER_STATE_{}", state.text().to_uppercase()));
        }
    }
}
