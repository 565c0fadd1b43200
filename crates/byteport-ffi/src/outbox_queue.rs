// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Events that wait for the caller's own thread, and the descriptor that tells of them.
//!
//! Invariants: the descriptor is readable exactly while an event waits; what waits is bounded in events and in the numbers that
//! they hold; every event that had to go is counted; no lock is held while a callback runs, and one runs at a time. The
//! callback belongs to the caller's side alone: no thread of the library's calls it or frees its userdata.

use std::collections::VecDeque;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use byteport_core::outbox::Event;
use byteport_core::{Error, ErrorCode, Result};
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{read, retry_on_intr, write};

use crate::outbox_event::Callback;
use crate::turn::Turn;

/// The most events that wait.
const MAX_EVENTS: usize = 1024;
/// The most numbers of readings in them: 128 KiB. One event alone may have more.
const MAX_SEQUENCES: usize = 16 * 1024;

/// The caller's side: the events that wait, and the callback that they go to.
pub(crate) struct Service {
    queue: Arc<Queue>,
    callback: Arc<Callback>,
    turn: Turn,
}

/// Events on their way from the library's threads to the caller's.
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    ready: OwnedFd,
    lost: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    sequences: usize,
}

impl Queue {
    fn new() -> Result<Queue> {
        let ready = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|error| {
            Error::new(ErrorCode::File, format!("no descriptor for the events of the outbox: {error}"))
        })?;
        Ok(Queue { waiting: Mutex::default(), ready, lost: AtomicU64::new(0) })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts one event behind those that wait.
    pub(crate) fn push(&self, event: &Event) {
        let mut waiting = self.waiting();
        let was_empty = waiting.events.is_empty();
        self.lost.fetch_add(waiting.push(event), Ordering::Relaxed);
        if was_empty {
            // The counter of a new or drained eventfd has room for one: this neither waits nor fails.
            let _ = retry_on_intr(|| write(&self.ready, &1u64.to_ne_bytes()));
        }
    }

    fn take(&self) -> VecDeque<Event> {
        let mut waiting = self.waiting();
        if !waiting.events.is_empty() {
            let _ = retry_on_intr(|| read(&self.ready, &mut [0; 8]));
        }
        std::mem::take(&mut *waiting).events
    }
}

impl Service {
    pub(crate) fn new(callback: Arc<Callback>) -> Result<Service> {
        Ok(Service { queue: Arc::new(Queue::new()?), callback, turn: Turn::default() })
    }

    /// Where the library's threads put events.
    pub(crate) fn queue(&self) -> Arc<Queue> {
        Arc::clone(&self.queue)
    }

    /// Tells what waited when this was called, and gives how many events that were. Nothing while another run goes on.
    pub(crate) fn run(&self) -> usize {
        let run = || {
            let events = self.queue.take();
            let count = events.len();
            events.into_iter().for_each(|event| self.callback.tell(event));
            count
        };
        self.turn.take(run).unwrap_or(0)
    }

    /// The descriptor that is readable while events wait.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.queue.ready.as_raw_fd()
    }

    /// How many events had to go because nobody took them.
    pub(crate) fn lost(&self) -> u64 {
        self.queue.lost.load(Ordering::Relaxed)
    }
}

fn sequences(event: &Event) -> usize {
    match event {
        Event::Delivered { sequences } => sequences.len(),
        _ => 0,
    }
}

/// Makes one event of two neighbours, if they tell of the same.
fn merge(last: &mut Event, next: &Event) -> bool {
    match (last, next) {
        (Event::Delivered { sequences }, Event::Delivered { sequences: more }) => {
            sequences.extend_from_slice(more);
            true
        }
        (Event::Dropped { count, reason }, Event::Dropped { count: more, reason: same })
            if *reason == *same =>
        {
            *count = count.saturating_add(*more);
            true
        }
        _ => false,
    }
}

impl Waiting {
    /// Adds an event within the bounds, and gives how many of the oldest had to go.
    fn push(&mut self, event: &Event) -> u64 {
        let is_full = self.events.len() >= MAX_EVENTS;
        if !(is_full && self.events.back_mut().is_some_and(|last| merge(last, event))) {
            self.events.push_back(event.clone());
        }
        self.sequences += sequences(event);
        let mut gone = 0;
        while self.events.len() > MAX_EVENTS || (self.sequences > MAX_SEQUENCES && self.events.len() > 1) {
            self.sequences -= self.events.pop_front().as_ref().map_or(0, sequences);
            gone += 1;
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox_event::byteport_outbox_event_t;
    use crate::userdata::Userdata;
    use byteport_core::outbox::{LinkState, Reason};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::ffi::c_void;

    unsafe extern "C" fn count(_event: *const byteport_outbox_event_t, userdata: *mut c_void) {
        // SAFETY: the test's own counter.
        unsafe { *userdata.cast::<u64>() += 1 };
    }

    fn is_readable(service: &Service) -> bool {
        let mut poller = [PollFd::new(&service.queue.ready, PollFlags::IN)];
        poll(&mut poller, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).unwrap() == 1
    }

    fn delivered(numbers: std::ops::Range<u64>) -> Event {
        Event::Delivered { sequences: numbers.collect() }
    }

    #[test]
    fn the_descriptor_is_readable_while_an_event_waits() {
        let mut told = 0u64;
        let callback = Callback::new(Some(count), Userdata::new((&raw mut told).cast(), None)).unwrap();
        let service = Service::new(Arc::new(callback)).unwrap();
        assert!(!is_readable(&service));
        assert_eq!(service.run(), 0);
        service.queue.push(&Event::Link(LinkState::Up));
        service.queue.push(&Event::Link(LinkState::Down));
        assert!(is_readable(&service));
        assert_eq!(service.run(), 2);
        assert!(!is_readable(&service));
        service.queue.push(&delivered(1..2));
        assert!(is_readable(&service));
        assert_eq!((service.run(), service.lost(), told), (1, 0, 3));
    }

    #[test]
    fn neighbours_merge_where_there_is_no_room() {
        let mut waiting = Waiting::default();
        for _ in 0..MAX_EVENTS - 1 {
            assert_eq!(waiting.push(&Event::Link(LinkState::Up)), 0);
        }
        for number in 1..=3 {
            assert_eq!(waiting.push(&delivered(number..number + 1)), 0);
        }
        assert_eq!(waiting.events.back(), Some(&delivered(1..4)));
        assert_eq!(waiting.push(&Event::Dropped { count: 2, reason: Reason::Full }), 1);
        assert_eq!(waiting.push(&Event::Dropped { count: 3, reason: Reason::Full }), 0);
        assert_eq!(waiting.events.back(), Some(&Event::Dropped { count: 5, reason: Reason::Full }));
        assert_eq!(waiting.push(&Event::Dropped { count: 1, reason: Reason::Age }), 1);
        assert_eq!(waiting.events.len(), MAX_EVENTS);
    }

    #[test]
    fn the_numbers_are_bounded_too() {
        let mut waiting = Waiting::default();
        let half = MAX_SEQUENCES as u64 / 2;
        assert_eq!(waiting.push(&delivered(0..half)), 0);
        assert_eq!(waiting.push(&delivered(half..2 * half)), 0);
        assert_eq!(waiting.push(&delivered(0..1)), 1);
        assert_eq!(waiting.sequences, MAX_SEQUENCES / 2 + 1);
        assert_eq!(waiting.push(&delivered(0..4 * half)), 2);
        assert_eq!((waiting.events.len(), waiting.sequences), (1, 2 * MAX_SEQUENCES));
    }
}
