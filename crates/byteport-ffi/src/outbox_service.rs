// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The events of an outbox on the caller's own thread: a descriptor that tells of them, and a call that never waits.

use std::ffi::c_int;

use byteport_core::{Error, ErrorCode};

use crate::error::byteport_error_t;
use crate::outbox::byteport_outbox_t;
use crate::outbox_queue::Service;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// The descriptor that is readable while an event waits for byteport_outbox_service(): for poll(), select() and their like. Do not
/// read from it nor close it; it belongs to the outbox, and is always the same. -1 where byteport_outbox_options_set_service()
/// was not called, in a forked child, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_fd(outbox: *const byteport_outbox_t) -> c_int {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(outbox) }.and_then(byteport_outbox_t::service).map_or(-1, Service::descriptor)
}

/// Calls the callback for every event that waits, on the thread of this call, and returns without waiting for more. Where
/// another thread is at it, or the callback itself calls this, nothing is done. `told`, which may be NULL, gets how many events
/// that were. It works on a closed outbox, too.
///
/// At most 1,024 events wait, with about 16,384 numbers of readings in them. When there is no room, one that tells of more
/// deliveries or drops is added to the last one, if that told of the same; else the oldest is lost, and counted by
/// byteport_outbox_lost_events(). The accounting of byteport_outbox_stats() knows of everything in any case.
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED where byteport_outbox_options_set_service() was not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_service(
    outbox: *const byteport_outbox_t,
    told: *mut usize,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let outbox = handle::borrow(outbox, "outbox")?;
            let count = outbox.service().ok_or_else(|| no_service(outbox))?.run();
            handle::put(told, count);
            Ok(())
        })
    }
}

fn no_service(outbox: &byteport_outbox_t) -> Error {
    if outbox.is_ours() {
        return Error::new(
            ErrorCode::NotConfigured,
            "no event waits for this call: ask for it by byteport_outbox_options_set_service() and open the outbox anew",
        );
    }
    Error::new(
        ErrorCode::Forked,
        "the outbox belongs to the parent process: open one of its own here, on another file",
    )
}

/// How many events were lost because byteport_outbox_service() was not called in time; 0 without that way, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_lost_events(outbox: *const byteport_outbox_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(outbox) }.and_then(byteport_outbox_t::service).map_or(0, Service::lost)
}
