// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The threads that upload: each takes what is next, makes a call of it, and sees what came of that.
//!
//! Invariants: of one device, one call is under way at a time; what was not taken goes back to where it was.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use super::block::Slot;
use super::line;
use super::retry::{Admission, Leave};
use super::shared::Shared;
use super::state::State;
use super::way::Way;
use super::window::Spot;
use super::wire::{Entry, Parcel};
use crate::error::Result;

/// So many readings go in one list of packets.
const MOST_READINGS: usize = 1000;

/// How often a clock is looked at that is not set.
const CLOCK_LOOK: Duration = Duration::from_secs(1);

/// A reading on its way.
pub(super) struct Item {
    pub spot: Spot,
    pub device: usize,
    pub entry: Entry,
}

/// What goes in one call.
pub(super) struct Job {
    pub items: Vec<Item>,
    pub devices: Vec<Arc<str>>,
    pub leave: Leave,
    pub way: Way,
}

/// What to do where there is nothing to do now.
enum Pause {
    /// Until there is something to send.
    Idle,
    /// Until the probe has come back.
    Woken,
    Until(Duration),
}

/// Uploads until the outbox is closed.
pub(super) fn run(shared: &Shared) {
    crate::net::deaf();
    while let Some(job) = shared.next_job() {
        shared.carry(job);
        shared.dispatch();
    }
}

impl Shared {
    fn next_job(&self) -> Option<Job> {
        let mut state = self.lock();
        while !state.stop_upload {
            let now = self.now();
            let pause = match self.try_job(&mut state, now) {
                Ok(job) => {
                    if state.window.is_ready() {
                        self.wake_upload(&mut state);
                    }
                    return Some(job);
                }
                Err(pause) => pause,
            };
            state = self.pause(state, pause, now);
        }
        None
    }

    fn pause<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        pause: Pause,
        now: Duration,
    ) -> MutexGuard<'a, State> {
        let (Pause::Idle | Pause::Woken) = pause else {
            let Pause::Until(time) = pause else { return state };
            let span = self.options.clock.nap(time.saturating_sub(now));
            return self.uploads.wait_timeout(state, span).unwrap_or_else(PoisonError::into_inner).0;
        };
        let is_idle = matches!(pause, Pause::Idle);
        state.idle += usize::from(is_idle);
        let mut state = self.uploads.wait(state).unwrap_or_else(PoisonError::into_inner);
        if is_idle {
            state.idle -= 1;
            state.called = state.called.saturating_sub(1);
        }
        state
    }

    /// Wakes a thread that has nothing to send.
    pub fn wake_upload(&self, state: &mut State) {
        if state.idle > state.called {
            state.called += 1;
            self.uploads.notify_one();
        }
    }

    fn try_job(&self, state: &mut State, now: Duration) -> Result<Job, Pause> {
        let leave = match state.retry.admit(now) {
            Admission::Go(leave) => leave,
            Admission::Wait(Some(due)) => return Err(Pause::Until(due)),
            Admission::Wait(None) => return Err(Pause::Woken),
        };
        if !self.fill(state) {
            state.retry.give_back(leave);
            let is_waiting = state.waits_for_clock;
            return Err(if is_waiting { Pause::Until(now + CLOCK_LOOK) } else { Pause::Idle });
        }
        let way = self.way().clone();
        let mut job = Job { items: Vec::new(), devices: Vec::new(), leave, way };
        self.gather(state, &mut job);
        let wait = state.limiter.take(now, job.items.len());
        if wait.is_zero() && !job.items.is_empty() {
            return Ok(job);
        }
        state.retry.give_back(job.leave);
        let is_empty = job.items.is_empty();
        state.put_back(job.items, &job.devices);
        job.devices.iter().for_each(|device| state.window.release(device));
        Err(Pause::Until(if is_empty { now } else { now.saturating_add(wait) }))
    }

    /// Puts what waits of the next devices into the job.
    fn gather(&self, state: &mut State, job: &mut Job) {
        let mut parcel = job.way.list();
        let is_list = parcel.is_some();
        while job.items.len() < MOST_READINGS {
            let Some(device) = state.window.take() else { break };
            job.devices.push(Arc::clone(&device));
            let more = self.gather_device(state, job, &mut parcel, &device);
            if !is_list || !more {
                break;
            }
        }
    }

    /// Puts what waits of a device into the job; says whether there is room for more.
    fn gather_device(
        &self,
        state: &mut State,
        job: &mut Job,
        parcel: &mut Option<Parcel>,
        device: &str,
    ) -> bool {
        while job.items.len() < MOST_READINGS {
            let Some(spot) = state.window.peek(device) else { return true };
            let Some(block) = state.blocks.get(&spot.block) else {
                state.window.pop(device);
                continue;
            };
            let read =
                line::read(block.line(spot.slot)).and_then(|line| Some((state.time_of(&line.when)?, line)));
            let Some((time, line)) = read.filter(|_| block.slot(spot.slot) == Slot::Waiting) else {
                state.window.pop(device);
                continue;
            };
            let fits = match parcel {
                Some(parcel) => parcel.add(&line, time),
                None => {
                    *parcel = Some(Parcel::stored(&self.client, job.way.key(), &line, time));
                    true
                }
            };
            if !fits {
                return false;
            }
            let entry = Entry::new(block.sequence(spot.slot), &line, time);
            job.items.push(Item { spot, device: job.devices.len() - 1, entry });
            state.window.pop(device);
            if let Some(block) = state.blocks.get_mut(&spot.block) {
                block.set(spot.slot, Slot::Going);
            }
        }
        false
    }
}
