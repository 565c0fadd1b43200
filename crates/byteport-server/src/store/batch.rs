// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Changes that share a commit.
//!
//! Invariants: each change is made in a savepoint of its own, and one that fails takes nothing else
//! with it; callers are told after the commit; a failed commit fails every change in it.

use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use super::trouble;
use crate::answer::Failure;
use crate::journal;

/// Runs after the commit, with its outcome.
pub type Done = Box<dyn FnOnce(Result<(), Failure>) + Send>;

/// What a change left behind.
pub struct Attempt {
    /// Whether it stays.
    pub keep: bool,
    /// Whom to tell.
    pub done: Done,
}

/// A change that waits.
pub type Job = Box<dyn FnOnce(&Connection) -> Attempt + Send>;

/// Counts commits.
#[derive(Default)]
pub struct Tally {
    commits: AtomicU64,
    changes: AtomicU64,
}

/// How much was written since the start.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Counts {
    /// Commits that wrote something.
    pub commits: u64,
    /// Changes in those commits: one a call that was accepted, and one a password of the seed.
    pub changes: u64,
}

impl Tally {
    /// How much was written so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            commits: self.commits.load(Ordering::Relaxed),
            changes: self.changes.load(Ordering::Relaxed),
        }
    }
}

/// Makes all changes of a batch in one transaction, then tells every caller.
pub fn commit(connection: &Connection, batch: impl Iterator<Item = Job>, tally: &Tally) {
    let before = connection.total_changes();
    let mut attempts = Vec::new();
    let outcome = attempt_all(connection, batch, &mut attempts);
    if let Err(error) = &outcome {
        trouble::begin(error);
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
    }
    let kept = attempts.iter().filter(|attempt| attempt.keep).count() as u64;
    if outcome.is_ok() && kept > 0 && connection.total_changes() > before {
        tally.commits.fetch_add(1, Ordering::Relaxed);
        tally.changes.fetch_add(kept, Ordering::Relaxed);
        journal::trace(format_args!("committed {kept} changes"));
        trouble::end();
    }
    for attempt in attempts {
        let commit = if outcome.is_ok() { Ok(()) } else { Err(Failure::unavailable()) };
        (attempt.done)(commit);
    }
}

/// A job that is not reached because of an error waits for the next batch; the one at which the
/// error comes is dropped, which its caller sees as a failure.
fn attempt_all(
    connection: &Connection,
    batch: impl Iterator<Item = Job>,
    attempts: &mut Vec<Attempt>,
) -> Result<(), String> {
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
        let outcome = attempt_all(connection, batch.into_iter(), &mut attempts);
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
        commit(&connection, vec![watched, large].into_iter(), &tally);
        let was_kept = told.recv().expect("told");
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, i64::from(was_kept));
        assert_eq!(run_batch(&connection, vec![insert("b".into())]), (rows + 1, 1, true));
    }
}
