// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! When to call the service again. Times are since some start; nothing here reads a clock or waits.
//!
//! Invariants: while the way is down or paused, one call at a time is under way as a probe; a pause before one is a random part
//! of a span that doubles with each failed probe up to a minute, on top of what the service asked for; there is no giving up.

use std::time::Duration;

use super::stats::LinkState;
use crate::backoff::Backoff;

/// How long the service is left alone that refuses the key.
const PAUSE: Duration = Duration::from_secs(300);

/// Leave for one call; whoever has it tells how the call went, or gives it back.
#[derive(Debug)]
#[must_use = "tell how the call went, or give the leave back"]
pub(super) struct Leave {
    /// The state's number when the call began.
    era: u64,
    probe: bool,
}

/// Whether a call may be made.
#[derive(Debug)]
pub(super) enum Admission {
    /// Yes.
    Go(Leave),
    /// Not before this time; `None`: not before the call that is under way has come back.
    Wait(Option<Duration>),
}

/// The way to the service, and when it is to be tried again.
#[derive(Debug)]
pub(super) struct Retry {
    state: LinkState,
    /// Counts the changes of `state` and the failed probes: tells calls that began before.
    era: u64,
    due: Duration,
    probing: bool,
    backoff: Backoff,
}

impl Retry {
    /// Nothing was sent yet. The pauses follow from the seed.
    pub(super) fn new(seed: u64) -> Retry {
        Retry {
            state: LinkState::Unknown,
            era: 0,
            due: Duration::ZERO,
            probing: false,
            backoff: Backoff::new(seed),
        }
    }

    /// [`LinkState::Unknown`], [`LinkState::Up`], [`LinkState::Down`] or [`LinkState::Paused`].
    pub(super) fn state(&self) -> LinkState {
        self.state
    }

    fn is_up(&self) -> bool {
        matches!(self.state, LinkState::Unknown | LinkState::Up)
    }

    /// Asks for leave to call.
    pub(super) fn admit(&mut self, now: Duration) -> Admission {
        let probe = !self.is_up();
        if probe && self.probing {
            return Admission::Wait(None);
        }
        if probe && now < self.due {
            return Admission::Wait(Some(self.due));
        }
        self.probing = probe;
        Admission::Go(Leave { era: self.era, probe })
    }

    /// The call was not made.
    pub(super) fn give_back(&mut self, leave: Leave) {
        self.end(&leave);
    }

    /// The service answered, and takes readings.
    pub(super) fn succeeded(&mut self, leave: Leave) {
        let is_old = leave.era != self.era && !self.is_up();
        self.end(&leave);
        if is_old {
            return; // it began before the service asked for a pause, or with another key
        }
        self.backoff.reset();
        self.turn(LinkState::Up);
    }

    /// The service was not reached, or cannot answer now; it may have said after how long to ask again. Gives the time of the
    /// next probe.
    pub(super) fn failed(&mut self, leave: Leave, now: Duration, retry_after: Option<Duration>) -> Duration {
        let asked = retry_after.unwrap_or_default();
        self.end(&leave);
        if leave.era != self.era {
            // It began before what is known by now: it says nothing new, but for what the service asks for.
            if !self.is_up() {
                self.due = self.due.max(now.saturating_add(asked));
            }
            return self.due;
        }
        self.due = now.saturating_add(asked).saturating_add(self.backoff.pause());
        self.turn(LinkState::Down);
        self.due
    }

    /// The service refuses the key. Gives the time of the next probe.
    pub(super) fn paused(&mut self, leave: Leave, now: Duration) -> Duration {
        self.end(&leave);
        if leave.era == self.era {
            self.backoff.reset();
            self.due = now.saturating_add(PAUSE);
            self.turn(LinkState::Paused);
        }
        self.due
    }

    /// The next call may be made at once: the key is another one, the caller knows that the service is back.
    pub(super) fn wake(&mut self) {
        self.due = Duration::ZERO;
        self.era += 1; // what is under way has the old key, and says nothing about the new one
        self.probing = false;
    }

    fn end(&mut self, leave: &Leave) {
        if leave.probe && leave.era == self.era {
            self.probing = false;
        }
    }

    fn turn(&mut self, state: LinkState) {
        if state != self.state || state != LinkState::Up {
            self.era += 1;
        }
        self.state = state;
    }
}

#[cfg(test)]
mod tests;
