// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting of an outbox at one moment.

use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::OnceLock;

use byteport_core::outbox::{DiskState, LinkState, Reason, Stats};

use crate::{handle, memory, panic};

/// Why readings were given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_outbox_reason_t {
    /// No reason: nothing was dropped, or a reason that this library's header does not know.
    BYTEPORT_OUTBOX_REASON_NONE = 0,
    /// The bounds on bytes or count left no room.
    BYTEPORT_OUTBOX_REASON_FULL = 1,
    /// One of those between two that were kept, when the outbox thinned out.
    BYTEPORT_OUTBOX_REASON_THINNED = 2,
    /// Older than the greatest age.
    BYTEPORT_OUTBOX_REASON_AGE = 3,
    /// It lay in a part of the file that can no longer be read, or could not be written before the outbox was closed.
    BYTEPORT_OUTBOX_REASON_DAMAGE = 4,
    /// The oldest in a full quarantine table.
    BYTEPORT_OUTBOX_REASON_QUARANTINE = 5,
    /// Somebody discarded it from the quarantine table.
    BYTEPORT_OUTBOX_REASON_DISCARDED = 6,
}

/// The way from an outbox to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_outbox_link_t {
    /// Nothing was sent yet.
    BYTEPORT_OUTBOX_LINK_UNKNOWN = 0,
    /// The last call was answered.
    BYTEPORT_OUTBOX_LINK_UP = 1,
    /// The service cannot be reached, or is not able to answer: one call tries again from time to time.
    BYTEPORT_OUTBOX_LINK_DOWN = 2,
    /// The service refuses the key (401, 403): everything is kept until the key is changed or works again.
    BYTEPORT_OUTBOX_LINK_PAUSED = 3,
    /// The readings that are due wait for the clock to be set.
    BYTEPORT_OUTBOX_LINK_NO_CLOCK = 4,
}

/// The file of an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_outbox_disk_t {
    /// Nothing is said of the file.
    BYTEPORT_OUTBOX_DISK_NONE = 0,
    /// It is written as promised.
    BYTEPORT_OUTBOX_DISK_OK = 1,
    /// It has reached its bound in bytes, and the option for that case drops nothing that was accepted.
    BYTEPORT_OUTBOX_DISK_FULL = 2,
    /// It cannot be written or read: memory serves until it can.
    BYTEPORT_OUTBOX_DISK_BROKEN = 3,
}

use byteport_outbox_disk_t::*;
use byteport_outbox_link_t::*;
use byteport_outbox_reason_t::*;

impl From<Reason> for byteport_outbox_reason_t {
    fn from(reason: Reason) -> byteport_outbox_reason_t {
        match reason {
            Reason::Full => BYTEPORT_OUTBOX_REASON_FULL,
            Reason::Thinned => BYTEPORT_OUTBOX_REASON_THINNED,
            Reason::Age => BYTEPORT_OUTBOX_REASON_AGE,
            Reason::Damage => BYTEPORT_OUTBOX_REASON_DAMAGE,
            Reason::Quarantine => BYTEPORT_OUTBOX_REASON_QUARANTINE,
            Reason::Discarded => BYTEPORT_OUTBOX_REASON_DISCARDED,
            _ => BYTEPORT_OUTBOX_REASON_NONE,
        }
    }
}

impl From<LinkState> for byteport_outbox_link_t {
    fn from(state: LinkState) -> byteport_outbox_link_t {
        match state {
            LinkState::Up => BYTEPORT_OUTBOX_LINK_UP,
            LinkState::Down => BYTEPORT_OUTBOX_LINK_DOWN,
            LinkState::Paused => BYTEPORT_OUTBOX_LINK_PAUSED,
            LinkState::NoClock => BYTEPORT_OUTBOX_LINK_NO_CLOCK,
            _ => BYTEPORT_OUTBOX_LINK_UNKNOWN,
        }
    }
}

impl From<DiskState> for byteport_outbox_disk_t {
    fn from(state: DiskState) -> byteport_outbox_disk_t {
        match state {
            DiskState::Ok => BYTEPORT_OUTBOX_DISK_OK,
            DiskState::Full => BYTEPORT_OUTBOX_DISK_FULL,
            DiskState::Broken => BYTEPORT_OUTBOX_DISK_BROKEN,
            _ => BYTEPORT_OUTBOX_DISK_NONE,
        }
    }
}

/// The accounting of an outbox at one moment: accepted = delivered + queued + quarantined + dropped, in every one. It never
/// changes: any number of threads may read it at once. What its functions return belongs to it.
pub struct byteport_outbox_stats_t {
    core: Stats,
    outbox: String,
    last_error: CString,
    json: OnceLock<CString>,
    prometheus: OnceLock<CString>,
}

impl byteport_outbox_stats_t {
    /// The accounting of the outbox with that name.
    pub(crate) fn new(core: Stats, outbox: &str) -> byteport_outbox_stats_t {
        let last_error = handle::c_text(&core.last_error);
        let (json, prometheus) = Default::default();
        byteport_outbox_stats_t { core, outbox: outbox.to_owned(), last_error, json, prometheus }
    }
}

/// Reads a number, to which NULL is no error.
///
/// # Safety
/// NULL, or living statistics.
unsafe fn read<T: Default>(stats: *const byteport_outbox_stats_t, read: impl FnOnce(&Stats) -> T) -> T {
    // SAFETY: the caller vouches for the pointer.
    unsafe { handle::get(stats) }.map_or_else(T::default, |stats| read(&stats.core))
}

/// Readings taken in since the file was made; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_accepted(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.accepted) }
}

/// Readings that the service took since the file was made; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_delivered(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.delivered) }
}

/// Readings that wait, in the file or in memory; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_queued(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.queued) }
}

/// Readings in the quarantine table; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_quarantined(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.quarantined) }
}

/// Readings that were given up since the file was made, for all reasons together; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_dropped(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.dropped.total()) }
}

/// Readings that were given up for one reason, a byteport_outbox_reason_t; 0 for a number that is none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_dropped_for(
    stats: *const byteport_outbox_stats_t,
    reason: i32,
) -> u64 {
    let Some(reason) = Reason::ALL.into_iter().find(|known| *known as i32 == reason) else { return 0 };
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.dropped.by(reason)) }
}

/// Of the readings that wait, those that are in memory only; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_queued_in_memory(
    stats: *const byteport_outbox_stats_t,
) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.queued_in_memory) }
}

/// Bytes of the readings in memory that are not in the file; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_memory_bytes(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.memory_bytes) }
}

/// Bytes that the file uses of its bound, the write-ahead log included; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_disk_bytes(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.disk_bytes) }
}

/// How long the oldest reading that waits has been in the outbox, in milliseconds; -1 where none waits, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_oldest_age_ms(stats: *const byteport_outbox_stats_t) -> i64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let age = unsafe { read(stats, |stats| stats.oldest_age) };
    age.map_or(-1, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

/// Readings per second taken in, over about the last minute; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_accepted_rate(stats: *const byteport_outbox_stats_t) -> f64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.accepted_rate) }
}

/// Readings per second delivered, over about the last minute; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_delivered_rate(stats: *const byteport_outbox_stats_t) -> f64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.delivered_rate) }
}

/// Calls that were made again since the outbox was opened; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_retries(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.retries) }
}

/// Calls that were answered with success since the outbox was opened; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_calls(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.calls) }
}

/// The way to the service; BYTEPORT_OUTBOX_LINK_UNKNOWN for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_link(
    stats: *const byteport_outbox_stats_t,
) -> byteport_outbox_link_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(stats) }.map_or(BYTEPORT_OUTBOX_LINK_UNKNOWN, |stats| stats.core.link.into())
}

/// The file; BYTEPORT_OUTBOX_DISK_NONE for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_disk(
    stats: *const byteport_outbox_stats_t,
) -> byteport_outbox_disk_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(stats) }.map_or(BYTEPORT_OUTBOX_DISK_NONE, |stats| stats.core.disk.into())
}

/// The last failure of a call or of the file, in one line without secrets; empty where there was none, NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_last_error(
    stats: *const byteport_outbox_stats_t,
) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(stats) }.map_or(ptr::null(), |stats| stats.last_error.as_ptr())
}

/// The number up to which every reading is in the file, or no longer waits; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_committed_sequence(
    stats: *const byteport_outbox_stats_t,
) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.committed_sequence) }
}

/// The number up to which every reading is forced onto the disk, or no longer waits; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_synced_sequence(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.synced_sequence) }
}

/// The number of the newest reading; 0 where there was none yet, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_last_sequence(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.last_sequence) }
}

/// Damaged files, and files of a newer version, that were moved aside since the outbox was opened; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_moved_aside(stats: *const byteport_outbox_stats_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { read(stats, |stats| stats.moved_aside) }
}

/// A text of the whole, made when it is first asked for.
///
/// # Safety
/// NULL, or living statistics.
unsafe fn whole(
    stats: *const byteport_outbox_stats_t,
    place: impl FnOnce(&byteport_outbox_stats_t) -> &OnceLock<CString>,
    text: impl FnOnce(&byteport_outbox_stats_t) -> String,
) -> *const c_char {
    panic::or(ptr::null(), || {
        // SAFETY: the caller vouches for the pointer.
        let Some(stats) = (unsafe { handle::get(stats) }) else { return ptr::null() };
        let place = place(stats);
        if place.get().is_none() && memory::check().is_err() {
            return ptr::null();
        }
        place.get_or_init(|| handle::c_text(&text(stats))).as_ptr()
    })
}

/// All of it as a JSON object, in UTF-8. NULL for NULL, and where memory is short.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_json(stats: *const byteport_outbox_stats_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { whole(stats, |stats| &stats.json, |stats| stats.core.to_json()) }
}

/// All of it in Prometheus' text format, version 0.0.4, each figure with the label `outbox`, the path of the file. NULL for
/// NULL, and where memory is short.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_prometheus(
    stats: *const byteport_outbox_stats_t,
) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { whole(stats, |stats| &stats.prometheus, |stats| stats.core.to_prometheus(&stats.outbox)) }
}

/// Frees statistics; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_stats_free(stats: *mut byteport_outbox_stats_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(stats) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_states_are_the_cores() {
        for reason in Reason::ALL {
            let own = byteport_outbox_reason_t::from(reason);
            assert_eq!(own as i32, reason as i32);
            assert_eq!(
                format!("{own:?}"),
                format!("BYTEPORT_OUTBOX_REASON_{}", reason.text().to_uppercase())
            );
        }
        for state in
            [LinkState::Unknown, LinkState::Up, LinkState::Down, LinkState::Paused, LinkState::NoClock]
        {
            let own = byteport_outbox_link_t::from(state);
            assert_eq!(own as i32, state as i32);
            assert_eq!(format!("{own:?}"), format!("BYTEPORT_OUTBOX_LINK_{}", state.text().to_uppercase()));
        }
        for state in [DiskState::Ok, DiskState::Full, DiskState::Broken] {
            let own = byteport_outbox_disk_t::from(state);
            assert_eq!(own as i32, state as i32);
            assert_eq!(format!("{own:?}"), format!("BYTEPORT_OUTBOX_DISK_{}", state.text().to_uppercase()));
        }
    }
}
