// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a caller asks for when handing in a reading, and the answer.

use std::time::Duration;

/// How safe a reading is to be when [`enqueue`](super::Outbox::enqueue) returns, or soon after. In rising order: each level keeps
/// the promises of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i32)]
pub enum Durability {
    /// In memory. Lost if the process is killed before it was uploaded, spilled to the file or the outbox closed.
    Memory = 1,
    /// In the file with the next group commit, one second or 64 KiB later unless told otherwise; from then on a killed process
    /// loses nothing, and a power cut no more than the last seconds (`sync_interval`).
    Disk = 2,
    /// In the file, and the file forced onto the disk before the call returns: a power cut loses nothing.
    Synced = 3,
    /// Taken by the service, or by the broker, before the call returns.
    Delivered = 4,
}

impl Durability {
    /// Every level, in rising order.
    pub const ALL: [Durability; 4] = [Self::Memory, Self::Disk, Self::Synced, Self::Delivered];

    /// The level's name in one word, the same in every language.
    pub fn text(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Synced => "synced",
            Self::Delivered => "delivered",
        }
    }

    /// The level of that name.
    pub fn from_text(text: &str) -> Option<Durability> {
        Self::ALL.into_iter().find(|level| level.text() == text)
    }
}

/// The answer to one accepted reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The reading's number in its outbox: rising, counted from 1, never used twice in one process.
    pub sequence: u64,
    /// How safe the reading is now; `None` where the bounds dropped it: at once, or while the call waited. Less than what was
    /// asked where the file cannot be written (memory serves until it can), or where the time-out passed first: the reading
    /// is kept all the same. `Memory` for `Disk` is the rule, for the group commit comes later.
    pub held: Option<Durability>,
}

/// What an outbox did with its last readings when it was flushed or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flushed {
    /// Readings that the service took while the call waited.
    pub delivered: u64,
    /// Readings that are kept, in the file or, while the outbox is open, in memory.
    pub kept: u64,
    /// Readings that could not be kept, because the file cannot be written and the outbox was closed. They are counted as
    /// dropped.
    pub lost: u64,
    /// How long the call waited.
    pub waited: Duration,
}
