// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The tables, and what SQLite is told about them.
//!
//! Invariant: the tables are always made by this text and in this order, so that their root pages are the same in every
//! file: the first page of a new file opens the rest of a damaged one.

use rusqlite::Connection;

use super::room::Room;

/// `BPOB`.
pub(super) const APPLICATION: u32 = 0x4250_4F42;
/// Counted up when the tables change.
pub(super) const VERSION: u32 = 1;
pub(super) const PAGE: u64 = 4096;

/// Who else reads the file holds it for a moment only.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

pub(super) const TABLES: &str = "
CREATE TABLE totals (
    id INTEGER PRIMARY KEY,
    delivered INTEGER NOT NULL,
    full INTEGER NOT NULL,
    thinned INTEGER NOT NULL,
    age INTEGER NOT NULL,
    damage INTEGER NOT NULL,
    quarantine INTEGER NOT NULL,
    discarded INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    next_sequence INTEGER NOT NULL,
    next_block INTEGER NOT NULL,
    clean INTEGER NOT NULL,
    commits INTEGER NOT NULL,
    sum INTEGER NOT NULL
);
CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    wall INTEGER NOT NULL,
    boot TEXT NOT NULL,
    uptime INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE progress (
    block INTEGER PRIMARY KEY,
    done BLOB NOT NULL,
    sum INTEGER NOT NULL
);
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    why TEXT NOT NULL,
    sum INTEGER NOT NULL,
    line BLOB NOT NULL
);
CREATE TABLE clock (
    id INTEGER PRIMARY KEY,
    boot TEXT NOT NULL,
    offset INTEGER NOT NULL,
    sum INTEGER NOT NULL
);
";

/// Whether the tables are what was written: SQLite believes whatever a damaged first page says of them.
pub(super) fn is_whole(connection: &Connection) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema ORDER BY rowid")?;
    let found = statement.query_map([], |row| row.get::<_, Option<String>>(0))?;
    let found: Vec<Option<String>> = found.collect::<rusqlite::Result<_>>()?;
    let written = TABLES.split(';').map(str::trim).filter(|text| !text.is_empty());
    Ok(found.iter().map(Option::as_deref).eq(written.map(Some)))
}

/// The names of the tables, in the order in which they are made.
pub(super) const NAMES: [&str; 5] = ["totals", "block", "progress", "quarantine", "clock"];

/// Settings of a connection that only reads.
pub(super) fn tune_reader(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(32);
    // What a damaged file says is not to be believed: cells are checked, and nothing in its schema may run.
    connection.execute_batch(
        "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0; PRAGMA cache_size=-256;
         PRAGMA temp_store=MEMORY;",
    )
}

/// Settings of the owner's connection.
pub(super) fn tune_owner(connection: &Connection, room: &Room) -> rusqlite::Result<()> {
    tune_reader(connection)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=OFF;
         PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit={}; PRAGMA max_page_count={};",
        room.log_frames(),
        room.log_bytes(),
        room.most_pages(),
    ))
}

/// Makes the tables in an empty database.
pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION}; {TABLES}"
    ))
}
