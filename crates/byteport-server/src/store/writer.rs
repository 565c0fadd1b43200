// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The one thread that writes, and its shared commits.
//!
//! Invariants: the thread takes the changes that wait, until it has done so for `SPAN`, makes each
//! in a savepoint of its own, commits once, and only then tells the callers; a change that fails
//! takes nothing else with it; a failed commit fails every change in it. The queue is bounded: a caller waits when it is
//! full. When the last [`Writer`] is dropped, what was queued is still written.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::batch::{self, Counts, Tally};
use super::connection::Connection;
use super::job::{Addition, Call, Change, Job};
use super::log::Log;
use crate::answer::Failure;
use crate::fatal::Fatal;
use crate::ingest::reading::Admitted;
use crate::journal;

/// Changes that may wait before callers have to.
const QUEUE: usize = 1024;
/// Changes in one commit, so that the first of them does not wait too long.
const BATCH: usize = 512;
/// After this time no more changes are taken into a commit.
const SPAN: Duration = Duration::from_millis(100);

/// Hands changes to the writer thread. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    tally: Arc<Tally>,
}

/// The writer thread, to wait for at the end.
pub struct Thread {
    handle: JoinHandle<()>,
    /// Says nothing, and ends with the thread.
    life: Receiver<()>,
}

impl Thread {
    /// Waits until everything queued is written; every [`Writer`] must have been dropped. False
    /// where that takes longer than this: then the thread ends with the process, and the database
    /// forgets the change that it was making.
    pub fn join(self, limit: Duration) -> Result<bool, Fatal> {
        if self.life.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            return Ok(false);
        }
        self.handle.join().map_err(|_| Fatal::new("the writer thread failed"))?;
        Ok(true)
    }
}

/// Starts the thread.
pub fn start(connection: Connection) -> Result<(Writer, Thread), Fatal> {
    let (queue, jobs) = mpsc::channel(QUEUE);
    let (alive, life) = std::sync::mpsc::channel();
    let tally = Arc::new(Tally::default());
    let writer = Writer { queue, tally: Arc::clone(&tally) };
    let work = move || {
        let _alive = alive;
        run(connection, jobs, &tally);
    };
    let thread = std::thread::Builder::new().name("writer".into()).spawn(work);
    let handle =
        thread.map_err(|error| Fatal::new(format_args!("cannot start the writer thread: {error}")))?;
    Ok((writer, Thread { handle, life }))
}

impl Writer {
    /// Queues a change and waits until it is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (call, told) = Call::new(work);
        self.wait_for(Box::new(Change(call)), told).await
    }

    /// Queues a look at the database that admits readings, and waits until these are on disk.
    pub async fn add(
        &self,
        admit: impl FnMut(&Connection) -> Result<Vec<Admitted>, Failure> + Send + 'static,
    ) -> Result<(), Failure> {
        let (call, told) = Call::new(admit);
        self.wait_for(Box::new(Addition(call)), told).await
    }

    async fn wait_for<T>(
        &self,
        job: Box<dyn Job>,
        told: oneshot::Receiver<Result<T, Failure>>,
    ) -> Result<T, Failure> {
        // Why a job is not taken is logged where that happens.
        let gone = || Failure::unavailable();
        self.queue.send(job).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }

    /// How much was written since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.tally.counts()
    }

    /// Returns when the thread is gone.
    pub async fn gone(&self) {
        self.queue.closed().await;
    }
}

fn run(connection: Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>, tally: &Tally) {
    let mut log = connection.sqlite().map(Log::of);
    while let Some(first) = jobs.blocking_recv() {
        let end = Instant::now() + SPAN;
        let more = || if Instant::now() < end { jobs.try_recv().ok() } else { None };
        batch::commit(&connection, std::iter::once(first).chain(std::iter::from_fn(more)).take(BATCH), tally);
        if let (Some(log), Some(sqlite)) = (&mut log, connection.sqlite()) {
            log.fold(sqlite);
        }
    }
    drop(connection);
    journal::debug(format_args!("the writer thread ends"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        rusqlite::Connection::open_in_memory().expect("a database").into()
    }

    #[test]
    fn the_end_does_not_wait_for_ever() {
        let (writer, thread) = start(connection()).expect("starts");
        let (go_on, word) = std::sync::mpsc::channel::<()>();
        let (slow, _told) = Call::new(move |_: &Connection| {
            let _ = word.recv();
            Ok(())
        });
        assert!(writer.queue.try_send(Box::new(Change(slow))).is_ok());
        drop(writer);
        assert!(!thread.join(Duration::ZERO).expect("ends"));
        drop(go_on);
        let (writer, thread) = start(connection()).expect("starts");
        drop(writer);
        assert!(thread.join(Duration::from_secs(60)).expect("ends"));
    }
}
