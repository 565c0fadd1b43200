// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the callers and the threads of an outbox have in common.

use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::OutboxOptions;
use super::state::State;
use super::way::Way;
use crate::error::{Error, ErrorCode, Result};
use crate::http::Client;
use crate::model::Timestamp;
use crate::net::resolve_on;

/// A caller that waits looks for a signal this often.
const LOOK: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Wakes the thread that has the file.
    pub keeper: Condvar,
    /// Wakes the threads that upload.
    pub uploads: Condvar,
    /// Wakes callers that wait.
    pub callers: Condvar,
    /// Wakes the thread that writes the log and tells the listener.
    pub news: Condvar,
    pub client: Arc<Client>,
    pub options: OutboxOptions,
    pub path: PathBuf,
    pub boot: String,
    way: Mutex<Way>,
    last_stamp: AtomicI64,
}

impl Shared {
    pub fn new(path: PathBuf, client: Arc<Client>, way: Way, options: OutboxOptions) -> Shared {
        let boot = options.clock.boot_id();
        let wall = options.clock.wall().as_micros().unsigned_abs();
        let seed = wall.wrapping_mul(u64::from(std::process::id()) | 1);
        Shared {
            state: Mutex::new(State::new(&options, seed)),
            keeper: Condvar::new(),
            uploads: Condvar::new(),
            callers: Condvar::new(),
            news: Condvar::new(),
            way: Mutex::new(way),
            client,
            options,
            path,
            boot,
            last_stamp: AtomicI64::new(i64::MIN),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The way that is taken now.
    pub fn way(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> Duration {
        self.options.clock.uptime()
    }

    pub fn wall(&self) -> i64 {
        self.options.clock.wall().as_micros()
    }

    /// Whether the clock shows a time that can be.
    pub fn clock_is_set(&self) -> bool {
        self.options.clock_floor.is_none_or(|floor| self.options.clock.wall() >= floor)
    }

    /// The time for a reading that has none: no two of one outbox get the same, for the service would take them for one.
    pub fn stamp(&self) -> Timestamp {
        self.options.clock.wall().after(&self.last_stamp)
    }

    /// Wakes the keeper, once until it has looked.
    pub fn poke(&self, state: &mut State) {
        if !state.poked {
            state.poked = true;
            self.keeper.notify_one();
        }
    }

    /// Wakes the callers that wait.
    pub fn wake_callers(&self, state: &State) {
        if state.waiting_callers > 0 {
            self.callers.notify_all();
        }
    }

    /// Ends the open block.
    pub fn seal(&self, state: &mut State) {
        state.seal(self.now(), || self.wall(), &self.boot);
    }

    /// Waits for a change, until `deadline`, a little at a time. Gives `None` once the deadline has passed.
    ///
    /// # Errors
    /// [`ErrorCode::Stopped`] where the hook of [`crate::on_interrupt`] ends the wait.
    pub fn wait<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        deadline: Instant,
    ) -> Result<Option<MutexGuard<'a, State>>> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        let mut state = state;
        state.waiting_callers += 1;
        let (mut state, slept) =
            self.callers.wait_timeout(state, left.min(LOOK)).unwrap_or_else(PoisonError::into_inner);
        state.waiting_callers -= 1;
        if !slept.timed_out() {
            return Ok(Some(state));
        }
        drop(state); // a hook may take long
        resolve_on().map_err(|error| {
            Error::new(ErrorCode::Stopped, "the wait was ended; what was accepted is kept").because(error)
        })?;
        Ok(Some(self.lock()))
    }

    /// Sees to it that the log is written, and the listener told what happened.
    pub fn dispatch(&self) {
        let state = self.lock();
        if !state.events.is_empty() || !state.notes.is_empty() {
            self.news.notify_one();
        }
    }

    /// Writes the log and tells the listener what happens, until the outbox has ended. On a thread of its own, so that whoever is
    /// told may take long; without a lock, so that it may call the outbox.
    pub fn tell_all(&self) {
        crate::net::deaf();
        loop {
            let mut state = self.lock();
            state.telling = false;
            self.wake_callers(&state);
            while state.notes.is_empty() && state.events.is_empty() {
                if state.ended {
                    return;
                }
                state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let (notes, events) = (std::mem::take(&mut state.notes), std::mem::take(&mut state.events));
            state.telling = true;
            drop(state);
            for (level, line) in notes {
                self.shielded(|| log::log!(target: "byteport::outbox", level, "{line}"));
            }
            for event in events {
                self.shielded(|| self.options.listener.iter().for_each(|listener| listener(&event)));
            }
        }
    }

    /// Calls what others wrote, which may panic.
    fn shielded(&self, call: impl FnOnce()) {
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err() {
            log::error!(target: "byteport::outbox", "the listener of {} panicked", self.path.display());
        }
    }
}

/// The moment after this time-out.
pub(super) fn deadline(timeout: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(timeout).or_else(|| now.checked_add(crate::net::LONGEST_WAIT)).unwrap_or(now)
}
