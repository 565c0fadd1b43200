// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Jobs that share a commit.
//!
//! Invariants: each change is made in a savepoint of its own, and one that fails takes nothing else
//! with it; readings are added all together, before the next change or at the end, in the order of
//! their devices and fields, so that servers which add the same ones wait for each other and none
//! for ever; callers are told after the commit; a failed commit fails every job in it. Where another
//! server was in the way all after all, the whole batch is made again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::connection::{Connection, Fault};
use super::error::Error;
use super::job::Job;
use super::trouble;
use crate::answer::Failure;
use crate::ingest::insert;
use crate::ingest::reading::Admitted;
use crate::journal;

/// How often a batch is made again.
const AGAIN: u32 = 8;
/// The pause before it is made again the first time; it grows.
const PAUSE: Duration = Duration::from_millis(5);

/// A job that was begun.
struct Taken {
    job: Box<dyn Job>,
    /// Whether it stays.
    keep: bool,
}

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

/// Why nothing of a batch is left.
enum Undone {
    /// Another server was in the way.
    Conflict,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        if error.is_conflict() { Self::Conflict } else { Self::Failed(error) }
    }
}

/// Makes all jobs of a batch in one transaction, then tells every caller.
pub fn commit(connection: &Connection, mut batch: impl Iterator<Item = Box<dyn Job>>, tally: &Tally) {
    let before = connection.changes();
    let mut taken = Vec::new();
    let mut outcome = attempt_all(connection, &mut batch, &mut taken);
    for count in 0..AGAIN {
        if !matches!(outcome, Err(Undone::Conflict)) {
            break;
        }
        journal::debug(format_args!("another server was in the way of {} jobs", taken.len()));
        // Two servers that were in each other's way do not come back at the same time.
        let part = u32::from(std::process::id() as u8 ^ count as u8);
        std::thread::sleep(PAUSE * (1 << count) + PAUSE * part / 64);
        outcome = attempt_all(connection, &mut batch, &mut taken);
    }
    let kept = taken.iter().filter(|taken| taken.keep).count() as u64;
    if outcome.is_ok() && kept > 0 && connection.changes() > before {
        tally.commits.fetch_add(1, Ordering::Relaxed);
        tally.changes.fetch_add(kept, Ordering::Relaxed);
        journal::trace(format_args!("committed {kept} changes"));
        trouble::end();
    }
    let outcome = outcome.map_err(|undone| refusal(&undone));
    for taken in taken {
        taken.job.tell(outcome.clone());
    }
}

/// What callers are told of a batch of which nothing is left.
fn refusal(undone: &Undone) -> Failure {
    match undone {
        Undone::Conflict => Failure::busy("other servers are in the way; call again later"),
        Undone::Failed(error) => {
            trouble::begin(error);
            if error.is_lost() { Failure::away() } else { Failure::unavailable() }
        }
    }
}

/// Makes the jobs that were taken before, if there are any, and takes more; if that comes to nothing,
/// nothing of them is left. A job that is not reached because of an error waits for the next batch.
fn attempt_all(
    connection: &Connection,
    batch: &mut dyn Iterator<Item = Box<dyn Job>>,
    taken: &mut Vec<Taken>,
) -> Result<(), Undone> {
    if let Err(error) = connection.begin() {
        taken.extend(batch.map(|job| Taken { job, keep: false }));
        return Err(error.into());
    }
    let outcome = attempt_each(connection, batch, taken);
    if outcome.is_err() {
        connection.roll_back();
    }
    outcome
}

fn attempt_each(
    connection: &Connection,
    batch: &mut dyn Iterator<Item = Box<dyn Job>>,
    taken: &mut Vec<Taken>,
) -> Result<(), Undone> {
    let mut readings = Vec::new();
    for index in 0.. {
        if index == taken.len() {
            let Some(job) = batch.next() else { break };
            taken.push(Taken { job, keep: false });
        }
        if let Some(taken) = taken.get_mut(index) {
            attempt(connection, taken, &mut readings)?;
        }
    }
    add(connection, &mut readings)?;
    Ok(connection.commit()?)
}

/// Makes a job; readings that it adds wait for others.
fn attempt(connection: &Connection, taken: &mut Taken, readings: &mut Vec<Admitted>) -> Result<(), Undone> {
    let adds = taken.job.adds();
    if !adds {
        add(connection, readings)?;
        connection.begin_change()?;
    }
    let admitted = taken.job.attempt(connection);
    taken.keep = admitted.is_some();
    match connection.fault() {
        None => {}
        Some(Fault::Change) if !adds => {}
        Some(Fault::Conflict) => return Err(Undone::Conflict),
        Some(Fault::Lost) => return Err(Undone::Failed(Error::Away)),
        Some(Fault::Change | Fault::Undone) => {
            let reason = "an error in one change made the database undo them all";
            return Err(Undone::Failed(Error::Wrong(reason)));
        }
    }
    if !adds {
        connection.end_change(taken.keep)?;
    }
    readings.extend(admitted.into_iter().flatten());
    Ok(())
}

fn add(connection: &Connection, readings: &mut Vec<Admitted>) -> Result<(), Error> {
    insert::all(connection, readings)?;
    readings.clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::Receiver;

    use super::*;
    use crate::store::job::{Call, Change};
    use crate::values;

    type Told = Receiver<Result<(), Failure>>;

    fn table() -> Connection {
        let connection = rusqlite::Connection::open_in_memory().expect("a database");
        connection.execute_batch("CREATE TABLE t (v TEXT) STRICT").expect("a table");
        connection.into()
    }

    fn insert(text: String) -> (Box<dyn Job>, Told) {
        job(move |connection| {
            connection.execute("INSERT INTO t VALUES (?1)", values![text])?;
            Ok(())
        })
    }

    fn job(work: impl Fn(&Connection) -> Result<(), Failure> + Send + 'static) -> (Box<dyn Job>, Told) {
        let (call, told) = Call::new(work);
        (Box::new(Change(call)), told)
    }

    /// Runs a batch; tells how many rows there are then, and what each caller was told.
    fn run_batch(connection: &Connection, batch: Vec<(Box<dyn Job>, Told)>) -> (i64, Vec<bool>) {
        let (jobs, told): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        commit(connection, jobs.into_iter(), &Tally::default());
        let rows = connection.query_one("SELECT count(*) FROM t", values![], |row| row.get(0));
        let told = told.into_iter().map(|mut told| told.try_recv().expect("told").is_ok());
        (rows.expect("a count"), told.collect())
    }

    #[test]
    fn a_change_that_fails_half_way_takes_nothing_with_it() {
        let half = job(|connection| {
            connection.execute("INSERT INTO t VALUES ('half')", values![])?;
            Err(Failure::bad("no"))
        });
        let batch = vec![insert("a".into()), half, insert("b".into())];
        assert_eq!(run_batch(&table(), batch), (2, vec![true, false, true]));
    }

    #[test]
    fn a_full_disk_fails_what_was_undone_and_nothing_later() {
        let connection = table();
        let sqlite = connection.sqlite().expect("SQLite");
        sqlite.execute_batch("PRAGMA max_page_count = 10").expect("a limit");
        let (rows, told) = run_batch(&connection, vec![insert("a".into()), insert("x".repeat(1 << 20))]);
        assert_eq!((rows, told[1]), (i64::from(told[0]), false));
        assert_eq!(run_batch(&connection, vec![insert("b".into())]), (rows + 1, vec![true]));
    }
}
