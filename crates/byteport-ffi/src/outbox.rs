// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The outbox: readings that were accepted are delivered, later if need be, and not lost in between.
//!
//! Invariant: a forked child never gets past the core's own check, nor touches what waits for the parent's thread.

use std::ffi::{CString, c_char};
use std::process;
use std::ptr;
use std::sync::Arc;

use byteport_core::outbox::{Durability, Flushed, Outbox, OutboxOptions, Receipt};
use byteport_core::{Error, ErrorCode, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::outbox_options::byteport_outbox_options_t;
use crate::outbox_queue::Service;
use crate::outbox_stats::byteport_outbox_stats_t;
use crate::reading::byteport_reading_t;
use crate::span::milliseconds;
use crate::status::byteport_status_t;
use crate::{handle, panic};

/// How safe a reading in an outbox is. Each level keeps the promises of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_durability_t {
    /// It is not held: it was dropped.
    BYTEPORT_DURABILITY_NONE = 0,
    /// In memory. Lost if the process ends before it was uploaded, spilled to the file because memory is full, or written by
    /// byteport_outbox_close(). As fast as can be; no wear of the disk.
    BYTEPORT_DURABILITY_MEMORY = 1,
    /// In the file with the next group commit, 1 s or 64 KiB later unless set otherwise. From then on a process that is killed
    /// loses nothing; a power cut loses no more than what was written in the last seconds (5 unless set otherwise). What is
    /// delivered before its commit is due is not written at all.
    BYTEPORT_DURABILITY_DISK = 2,
    /// In the file, and the file forced onto the disk, before the call returns: a power cut loses nothing.
    BYTEPORT_DURABILITY_SYNCED = 3,
    /// Taken by the service before the call returns. Until then it is written as with BYTEPORT_DURABILITY_DISK.
    BYTEPORT_DURABILITY_DELIVERED = 4,
}

use byteport_durability_t::*;

/// A queue of readings in a file, and the threads that upload them. Any number of threads may use one outbox at once; only
/// byteport_outbox_free() needs it alone. In a child that was forked, every call is BYTEPORT_ERROR_FORKED: it opens an outbox
/// of its own, on another file.
pub struct byteport_outbox_t {
    core: Outbox,
    /// For C and for the statistics.
    path: CString,
    service: Option<Service>,
    owner: u32,
}

const _: () = handle::shared_by_threads::<byteport_outbox_t>();

impl byteport_outbox_t {
    /// Whether this is the process that opened the outbox.
    pub(crate) fn is_ours(&self) -> bool {
        self.owner == process::id()
    }

    /// What waits for the caller's thread, but for a forked child.
    pub(crate) fn service(&self) -> Option<&Service> {
        self.service.as_ref().filter(|_| self.is_ours())
    }
}

fn level(number: i32) -> Result<Durability> {
    match number {
        n if n == BYTEPORT_DURABILITY_MEMORY as i32 => Ok(Durability::Memory),
        n if n == BYTEPORT_DURABILITY_DISK as i32 => Ok(Durability::Disk),
        n if n == BYTEPORT_DURABILITY_SYNCED as i32 => Ok(Durability::Synced),
        n if n == BYTEPORT_DURABILITY_DELIVERED as i32 => Ok(Durability::Delivered),
        _ => Err(Error::new(
            ErrorCode::InvalidArgument,
            "the durability is not a byteport_durability_t that can be asked for",
        )),
    }
}

fn c_durability(held: Option<Durability>) -> byteport_durability_t {
    match held {
        None => BYTEPORT_DURABILITY_NONE,
        Some(Durability::Memory) => BYTEPORT_DURABILITY_MEMORY,
        Some(Durability::Disk) => BYTEPORT_DURABILITY_DISK,
        Some(Durability::Synced) => BYTEPORT_DURABILITY_SYNCED,
        Some(Durability::Delivered) => BYTEPORT_DURABILITY_DELIVERED,
    }
}

/// Calls the core's outbox.
///
/// # Safety
/// The pointers are as the header asks.
pub(crate) unsafe fn call(
    outbox: *const byteport_outbox_t,
    error: *mut *mut byteport_error_t,
    call: impl FnOnce(&Outbox) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || call(&handle::borrow(outbox, "outbox")?.core)) }
}

/// Opens the outbox in the file of that path, which is made where there is none, and starts the threads that upload what is
/// in it. The settings are copied; NULL leaves each at its default. The client is shared: its host, namespace, key and
/// device are what is stored to, and it may be freed before the outbox, which keeps its connections open until it is freed
/// itself. Close the outbox with byteport_outbox_close() and free it with byteport_outbox_free().
///
/// One outbox owns a file; beside it lie `PATH-wal`, `PATH-shm`, `PATH-lock` and `PATH-reserve`. A file that is damaged, or of
/// a newer version, is moved aside under a name that tells when, and what can be read of it is saved. Where the file cannot
/// be written, memory serves until it can. Neither is an error: byteport_outbox_stats() and the callback tell.
///
/// Errors: BYTEPORT_ERROR_IN_USE while another outbox, in this process or another, has the file;
/// BYTEPORT_ERROR_INVALID_ARGUMENT for settings that make no sense, a path that cannot be that of a file, and a database of
/// another program; BYTEPORT_ERROR_NOT_CONFIGURED for a client without namespace, or without key where there is no broker.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_open(
    client: *const byteport_client_t,
    path: *const c_char,
    options: *const byteport_outbox_options_t,
    out: *mut *mut byteport_outbox_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (client, path) = (handle::borrow(client, "client")?, handle::text(path, "path")?);
            let out = handle::out(out, "out")?;
            let (options, service) = handle::get(options)
                .map_or_else(|| Ok((OutboxOptions::new(), None)), |options| options.listen())?;
            let core = Outbox::open(path, Arc::clone(client.core()), options)?;
            let (path, owner) = (handle::c_text(path), process::id());
            out.put(handle::into_raw(byteport_outbox_t { core, path, service, owner }));
            Ok(())
        })
    }
}

/// Takes in a reading, at a durability that is at least BYTEPORT_DURABILITY_MEMORY. The reading stays as it is. It keeps the
/// time at which it was made or restarted; one without a time, by byteport_reading_use_server_time(), gets the time of this
/// call, and no two of one outbox the same. The call waits for the network only for BYTEPORT_DURABILITY_DELIVERED, for the
/// disk only for BYTEPORT_DURABILITY_SYNCED, and for room: each up to the time-out of byteport_outbox_options_set_timeout_ms().
///
/// `sequence` gets the reading's number in the outbox: rising, counted from 1. `held` gets how safe it is now. That is
/// BYTEPORT_DURABILITY_NONE where it was dropped, as the bounds demand. It is less than what was asked where the time-out passed
/// first, or the file cannot be written: the reading is kept and goes on towards what was asked all the same. For
/// BYTEPORT_DURABILITY_DISK, BYTEPORT_DURABILITY_MEMORY is the rule: the group commit comes later. Both may be NULL.
///
/// Errors: BYTEPORT_ERROR_NOT_CONFIGURED without a device; BYTEPORT_ERROR_TOO_LONG for a reading that is longer than
/// byteport_outbox_options_set_max_memory() allows; BYTEPORT_ERROR_FULL; BYTEPORT_ERROR_CLOSED. After these the reading is not
/// in the outbox. With BYTEPORT_DURABILITY_DELIVERED also the service's refusal of this reading, which is in quarantine then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_enqueue(
    outbox: *const byteport_outbox_t,
    reading: *const byteport_reading_t,
    durability: i32,
    sequence: *mut u64,
    held: *mut byteport_durability_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(outbox, error, |outbox| {
            let reading = handle::borrow(reading, "reading")?.core();
            give(outbox.enqueue(reading, level(durability)?)?, sequence, held);
            Ok(())
        })
    }
}

/// As byteport_outbox_enqueue(), with a time-out of its own in milliseconds; 0 does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_enqueue_within(
    outbox: *const byteport_outbox_t,
    reading: *const byteport_reading_t,
    durability: i32,
    timeout_ms: u32,
    sequence: *mut u64,
    held: *mut byteport_durability_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(outbox, error, |outbox| {
            let reading = handle::borrow(reading, "reading")?.core();
            let receipt = outbox.enqueue_within(reading, level(durability)?, milliseconds(timeout_ms))?;
            give(receipt, sequence, held);
            Ok(())
        })
    }
}

/// Gives a receipt to C.
///
/// # Safety
/// Each NULL, or a place that is this call's alone.
unsafe fn give(receipt: Receipt, sequence: *mut u64, held: *mut byteport_durability_t) {
    // SAFETY: the caller vouches for the places.
    unsafe {
        handle::put(sequence, receipt.sequence);
        handle::put(held, c_durability(receipt.held));
    }
}

/// Waits until every reading up to that number is as safe as asked, for at most `timeout_ms` milliseconds; 0 only looks. `held`,
/// which may be NULL, gets how safe they are then: less than what was asked where the time passed first or the file cannot be
/// written. BYTEPORT_DURABILITY_DELIVERED means here that none of them waits any longer. Errors:
/// BYTEPORT_ERROR_INVALID_ARGUMENT for a number that no reading has yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_wait_for(
    outbox: *const byteport_outbox_t,
    sequence: u64,
    durability: i32,
    timeout_ms: u32,
    held: *mut byteport_durability_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(outbox, error, |outbox| {
            let now = outbox.wait_for(sequence, level(durability)?, milliseconds(timeout_ms))?;
            handle::put(held, c_durability(Some(now)));
            Ok(())
        })
    }
}

/// Waits until no reading waits any longer, or for `timeout_ms` milliseconds. A service that is down is tried when it is its
/// time, as always; byteport_outbox_resume() tries it at once. `delivered` gets how many readings the service took meanwhile, `kept` how many still wait; both
/// may be NULL. Time that has passed is no error. Errors: BYTEPORT_ERROR_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_flush(
    outbox: *const byteport_outbox_t,
    timeout_ms: u32,
    delivered: *mut u64,
    kept: *mut u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        call(outbox, error, |outbox| {
            let flushed = outbox.flush(milliseconds(timeout_ms))?;
            handle::put(delivered, flushed.delivered);
            handle::put(kept, flushed.kept);
            Ok(())
        })
    }
}

/// Ends an outbox: takes in nothing more, uploads for at most `timeout_ms` milliseconds, writes what is left to the file, forces
/// it onto the disk, and gives the file up; that takes at most five seconds more. With 0 it does not upload. `delivered` gets how
/// many readings the service took meanwhile, `kept` how many are in the file for the next time, `lost` how many could not be
/// kept because the file cannot be written; each may be NULL. A second call does nothing, and gives 0 for each. Free the
/// outbox with byteport_outbox_free(), whatever this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_close(
    outbox: *const byteport_outbox_t,
    timeout_ms: u32,
    delivered: *mut u64,
    kept: *mut u64,
    lost: *mut u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::ending(error, || {
            let outbox = &handle::borrow(outbox, "outbox")?.core;
            let flushed: Flushed = outbox.close(milliseconds(timeout_ms))?;
            handle::put(delivered, flushed.delivered);
            handle::put(kept, flushed.kept);
            handle::put(lost, flushed.lost);
            Ok(())
        })
    }
}

/// Changes the API key with which readings are stored from now on; it must not be empty. An upload that the service refused
/// (BYTEPORT_OUTBOX_LINK_PAUSED) goes on at once. The client's own key stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_set_key(
    outbox: *const byteport_outbox_t,
    key: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { call(outbox, error, |outbox| outbox.set_key(handle::text(key, "key")?)) }
}

/// Changes the legacy key, as byteport_outbox_set_key() does the API key; readings go in batches from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_set_legacy_key(
    outbox: *const byteport_outbox_t,
    key: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { call(outbox, error, |outbox| outbox.set_legacy_key(handle::text(key, "key")?)) }
}

/// Tries again at once, where the outbox waits before the next call: after the service refused the key, or while it is down.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_resume(
    outbox: *const byteport_outbox_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe { call(outbox, error, Outbox::resume) }
}

/// Gives the accounting as it is now. Free it with byteport_outbox_stats_free(). A closed outbox gives its last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats(
    outbox: *const byteport_outbox_t,
    out: *mut *mut byteport_outbox_stats_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let (outbox, out) = (handle::borrow(outbox, "outbox")?, handle::out(out, "out")?);
            let path = outbox.path.to_string_lossy();
            out.put(handle::into_raw(byteport_outbox_stats_t::new(outbox.core.stats()?, &path)));
            Ok(())
        })
    }
}

/// The path with which the outbox was opened; NULL for NULL. It belongs to the outbox.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_path(outbox: *const byteport_outbox_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(outbox) }.map_or(ptr::null(), |outbox| outbox.path.as_ptr())
}

/// Frees an outbox without waiting for anything; NULL is fine. One that was not closed is told to end: its threads write what
/// is in memory to the file and give it up soon after, and a callback may still be called on them meanwhile; a callback that
/// uses the outbox needs byteport_outbox_close() before. A program that ends at once after this loses what was in memory
/// only. Events that wait for byteport_outbox_service() are dropped. In a forked child nothing is freed: the outbox is the
/// parent's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_free(outbox: *mut byteport_outbox_t) {
    panic::or((), || {
        // SAFETY: the caller's pointer is NULL or a handle that is given up.
        unsafe {
            if handle::get(outbox).is_some_and(byteport_outbox_t::is_ours) {
                handle::free(outbox);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_cores() {
        for number in -1..10 {
            let core = Durability::ALL.into_iter().find(|level| *level as i32 == number);
            assert_eq!(level(number).ok(), core);
        }
        for level in Durability::ALL {
            let own = c_durability(Some(level));
            assert_eq!(own as i32, level as i32);
            assert_eq!(format!("{own:?}"), format!("BYTEPORT_DURABILITY_{}", level.text().to_uppercase()));
        }
        assert_eq!(c_durability(None), BYTEPORT_DURABILITY_NONE);
    }
}
