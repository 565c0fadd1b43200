// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The file of an outbox: a SQLite database with one row for each block of readings.
//!
//! Invariants:
//! - What is at the path is a whole outbox or nothing: a new file, and one that was rescued, is made beside it and renamed.
//! - One `File` at a time has a path, in this process and among processes ([`lock`]); others may look.
//! - Blocks, marks and totals of one [`Batch`] are written in one transaction, so the accounting in the file always adds up.
//! - Bits that flipped are seen: SQLite checks its own structure, each line has a checksum, and so have the numbers of each
//!   row. A block comes back with exactly its slots; a damaged line comes back as an empty slot that is done, and is counted.
//! - Database, write-ahead log and reserve together stay within `max_disk`, if no batch has more new blocks than
//!   [`File::portion`] says, or any while [`File::lacks_room`] for them.

mod build;
mod forks;
mod kind;
mod lock;
mod look;
mod open;
mod place;
mod read;
mod release;
mod rescue;
mod reserve;
mod room;
mod rows;
mod schema;
mod settle;
mod stay;
mod sum;
mod totals;
mod trouble;
mod write;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;

use super::stats::Dropped;

pub(in crate::outbox) use lock::owner;
pub(in crate::outbox) use look::{Looker, NO_BOUND};
pub(in crate::outbox) use open::OpenError;
pub(in crate::outbox) use trouble::Trouble;

/// An outbox's file, open for reading and writing.
#[derive(Debug)]
pub(in crate::outbox) struct File {
    // Closed before the lock is given back: fields are dropped in this order.
    connection: Connection,
    place: place::Place,
    identity: place::Identity,
    room: room::Room,
    reserve: reserve::Reserve,
    /// Whether each commit is forced onto the disk now.
    synchronous: bool,
    /// Commits since the file was made, so that no two are the same.
    commits: u64,
    quarantine_bytes: u64,
    /// Set while the connection is to nothing, for the file could not be put back where it was.
    is_gone: bool,
    lock: lock::Lock,
}

/// What opening a file gave.
#[derive(Debug)]
pub(in crate::outbox) struct Opened {
    pub file: File,
    pub totals: Totals,
    /// Whether it was closed by its last owner.
    pub clean: bool,
    /// For each start of the system whose clock was set later, the time of day minus the time since that start, in us.
    pub clocks: HashMap<String, i64>,
    /// Set where the file that was there could not be used as it was.
    pub moved_aside: Option<MovedAside>,
}

/// A file that could not be used as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::outbox) struct MovedAside {
    pub path: PathBuf,
    /// Readings saved from it, those in quarantine included.
    pub saved: u64,
    /// Readings that it should have held and that could not be read; they are in the totals as dropped.
    pub lost: u64,
}

/// A block as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::outbox) struct Stored {
    pub id: u64,
    pub first: u64,
    pub slots: u32,
    pub taken: Taken,
    /// Exactly `slots` lines; an empty one is a reading that is gone.
    pub body: Vec<u8>,
    /// Which slots are done: bit i is in byte i / 8, the lowest first. Empty: none.
    pub done: Vec<u8>,
    /// Slots that were not done and whose line is damaged: they are empty and done here, and still counted as queued in
    /// the totals of the file. Whoever loads the block counts them as dropped, and writes `done`.
    pub damaged: u32,
}

/// When the newest reading of a block was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::outbox) struct Taken {
    /// The time of day, in us.
    pub wall: i64,
    /// Which start of the system it was.
    pub boot: String,
    /// The time since then, in us.
    pub uptime: u64,
}

/// The accounting, as the file holds it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(in crate::outbox) struct Totals {
    pub delivered: u64,
    pub dropped: Dropped,
    pub quarantined: u64,
    /// Readings in the file that wait.
    pub queued: u64,
    pub next_sequence: u64,
    pub next_block: u64,
}

/// A reading for the quarantine table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::outbox) struct Refused {
    pub sequence: u64,
    /// When it was refused, in us since the epoch.
    pub at: i64,
    pub status: u16,
    pub why: String,
    /// Its line, without newline.
    pub line: Vec<u8>,
}

/// A block for the file.
#[derive(Debug, Clone)]
pub(in crate::outbox) struct NewBlock {
    pub id: u64,
    pub first: u64,
    pub slots: u32,
    pub taken: Taken,
    pub body: Arc<Vec<u8>>,
    pub done: Vec<u8>,
}

/// What one transaction writes.
#[derive(Debug, Default)]
pub(in crate::outbox) struct Batch {
    pub blocks: Vec<NewBlock>,
    /// New bodies of blocks in the file, with as many lines as before.
    pub replaced: Vec<(u64, Vec<u8>)>,
    /// New bitmaps of blocks in the file.
    pub done: Vec<(u64, Vec<u8>)>,
    pub deleted: Vec<u64>,
    pub refused: Vec<Refused>,
    /// Boot id, and time of day minus time since that start, in us.
    pub clocks: Vec<(String, i64)>,
    pub totals: Totals,
    /// Whether this is the last batch before the file is closed.
    pub clean: bool,
}

/// What writing a batch did besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::outbox) struct Written {
    /// Readings that the quarantine table lost at its old end, for it is bounded. The totals that were written count them
    /// as dropped; the caller's are to do so too.
    pub quarantine_dropped: u64,
}

#[cfg(test)]
mod tests;
