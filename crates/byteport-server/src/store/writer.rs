// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The one thread that writes, and its shared commits.
//!
//! Invariants: the thread takes every change that waits, makes each in a savepoint of its own,
//! commits once, and only then tells the callers; a change that fails takes nothing else with it;
//! a failed commit fails every change in it. The queue is bounded: a caller waits when it is
//! full. When the last [`Writer`] is dropped, what was queued is still written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use crate::answer::Failure;
use crate::journal;

/// Changes that may wait before callers have to.
const QUEUE: usize = 1024;
/// Changes in one commit, so that the first of them does not wait too long.
const BATCH: usize = 512;

/// Runs after the commit, with its outcome.
type Done = Box<dyn FnOnce(Result<(), Failure>) + Send>;

/// What a change left behind: whether it is to be kept, and whom to tell.
struct Attempt {
    keep: bool,
    done: Done,
}

type Job = Box<dyn FnOnce(&Connection) -> Attempt + Send>;

#[derive(Default)]
struct Tally {
    commits: AtomicU64,
    changes: AtomicU64,
}

/// How much was written since the start.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Counts {
    /// Commits that wrote something.
    pub commits: u64,
    /// Changes in those commits: one a call that was accepted.
    pub changes: u64,
}

/// Hands changes to the writer thread. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    tally: Arc<Tally>,
}

/// The writer thread, to wait for at the end.
pub struct Thread(JoinHandle<()>);

impl Thread {
    /// Waits until everything queued is written; every [`Writer`] must have been dropped.
    pub fn join(self) -> Result<(), StoreError> {
        self.0.join().map_err(|_| StoreError("the writer thread failed".into()))
    }
}

/// Starts the thread.
pub fn start(connection: Connection) -> Result<(Writer, Thread), StoreError> {
    let (queue, jobs) = mpsc::channel(QUEUE);
    let tally = Arc::new(Tally::default());
    let writer = Writer { queue, tally: Arc::clone(&tally) };
    let thread = std::thread::Builder::new()
        .name("writer".into())
        .spawn(move || run(&connection, jobs, &tally))
        .map_err(|error| StoreError(format!("cannot start the writer thread: {error}")))?;
    Ok((writer, Thread(thread)))
}

impl Writer {
    /// Queues a change and waits until it is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (teller, told) = oneshot::channel();
        let job = move |connection: &Connection| {
            let outcome = work(connection);
            let keep = outcome.is_ok();
            let done = move |commit: Result<(), Failure>| {
                // The caller may have gone away; what was committed stays.
                let _ = teller.send(outcome.and_then(|value| commit.map(|()| value)));
            };
            Attempt { keep, done: Box::new(done) }
        };
        let gone = |_| Failure::internal("writer", "the change was not taken");
        self.queue.send(Box::new(job)).await.map_err(|_| gone(()))?;
        told.await.map_err(|_| gone(()))?
    }

    /// How much was written since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            commits: self.tally.commits.load(Ordering::Relaxed),
            changes: self.tally.changes.load(Ordering::Relaxed),
        }
    }

    /// Returns when the thread is gone.
    pub async fn gone(&self) {
        self.queue.closed().await;
    }
}

fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>, tally: &Tally) {
    while let Some(first) = jobs.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match jobs.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        commit(connection, batch, tally);
    }
    journal::debug(format_args!("the writer thread ends"));
}

/// Makes all changes of a batch in one transaction, then tells every caller.
fn commit(connection: &Connection, batch: Vec<Job>, tally: &Tally) {
    let before = connection.total_changes();
    let mut attempts = Vec::with_capacity(batch.len());
    let outcome = attempt_all(connection, batch, &mut attempts);
    if let Err(error) = &outcome {
        journal::error(format_args!("a commit failed: {error}"));
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
    }
    let kept = attempts.iter().filter(|attempt| attempt.keep).count() as u64;
    if outcome.is_ok() && connection.total_changes() > before {
        tally.commits.fetch_add(1, Ordering::Relaxed);
        tally.changes.fetch_add(kept, Ordering::Relaxed);
        journal::trace(format_args!("committed {kept} changes"));
    }
    for attempt in attempts {
        let commit = if outcome.is_ok() { Ok(()) } else { Err(Failure::unavailable()) };
        (attempt.done)(commit);
    }
}

/// A job that is not reached because of an error is dropped, which its caller sees as a failure.
fn attempt_all(connection: &Connection, batch: Vec<Job>, attempts: &mut Vec<Attempt>) -> Result<(), String> {
    run_sql(connection, "BEGIN IMMEDIATE")?;
    for job in batch {
        run_sql(connection, "SAVEPOINT change")?;
        let attempt = job(connection);
        let keep = attempt.keep;
        attempts.push(attempt);
        if connection.is_autocommit() {
            // On a full disk, for one, SQLite undoes the whole transaction by itself.
            return Err("an error in one change made the database undo them all".into());
        }
        if !keep {
            run_sql(connection, "ROLLBACK TO change")?;
        }
        run_sql(connection, "RELEASE change")?;
    }
    run_sql(connection, "COMMIT")
}

fn run_sql(connection: &Connection, sql: &str) -> Result<(), String> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    done.map(|_| ()).map_err(|error| format!("{sql}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Connection {
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch("CREATE TABLE t (v TEXT) STRICT").expect("a table");
        connection
    }

    fn insert(text: String) -> Job {
        job(move |connection| {
            connection.execute("INSERT INTO t VALUES (?1)", [&text])?;
            Ok(())
        })
    }

    fn job(work: impl FnOnce(&Connection) -> Result<(), Failure> + Send + 'static) -> Job {
        Box::new(move |connection| {
            let outcome = work(connection);
            Attempt { keep: outcome.is_ok(), done: Box::new(|_| {}) }
        })
    }

    /// Runs a batch; tells how many rows there are, how many attempts, whether it was committed.
    fn run_batch(connection: &Connection, batch: Vec<Job>) -> (i64, usize, bool) {
        let mut attempts = vec![];
        let outcome = attempt_all(connection, batch, &mut attempts);
        let sql = "SELECT count(*) FROM t";
        let rows = connection.query_row(sql, [], |row| row.get(0)).expect("a count");
        (rows, attempts.len(), outcome.is_ok())
    }

    #[test]
    fn a_change_that_fails_half_way_takes_nothing_with_it() {
        let connection = table();
        let half = job(|connection| {
            connection.execute("INSERT INTO t VALUES ('half')", [])?;
            Err(Failure::bad("no"))
        });
        let batch = vec![insert("a".into()), half, insert("b".into())];
        assert_eq!(run_batch(&connection, batch), (2, 3, true));
    }

    #[test]
    fn a_full_disk_fails_what_was_undone_and_nothing_later() {
        let connection = table();
        connection.execute_batch("PRAGMA max_page_count = 10").expect("a limit");
        let large = insert("x".repeat(1 << 20));
        let tally = Tally::default();
        let (teller, told) = std::sync::mpsc::channel();
        let watched: Job = Box::new(move |connection| {
            let keep = connection.execute("INSERT INTO t VALUES ('a')", []).is_ok();
            let done = move |commit: Result<(), Failure>| teller.send(commit.is_ok()).expect("told");
            Attempt { keep, done: Box::new(done) }
        });
        commit(&connection, vec![watched, large], &tally);
        let was_kept = told.recv().expect("told");
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, i64::from(was_kept));
        assert_eq!(run_batch(&connection, vec![insert("b".into())]), (rows + 1, 1, true));
    }
}
