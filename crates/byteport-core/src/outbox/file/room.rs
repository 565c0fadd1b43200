// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How much of the disk the parts of an outbox may take.
//!
//! Invariant: pages of the database, write-ahead log and reserve together stay within `max_disk`, and some pages of the
//! database stay free for marks and totals. Only one block that is longer than the log's share, or a reader that holds the log,
//! can make the log exceed it for a moment.

use std::path::Path;

use super::schema::PAGE;
use super::{File, Trouble};

/// A page of the write-ahead log, its header included.
const FRAME: u64 = PAGE + 24;
/// What a page holds of a long row.
const PAYLOAD: u64 = PAGE - 4;
/// Pages that stay free: for bitmaps, quarantine and clocks.
const SPARE: u64 = 4;
/// And one in so many.
const SPARE_SHARE: u64 = 64;
/// Pages that each commit writes besides bodies: the first, the totals, the leaf and the root of a table.
const OVERHEAD: u64 = 6;
/// Pages of a database without rows: the first, and a root for each table and index.
const EMPTY: u64 = 8;
const MIB: u64 = 1 << 20;

/// The bound, and its shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub max_disk: u64,
}

impl Room {
    /// How long the write-ahead log becomes in the ordinary course.
    pub fn log_bytes(&self) -> u64 {
        (self.max_disk / 16).clamp(16 * FRAME, MIB)
    }

    /// After how many frames it is folded into the database.
    pub fn log_frames(&self) -> u64 {
        self.log_bytes() / FRAME * 3 / 4
    }

    /// The reserve for a full disk.
    pub fn reserve_bytes(&self) -> u64 {
        (self.max_disk / 16).clamp(4 * PAGE, 256 << 10) / PAGE * PAGE
    }

    /// The quarantine table's share.
    pub fn quarantine_bytes(&self) -> u64 {
        self.max_disk / 8
    }

    /// Pages of the database that stay free.
    fn spare(&self) -> u64 {
        SPARE + self.most_pages() / SPARE_SHARE
    }

    /// The most pages of the database.
    pub fn most_pages(&self) -> u64 {
        self.max_disk.saturating_sub(self.log_bytes() + self.reserve_bytes()) / PAGE
    }
}

/// Pages for a body, or for several that are so long together.
fn pages_for(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(PAYLOAD) + 1
}

pub(super) fn length_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

impl File {
    /// The bytes of the bound that are taken: pages in use, the write-ahead log and the reserve.
    pub fn used_bytes(&self) -> u64 {
        let (all, free) = self.pages().unwrap_or((0, 0));
        all.saturating_sub(free) * PAGE + length_of(&self.place.log()) + length_of(&self.place.reserve())
    }

    /// Whether new bodies that are so long together do not fit into the pages that the bound allows.
    pub fn lacks_room(&self, bytes: usize) -> Result<bool, Trouble> {
        let (all, free) = self.pages()?;
        Ok(all.saturating_sub(free) + pages_for(bytes) + self.room.spare() > self.room.most_pages())
    }

    /// Whether they would fit into an empty file.
    pub fn can_hold(&self, bytes: usize) -> bool {
        EMPTY + pages_for(bytes) + self.room.spare() <= self.room.most_pages()
    }

    /// How many of the blocks with these lengths go in one transaction, so that it fits into the write-ahead log's share: one
    /// at the least.
    pub fn portion(&self, lengths: impl Iterator<Item = usize>) -> usize {
        let most = (self.room.log_bytes() / FRAME).saturating_sub(OVERHEAD);
        let mut pages = 0;
        let fitting = lengths.take_while(|length| {
            pages += pages_for(*length);
            pages <= most
        });
        fitting.count().max(1)
    }

    /// Lets the database grow beyond the bound, for the last batch before the file is closed.
    pub fn lift_bound(&self) -> Result<(), Trouble> {
        let lifted = self.connection.pragma_update(None, "max_page_count", u32::MAX - 1);
        lifted.map_err(|error| self.trouble(&error))
    }

    /// Pages of the database, and those of them that are free.
    fn pages(&self) -> Result<(u64, u64), Trouble> {
        let count = |pragma| self.connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let both = count("page_count").and_then(|all| Ok((all, count("freelist_count")?)));
        both.map(|(all, free)| (super::sum::uint(all), super::sum::uint(free)))
            .map_err(|error| self.trouble(&error))
    }

    /// Before a batch that would not fit into the share of the write-ahead log behind what is there, the log begins anew.
    pub(super) fn ready_log(&self, bytes: usize) -> rusqlite::Result<()> {
        if (self.room.log_frames() + pages_for(bytes) + OVERHEAD) * FRAME > self.room.log_bytes() {
            self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
        }
        Ok(())
    }

    /// A write-ahead log that one large batch, or a slow reader, made longer than its share is folded in and cut.
    pub(super) fn cut_log(&self) -> rusqlite::Result<()> {
        if length_of(&self.place.log()) > self.room.log_bytes() {
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(())
    }
}
