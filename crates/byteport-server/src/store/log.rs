// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Keeping SQLite's write-ahead log short.
//!
//! Invariant: SQLite folds the log into the database by itself only where no reader stands in the
//! way; a log that has grown beyond `LARGE` is folded by waiting for the readers, `PATIENCE` at
//! most and not more often than every `PAUSE`, so that it cannot grow for as long as queries
//! follow each other. The wait is short because no query holds its snapshot for long.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::journal;

/// A log of more bytes than this is folded.
const LARGE: u64 = 64 * 1024 * 1024;
/// How long the writer waits for readers.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long it then goes on before it tries again.
const PAUSE: Duration = Duration::from_secs(2);
/// How long other statements of the writer wait for a lock.
pub const BUSY: Duration = Duration::from_secs(5);

/// The log of one database.
pub struct Log {
    path: Option<PathBuf>,
    large: u64,
    next: Instant,
}

impl Log {
    /// The log of the database that this connection has open.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        let path = connection.path().filter(|path| !path.is_empty());
        let path = path.map(|path| PathBuf::from(format!("{path}-wal")));
        Self { path, large: LARGE, next: Instant::now() }
    }

    /// Folds the log if it is large and it is time to try.
    pub fn fold(&mut self, connection: &Connection) {
        let Some(path) = &self.path else { return };
        let length = std::fs::metadata(path).map_or(0, |data| data.len());
        if length <= self.large || Instant::now() < self.next {
            return;
        }
        match truncate(connection) {
            Ok(true) => journal::debug(format_args!("a log of {length} bytes is folded")),
            Ok(false) => journal::debug(format_args!("a log of {length} bytes waits for readers")),
            Err(error) => journal::warn(format_args!("cannot fold the database's log: {error}")),
        }
        self.next = Instant::now() + PAUSE;
    }
}

/// Whether the whole log is now in the database and its file empty.
fn truncate(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(PATIENCE)?;
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy = connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(BUSY)?;
    Ok(busy? == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_log_is_folded_once_no_reader_stands_in_the_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = crate::store::schema::open(folder.path()).expect("opens");
        let mut log = Log { large: 0, ..Log::of(&connection) };
        let length = |log: &Log| std::fs::metadata(log.path.as_ref().expect("a path")).expect("a file").len();
        let reader = Connection::open(connection.path().expect("a path")).expect("opens");
        reader.execute_batch("BEGIN; SELECT count(*) FROM value").expect("reads");
        connection.execute("INSERT INTO namespace (name) VALUES ('a')", []).expect("writes");
        log.fold(&connection);
        assert!(length(&log) > 0);
        reader.execute_batch("COMMIT").expect("ends");
        log.next = Instant::now();
        log.fold(&connection);
        assert_eq!(length(&log), 0);
    }
}
