// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What waits for the writer: changes, and readings that are to be added.
//!
//! Invariant: a job may be attempted several times, where another server was in the way, and tells
//! its caller once.

use tokio::sync::oneshot;

use super::connection::Connection;
use crate::answer::Failure;
use crate::ingest::reading::Admitted;

/// What waits for the writer.
pub trait Job: Send {
    /// Whether it only looks at the database itself, and has the writer add readings.
    fn adds(&self) -> bool;

    /// Makes the change and gives the readings to add, or none of it if it must not stay.
    fn attempt(&mut self, connection: &Connection) -> Option<Vec<Admitted>>;

    /// Tells the caller, after the commit and with its outcome.
    fn tell(self: Box<Self>, commit: Result<(), Failure>);
}

/// A job of a caller who waits.
pub struct Call<T, W> {
    work: W,
    outcome: Option<Result<T, Failure>>,
    teller: oneshot::Sender<Result<T, Failure>>,
}

impl<T, W> Call<T, W> {
    /// The job, and where its outcome is told.
    pub fn new(work: W) -> (Self, oneshot::Receiver<Result<T, Failure>>) {
        let (teller, told) = oneshot::channel();
        (Self { work, outcome: None, teller }, told)
    }

    fn tell(self, commit: Result<(), Failure>) {
        let outcome = commit.and_then(|()| self.outcome.unwrap_or_else(|| Err(Failure::unavailable())));
        // The caller may have gone away; what was committed stays.
        let _ = self.teller.send(outcome);
    }
}

/// A change.
pub struct Change<T, W>(pub Call<T, W>);

impl<T: Send, W: FnMut(&Connection) -> Result<T, Failure> + Send> Job for Change<T, W> {
    fn adds(&self) -> bool {
        false
    }

    fn attempt(&mut self, connection: &Connection) -> Option<Vec<Admitted>> {
        let outcome = self.0.outcome.insert((self.0.work)(connection));
        outcome.is_ok().then(Vec::new)
    }

    fn tell(self: Box<Self>, commit: Result<(), Failure>) {
        self.0.tell(commit);
    }
}

/// Readings that are to be added.
pub struct Addition<W>(pub Call<(), W>);

impl<W: FnMut(&Connection) -> Result<Vec<Admitted>, Failure> + Send> Job for Addition<W> {
    fn adds(&self) -> bool {
        true
    }

    fn attempt(&mut self, connection: &Connection) -> Option<Vec<Admitted>> {
        let (outcome, admitted) = match (self.0.work)(connection) {
            Ok(admitted) => (Ok(()), Some(admitted)),
            Err(failure) => (Err(failure), None),
        };
        self.0.outcome = Some(outcome);
        admitted
    }

    fn tell(self: Box<Self>, commit: Result<(), Failure>) {
        self.0.tell(commit);
    }
}
