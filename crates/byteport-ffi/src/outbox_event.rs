// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What an outbox tells while it works, and the callback that it tells it to.
//!
//! Invariants: an event lives as long as the callback's call; the userdata is freed once, when no outbox and no settings hold
//! the callback any more.

use std::ffi::{CString, c_char, c_void};
use std::ptr;

use byteport_core::outbox::Event;

use crate::outbox_stats::byteport_outbox_disk_t::{self, BYTEPORT_OUTBOX_DISK_NONE};
use crate::outbox_stats::byteport_outbox_link_t::{self, BYTEPORT_OUTBOX_LINK_UNKNOWN};
use crate::outbox_stats::byteport_outbox_reason_t::{self, BYTEPORT_OUTBOX_REASON_NONE};
use crate::userdata::Userdata;
use crate::{handle, panic};

/// What happened to readings, or to an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_outbox_event_kind_t {
    /// There is no event: the pointer is NULL.
    BYTEPORT_OUTBOX_EVENT_NONE = 0,
    /// The service took readings: byteport_outbox_event_sequences() has their numbers.
    BYTEPORT_OUTBOX_EVENT_DELIVERED = 1,
    /// Readings were given up, as the bounds or damage demand: byteport_outbox_event_reason() says why, and
    /// byteport_outbox_event_count() how many.
    BYTEPORT_OUTBOX_EVENT_DROPPED = 2,
    /// The service refused a reading for good: it lies in the quarantine table of the file. byteport_outbox_event_sequences()
    /// has its number, byteport_outbox_event_text() the service's answer.
    BYTEPORT_OUTBOX_EVENT_QUARANTINED = 3,
    /// The way to the service changed: byteport_outbox_event_link().
    BYTEPORT_OUTBOX_EVENT_LINK = 4,
    /// The file can be written, or no longer: byteport_outbox_event_disk().
    BYTEPORT_OUTBOX_EVENT_DISK = 5,
    /// A damaged file, or one of a newer version, was moved aside: byteport_outbox_event_text() is its new path,
    /// byteport_outbox_event_saved() and byteport_outbox_event_count() say how many readings were saved and lost.
    BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE = 6,
}

use byteport_outbox_event_kind_t::*;

/// Something that happened. It, and everything that its functions return, is gone when the callback returns.
pub struct byteport_outbox_event_t {
    core: Event,
    text: CString,
}

/// Takes one event of an outbox, which is gone when the callback returns, and the userdata. Calls for one outbox come one
/// after the other.
///
/// On the library's thread for them (unless byteport_outbox_options_set_service() was called) further events and
/// byteport_outbox_close() wait meanwhile, and the oldest of more than a MiB of events are lost: return soon. The callback may
/// put readings into the outbox, change its key and ask for statistics, but must not wait for it: no byteport_outbox_flush(),
/// byteport_outbox_close() or byteport_outbox_wait_for(), and no BYTEPORT_DURABILITY_SYNCED or above. On any thread, it must never
/// free the outbox, and must neither throw nor jump out. It may end the program by exit().
pub type byteport_outbox_callback_t =
    Option<unsafe extern "C" fn(event: *const byteport_outbox_event_t, userdata: *mut c_void)>;

/// A callback and what belongs to it. Whoever drops the last reference frees the userdata.
pub(crate) struct Callback {
    function: unsafe extern "C" fn(*const byteport_outbox_event_t, *mut c_void),
    userdata: Userdata,
}

// SAFETY: the header says that callback, userdata and free function are used on any thread.
unsafe impl Send for Callback {}
// SAFETY: as above, and by several threads at once where several outboxes share them.
unsafe impl Sync for Callback {}

impl Callback {
    /// Keeps a callback with its userdata; without one, the userdata is freed at once.
    pub(crate) fn new(callback: byteport_outbox_callback_t, userdata: Userdata) -> Option<Callback> {
        callback.map(|function| Callback { function, userdata })
    }

    /// Calls the callback, unless the event is one that this library's header does not know.
    pub(crate) fn tell(&self, event: Event) {
        panic::or((), || {
            let event = byteport_outbox_event_t { text: text(&event), core: event };
            if kind(&event.core) != BYTEPORT_OUTBOX_EVENT_NONE {
                // SAFETY: callback and userdata were given together, and the userdata lives as long as `self`.
                unsafe { (self.function)(&event, self.userdata.pointer()) }
            }
        });
    }
}

fn kind(event: &Event) -> byteport_outbox_event_kind_t {
    match event {
        Event::Delivered { .. } => BYTEPORT_OUTBOX_EVENT_DELIVERED,
        Event::Dropped { .. } => BYTEPORT_OUTBOX_EVENT_DROPPED,
        Event::Quarantined { .. } => BYTEPORT_OUTBOX_EVENT_QUARANTINED,
        Event::Link(_) => BYTEPORT_OUTBOX_EVENT_LINK,
        Event::Disk(_) => BYTEPORT_OUTBOX_EVENT_DISK,
        Event::MovedAside { .. } => BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE,
        _ => BYTEPORT_OUTBOX_EVENT_NONE,
    }
}

fn text(event: &Event) -> CString {
    match event {
        Event::Dropped { reason, .. } => handle::c_text(reason.text()),
        Event::Quarantined { why, .. } => handle::c_text(why),
        Event::Link(state) => handle::c_text(state.text()),
        Event::Disk(state) => handle::c_text(state.text()),
        Event::MovedAside { path, .. } => handle::c_text(&path.to_string_lossy()),
        _ => CString::default(),
    }
}

fn sequences(event: &Event) -> &[u64] {
    match event {
        Event::Delivered { sequences } => sequences,
        Event::Quarantined { sequence, .. } => std::slice::from_ref(sequence),
        _ => &[],
    }
}

/// Reads something of an event, to which NULL is no error.
///
/// # Safety
/// NULL, or a living event.
unsafe fn read<T>(event: *const byteport_outbox_event_t, fallback: T, read: impl FnOnce(&Event) -> T) -> T {
    // SAFETY: the caller vouches for the pointer.
    unsafe { handle::get(event) }.map_or(fallback, |event| read(&event.core))
}

/// What happened; BYTEPORT_OUTBOX_EVENT_NONE for NULL. Be ready for numbers that your header does not know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_kind(
    event: *const byteport_outbox_event_t,
) -> byteport_outbox_event_kind_t {
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { read(event, BYTEPORT_OUTBOX_EVENT_NONE, kind) }
}

/// How many readings were delivered, dropped, quarantined (1) or lost with a file that was moved aside; 0 for all other events,
/// and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_count(event: *const byteport_outbox_event_t) -> u64 {
    let count = |event: &Event| match event {
        Event::Dropped { count, .. } => *count,
        Event::MovedAside { lost, .. } => *lost,
        other => u64::try_from(sequences(other).len()).unwrap_or(u64::MAX),
    };
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { read(event, 0, count) }
}

/// The numbers of the readings that were delivered, in the order in which they were sent, or of the one that was quarantined,
/// `count` of them. NULL, and 0, for all other events, and for NULL. `count` may be NULL. They belong to the event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_sequences(
    event: *const byteport_outbox_event_t,
    count: *mut usize,
) -> *const u64 {
    // SAFETY: the caller's pointer is NULL or a living event.
    let found = unsafe { handle::get(event) }.map_or(&[][..], |event| sequences(&event.core));
    // SAFETY: the caller's pointer is NULL or a place for a count.
    unsafe { handle::put(count, found.len()) };
    if found.is_empty() { ptr::null() } else { found.as_ptr() }
}

/// Why readings were dropped; BYTEPORT_OUTBOX_REASON_NONE for all other events, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_reason(
    event: *const byteport_outbox_event_t,
) -> byteport_outbox_reason_t {
    let reason = |event: &Event| match event {
        Event::Dropped { reason, .. } => (*reason).into(),
        _ => BYTEPORT_OUTBOX_REASON_NONE,
    };
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { read(event, BYTEPORT_OUTBOX_REASON_NONE, reason) }
}

/// The new state of the way to the service; BYTEPORT_OUTBOX_LINK_UNKNOWN for all other events, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_link(
    event: *const byteport_outbox_event_t,
) -> byteport_outbox_link_t {
    let link = |event: &Event| match event {
        Event::Link(state) => (*state).into(),
        _ => BYTEPORT_OUTBOX_LINK_UNKNOWN,
    };
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { read(event, BYTEPORT_OUTBOX_LINK_UNKNOWN, link) }
}

/// The new state of the file; BYTEPORT_OUTBOX_DISK_NONE for all other events, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_disk(
    event: *const byteport_outbox_event_t,
) -> byteport_outbox_disk_t {
    let disk = |event: &Event| match event {
        Event::Disk(state) => (*state).into(),
        _ => BYTEPORT_OUTBOX_DISK_NONE,
    };
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { read(event, BYTEPORT_OUTBOX_DISK_NONE, disk) }
}

/// How many readings were saved from a file that was moved aside; 0 for all other events, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_saved(event: *const byteport_outbox_event_t) -> u64 {
    let saved = |event: &Event| match event {
        Event::MovedAside { saved, .. } => *saved,
        _ => 0,
    };
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { read(event, 0, saved) }
}

/// The event in words: the service's answer to a reading that was quarantined, the new path of a file that was moved aside; for
/// a drop its reason and for a state its name, in one word such as `age`, `down` or `full`; empty where readings were
/// delivered. NULL for NULL. It belongs to the event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_outbox_event_text(event: *const byteport_outbox_event_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living event.
    unsafe { handle::get(event) }.map_or(ptr::null(), |event| event.text.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;
    use byteport_core::outbox::{DiskState, LinkState, Reason};
    use std::sync::Mutex;

    type Seen = Vec<(byteport_outbox_event_kind_t, u64, Vec<u64>, String, u64)>;

    unsafe extern "C" fn note(event: *const byteport_outbox_event_t, userdata: *mut c_void) {
        // SAFETY: the test's own list, and a living event whose functions give what the header says.
        unsafe {
            let mut count = 77;
            let first = byteport_outbox_event_sequences(event, &mut count);
            let numbers = if first.is_null() { &[] } else { std::slice::from_raw_parts(first, count) };
            assert_eq!(numbers.len(), count);
            let text =
                std::ffi::CStr::from_ptr(byteport_outbox_event_text(event)).to_str().unwrap().to_owned();
            let seen = &*userdata.cast::<Mutex<Seen>>();
            seen.lock().unwrap().push((
                byteport_outbox_event_kind(event),
                byteport_outbox_event_count(event),
                numbers.to_vec(),
                text,
                byteport_outbox_event_saved(event),
            ));
        }
    }

    #[test]
    fn each_event_is_told_with_what_it_has() {
        let mut seen: Mutex<Seen> = Mutex::default();
        let callback = Callback::new(Some(note), Userdata::new((&raw mut seen).cast(), None)).unwrap();
        callback.tell(Event::Delivered { sequences: vec![3, 4] });
        callback.tell(Event::Dropped { count: 9, reason: Reason::Age });
        callback.tell(Event::Quarantined { sequence: 5, why: "no such\0device".into() });
        callback.tell(Event::Link(LinkState::Down));
        callback.tell(Event::Disk(DiskState::Broken));
        callback.tell(Event::MovedAside { path: "/o.damaged".into(), saved: 2, lost: 1 });
        let expected: Seen = vec![
            (BYTEPORT_OUTBOX_EVENT_DELIVERED, 2, vec![3, 4], String::new(), 0),
            (BYTEPORT_OUTBOX_EVENT_DROPPED, 9, vec![], "age".into(), 0),
            (BYTEPORT_OUTBOX_EVENT_QUARANTINED, 1, vec![5], "no such\u{fffd}device".into(), 0),
            (BYTEPORT_OUTBOX_EVENT_LINK, 0, vec![], "down".into(), 0),
            (BYTEPORT_OUTBOX_EVENT_DISK, 0, vec![], "broken".into(), 0),
            (BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE, 1, vec![], "/o.damaged".into(), 2),
        ];
        assert_eq!(*seen.lock().unwrap(), expected);
    }
}
