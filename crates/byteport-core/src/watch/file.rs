// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One watched file: whether it has something to send, and whether it is at rest.
//!
//! Invariants: nothing here reads a clock or a disk, both are told. A file has a time at which to look at it next exactly
//! while it has, or may have, something to send. However restless it is, that time is at most the patience after its unrest
//! began.

use std::time::{Duration, Instant};

use super::folder::Signature;

/// How long a file must be quiet after it was closed or renamed into place: a script may write twice.
const AFTER_CLOSE: Duration = Duration::from_millis(20);
/// How long a file must be quiet that was written and not closed.
const AFTER_WRITE: Duration = Duration::from_secs(1);
/// How long the signature of a file must stay the same whose history is unknown.
const BETWEEN_STATS: Duration = Duration::from_millis(100);

/// What the kernel tells about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Made or written, and perhaps still open.
    Written,
    /// Closed by one who could write, whether or not something was written.
    Closed,
    /// Renamed into the directory, or onto this name.
    MovedIn,
}

#[derive(Debug)]
enum State {
    /// What is there was sent or skipped.
    Clean,
    /// At rest as soon as its time comes, unless an event puts that off.
    Settling,
    /// What happened to it was not told: at rest when a later look finds the same.
    Unknown { seen: Option<Signature>, since: Instant },
    /// At rest, and to be offered when its time comes.
    Resting { seen: Signature },
}

/// What is known about one file.
#[derive(Debug)]
pub(super) struct File {
    state: State,
    due: Option<Instant>,
    unrest: Instant,
    /// The kernel said that it was written: to be offered even if its signature is the old one, for some file systems
    /// keep whole seconds only.
    written: bool,
    /// What was found when it was last sent or skipped.
    done: Option<Signature>,
    digest: Option<u64>,
    /// Why it was not sent, as it was told last.
    told: Option<String>,
    /// Whether it was offered because patience had ended.
    restless: bool,
    /// Whether it was ever found to be a regular file.
    found: bool,
    /// The full look that found it last.
    pub(super) round: u64,
}

impl File {
    /// A file of which nothing is known yet.
    pub(super) fn new(now: Instant) -> File {
        File {
            state: State::Clean,
            due: None,
            unrest: now,
            written: false,
            done: None,
            digest: None,
            told: None,
            restless: false,
            found: false,
            round: 0,
        }
    }

    /// When to look at it next; none while there is nothing to send.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether something would be lost if it went now.
    pub(super) fn is_unsent(&self) -> bool {
        self.found && self.due.is_some()
    }

    /// Takes in an event.
    pub(super) fn event(&mut self, event: Event, now: Instant, patience: Duration) {
        self.begin_unrest(now);
        self.written |= event != Event::Closed;
        let quiet = if event == Event::Written { AFTER_WRITE } else { AFTER_CLOSE };
        self.state = State::Settling;
        self.due_at(now + quiet, patience);
    }

    /// Takes in what a full look found. `old` says that its last change was more than a second ago.
    pub(super) fn found(&mut self, signature: Signature, old: bool, now: Instant, patience: Duration) {
        self.found = true;
        let known = match &self.state {
            State::Clean => self.done == Some(signature),
            State::Settling => true, // its events say more
            State::Unknown { seen, .. } => *seen == Some(signature),
            State::Resting { seen } => *seen == signature,
        };
        if known {
            return;
        }
        self.begin_unrest(now);
        if old {
            self.state = State::Settling;
            self.due_at(now, patience);
        } else {
            self.state = State::Unknown { seen: Some(signature), since: now };
            self.due_at(now + BETWEEN_STATS, patience);
        }
    }

    /// Decides, when its time has come, whether to offer it as it was found a moment ago.
    pub(super) fn check(&mut self, signature: Signature, now: Instant, patience: Duration) -> bool {
        self.found = true;
        match self.state {
            State::Clean => return false,
            State::Settling => return self.rest(signature, now, patience),
            State::Resting { seen } if seen == signature => return true,
            State::Resting { .. } => {
                self.unrest = now;
                self.state = State::Unknown { seen: Some(signature), since: now };
            }
            State::Unknown { seen, since } => {
                let same = seen == Some(signature);
                if (same && now >= since + BETWEEN_STATS) || now >= self.unrest + patience {
                    return self.rest(signature, now, patience);
                }
                let since = if same { since } else { now };
                self.state = State::Unknown { seen: Some(signature), since };
            }
        }
        self.due_at(now + BETWEEN_STATS, patience);
        false
    }

    /// It is at rest; says whether there is something to send.
    fn rest(&mut self, signature: Signature, now: Instant, patience: Duration) -> bool {
        self.restless = now >= self.unrest + patience;
        let changed = self.written || self.done != Some(signature);
        self.written = false;
        self.state = if changed { State::Resting { seen: signature } } else { State::Clean };
        self.due = changed.then_some(now);
        changed
    }

    /// Events were lost: what its last ones said holds no longer.
    pub(super) fn lose_history(&mut self, now: Instant, patience: Duration) {
        if let State::Settling = self.state {
            self.state = State::Unknown { seen: None, since: now };
            self.due_at(now + BETWEEN_STATS, patience);
        }
    }

    /// It cannot be looked at just now.
    pub(super) fn put_off(&mut self, until: Instant) {
        self.due = self.due.map(|due| due.max(until));
    }

    /// Whether it was offered because patience had ended, and may still be written to.
    pub(super) fn is_restless(&self) -> bool {
        self.restless
    }

    /// Whether content with this digest was sent last.
    pub(super) fn is_sent(&self, digest: u64) -> bool {
        self.digest == Some(digest)
    }

    /// It was sent as it was offered.
    pub(super) fn sent(&mut self, signature: Signature, digest: u64) {
        self.digest = Some(digest);
        self.told = None;
        self.settle(signature);
    }

    /// It cannot be sent as it was offered.
    pub(super) fn skip(&mut self, signature: Signature) {
        self.settle(signature);
    }

    /// Says whether the reason why it is not sent is news: the same one is told once, not at each change.
    pub(super) fn tell(&mut self, why: &str) -> bool {
        let news = self.told.as_deref() != Some(why);
        self.told = Some(why.to_owned());
        news
    }

    fn settle(&mut self, signature: Signature) {
        self.done = Some(signature);
        if let State::Resting { .. } = self.state {
            self.state = State::Clean;
            self.due = None;
        }
    }

    /// Sending it failed: it is offered again at `at`, or earlier if it changes.
    pub(super) fn retry(&mut self, at: Instant) {
        if let State::Resting { .. } = self.state {
            self.due = Some(at);
        }
    }

    /// It changed while it was read.
    pub(super) fn unsettled(&mut self, signature: Signature, now: Instant, patience: Duration) {
        self.written = true;
        if let State::Clean | State::Resting { .. } = self.state {
            self.unrest = now;
            self.state = State::Unknown { seen: Some(signature), since: now };
            self.due_at(now + BETWEEN_STATS, patience);
        }
    }

    fn begin_unrest(&mut self, now: Instant) {
        if let State::Clean | State::Resting { .. } = self.state {
            self.unrest = now;
        }
    }

    fn due_at(&mut self, at: Instant, patience: Duration) {
        self.due = Some(at.min(self.unrest + patience));
    }
}

#[cfg(test)]
mod tests;
