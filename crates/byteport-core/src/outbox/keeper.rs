// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The thread that has the file: group commits, loading what was written, room, and what is to be done when the file fails.
//!
//! Invariants: only this thread touches the file; it sleeps without a time-out while nothing is due.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::DiskState;
use super::file::{File, OpenError};
use super::policy::Room;
use super::shared::Shared;
use super::state::State;
use crate::error::Result;

/// The first pause before a file that failed is tried again.
pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// After so long the totals are written, where nothing else was.
pub(super) const TOTALS_INTERVAL: Duration = Duration::from_secs(60);

/// What the thread does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Load,
    Commit { sync: bool },
    Shed,
    Retry,
    Finish,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Keeper {
    pub shared: Arc<Shared>,
    pub file: Option<File>,
    /// Whether the file was opened before, so that the state knows what is in it.
    pub is_known: bool,
    pub pause: Duration,
    pub retry_at: Duration,
    /// When it was last found damaged.
    pub rescued_at: Duration,
    /// Not before this time is anything given up again: what is too old may be on its way.
    pub shed_at: Duration,
    pub cursor: u64,
}

impl Keeper {
    /// Opens the file. One that cannot be used now is tried again later.
    ///
    /// # Errors
    /// [`ErrorCode::InUse`](crate::ErrorCode::InUse); [`ErrorCode::InvalidArgument`](crate::ErrorCode::InvalidArgument) where the
    /// path is no place for an outbox.
    pub fn open(shared: Arc<Shared>) -> Result<Keeper> {
        let mut keeper = Keeper {
            file: None,
            is_known: false,
            pause: FIRST_PAUSE,
            retry_at: Duration::ZERO,
            rescued_at: Duration::ZERO,
            shed_at: Duration::ZERO,
            cursor: 0,
            shared,
        };
        match File::open(keeper.path(), keeper.shared.options.max_disk) {
            Ok(opened) => keeper.adopt(opened),
            Err(OpenError::Refused(error)) => return Err(error),
            Err(OpenError::Unusable(why)) => {
                let mut state = keeper.shared.lock();
                // What the file holds is not known: numbers of its own for what comes, others than at the last such start.
                let random = RandomState::new().build_hasher().finish();
                let base = (1 + random % (1 << 20)) << 40;
                (state.next_sequence, state.next_block) = (base, base);
                drop(state);
                keeper.broken(&why);
            }
        }
        Ok(keeper)
    }

    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Works until the outbox is closed.
    pub fn run(mut self) {
        crate::net::deaf();
        loop {
            let task = self.next_task();
            let done = match task {
                Task::Load => self.load(),
                Task::Commit { sync } => self.commit(sync, false),
                Task::Shed => self.shed(),
                Task::Retry => {
                    self.retry();
                    Ok(())
                }
                Task::Finish => {
                    self.finish();
                    self.shared.dispatch();
                    return;
                }
            };
            if let Err(trouble) = done {
                if task == Task::Load {
                    self.file = None; // it is opened anew, or memory serves
                }
                self.failed(trouble);
            }
            self.shared.dispatch();
        }
    }

    fn next_task(&self) -> Task {
        let mut state = self.shared.lock();
        loop {
            state.poked = false;
            let now = self.shared.now();
            let due = match self.plan(&state, now) {
                Ok(task) => return task,
                Err(due) => due,
            };
            state = match due {
                None => self.shared.keeper.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(time) => {
                    let span = self.shared.options.clock.nap(time.saturating_sub(now));
                    self.shared.keeper.wait_timeout(state, span).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// What is to be done now, or when something will be; `None`: when somebody calls.
    fn plan(&self, state: &State, now: Duration) -> Result<Task, Option<Duration>> {
        let is_broken = self.file.is_none() || state.disk == DiskState::Broken;
        if state.finish {
            return Ok(Task::Finish);
        }
        let sheds = self.shed_due(state, now);
        if !is_broken && sheds.is_some_and(|time| time <= now) {
            return Ok(Task::Shed); // before it is loaded: what is too old is not sent any more
        }
        if self.file.is_some() && state.want_load {
            return Ok(Task::Load);
        }
        if is_broken {
            return if now >= self.retry_at { Ok(Task::Retry) } else { Err(Some(self.retry_at)) };
        }
        let syncs = state.sync_to > state.synced() && state.disk == DiskState::Ok;
        if syncs || !state.new_clocks.is_empty() || state.sync_due.is_some_and(|due| due <= now) {
            return Ok(Task::Commit { sync: true });
        }
        let commits = self.commit_due(state);
        if commits.is_some_and(|due| due <= now) {
            return Ok(Task::Commit { sync: false });
        }
        Err([sheds, commits, state.sync_due].into_iter().flatten().min())
    }

    /// When something is to be given up.
    fn shed_due(&self, state: &State, now: Duration) -> Option<Duration> {
        let options = &self.shared.options;
        if state.queued > options.max_count && Room::from(options.when_full) == Room::Yes {
            return Some(self.shed_at);
        }
        if options.max_age == Duration::MAX {
            return None;
        }
        let open = (state.open.count > 0).then(|| now.saturating_sub(state.open.began));
        let age = state.oldest().map(|taken| self.shared.age(state, &taken)).max(open)?;
        Some(now.saturating_add(options.max_age.saturating_sub(age)).max(self.shed_at))
    }

    /// When the next transaction is due.
    fn commit_due(&self, state: &State) -> Option<Duration> {
        let options = &self.shared.options;
        let marks = state.marks_due.map(|since| since.saturating_add(options.commit_interval));
        let totals = state.totals_due.map(|since| since.saturating_add(TOTALS_INTERVAL));
        if state.disk == DiskState::Full {
            // Where the oldest give way, they may have been on their way when room was looked for.
            let again = state.commit_due.filter(|_| Room::from(options.when_full) == Room::Yes);
            return [marks, totals, again].into_iter().flatten().min();
        }
        if state.is_much(options) {
            return Some(Duration::ZERO);
        }
        [marks, totals, state.commit_due].into_iter().flatten().min()
    }
}
