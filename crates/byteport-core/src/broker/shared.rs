// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the callers and the threads of a broker's client have in common.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::line::Line;
use super::state::{Fault, State};
use super::stats::BrokerState;
use super::wake::Wake;
use super::{BrokerOptions, session};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::model::Timestamp;
use crate::net::{Dialer, LONGEST_WAIT, Target, Tls, is_watched, resolve_on};

/// A caller that waits looks for a signal this often.
const LOOK: Duration = Duration::from_millis(100);

/// See the module.
pub(super) struct Shared {
    state: Mutex<State>,
    /// Wakes callers that wait.
    changed: Condvar,
    /// Wakes the thread that has the connection.
    pub wake: Wake,
    /// Readable while there are deliveries.
    pub ready: Wake,
    pub options: BrokerOptions,
    pub target: Target,
    pub dialer: Dialer,
    begun: Instant,
}

impl Shared {
    pub(super) fn new(options: BrokerOptions) -> Result<Shared> {
        let target = options.check()?;
        let tls = Tls::new(options.ca_file.clone(), options.client_cert.clone());
        let dialer = Dialer { proxy: options.proxy.clone(), tls };
        let seed =
            Timestamp::now().as_micros().unsigned_abs().wrapping_mul(u64::from(std::process::id()) | 1);
        let mut state = State::new(session::new(&options)?, options.reconnect, seed);
        for destination in &options.destinations {
            state.session.subscribe(destination)?;
            state.subscriptions.insert(destination.clone(), None);
        }
        let (wake, ready) = (Wake::new()?, Wake::new()?);
        let state = Mutex::new(state);
        Ok(Shared {
            state,
            changed: Condvar::new(),
            wake,
            ready,
            options,
            target,
            dialer,
            begun: Instant::now(),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time since this client was made.
    pub(super) fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn has_changed(&self) {
        self.changed.notify_all();
    }

    /// Has the thread look, once until it has.
    pub(super) fn poke(&self, state: &mut State) {
        if !std::mem::replace(&mut state.poked, true) {
            self.wake.set();
        }
    }

    /// Writes at once what the session has to say. What the socket does not take, and an error, are for the thread.
    pub(super) fn write_now(&self, state: &mut State) {
        let has_failed = self.write(state).is_err();
        // One that is deaf may have to listen for the answer.
        if has_failed || state.is_deaf || state.line.as_ref().is_none_or(Line::is_full) {
            self.poke(state);
        }
    }

    /// Writes what the session has to say, as far as the socket takes it now, and tells callers that wait for room.
    pub(super) fn write(&self, state: &mut State) -> std::io::Result<()> {
        let unwritten = |state: &State| state.line.as_ref().map_or(0, Line::unwritten);
        let before = unwritten(state);
        let done = state.write();
        if unwritten(state) < before {
            self.has_changed();
        }
        done
    }

    /// Takes in what happened in the session.
    pub(super) fn collect(&self, state: &mut State) {
        let came = state.collect();
        if !came.is_empty() && state.take_in(came, &self.options, Timestamp::now()) {
            self.ready.set();
        }
    }

    /// Waits until `look` gives something; `None` where the time is over.
    ///
    /// # Errors
    /// [`ErrorCode::Stopped`] where the hook of [`crate::on_interrupt`] ends the wait.
    pub(super) fn wait_until<'a, T>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        ends: Instant,
        mut look: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<Option<T>> {
        loop {
            if let Some(found) = look(&mut state) {
                return Ok(Some(found));
            }
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let span = if is_watched() { left.min(LOOK) } else { left };
            let waited = self.changed.wait_timeout(state, span);
            let (again, slept) = waited.unwrap_or_else(PoisonError::into_inner);
            state = again;
            if slept.timed_out() {
                drop(state); // a hook may take long
                resolve_on()
                    .map_err(|error| Error::new(ErrorCode::Stopped, "the wait was ended").because(error))?;
                state = self.lock();
            }
        }
    }
}

/// The moment after this time-out.
pub(super) fn deadline(timeout: Duration) -> Instant {
    Instant::now() + timeout.min(LONGEST_WAIT)
}

impl State {
    /// Whether nothing can come of waiting for an answer: the client is closed, or the last try failed for a reason that lasts.
    pub(super) fn hopeless(&self) -> Option<Fault> {
        if self.ended || self.stop {
            return Some(Fault::of(&closed()));
        }
        // One that connects on demand tries again each time, and fails what waited.
        let is_down = self.reconnects && self.link == BrokerState::Waiting;
        self.fault.clone().filter(|fault| is_down && fault.is_lasting())
    }

    /// The error of a wait that took too long.
    pub(super) fn too_late(&self, was_not_sent: bool) -> Error {
        let why = self.fault.as_ref().map_or(String::new(), |fault| format!(": {}", fault.text()));
        let (phase, what) = match was_not_sent {
            true => (Phase::Connect, "the broker was not reached in time, and nothing was sent"),
            false => (Phase::Receive, "the broker did not confirm in time, and may have it or not"),
        };
        Error::new(ErrorCode::Timeout, format!("{what}{why}")).in_phase(phase)
    }
}

pub(super) fn closed() -> Error {
    Error::new(ErrorCode::Closed, "the broker's client was closed: make another")
}
