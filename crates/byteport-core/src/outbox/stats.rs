// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting of an outbox, as numbers; `report` writes them as JSON and Prometheus text.
//!
//! Invariant: `accepted = delivered + queued + quarantined + dropped`, in every snapshot.

use std::time::Duration;

/// Why a reading was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Reason {
    /// The bounds on bytes or count left no room.
    Full = 1,
    /// One of those between two that were kept, when the outbox thinned out.
    Thinned = 2,
    /// Older than the greatest age.
    Age = 3,
    /// It lay in a part of the file that can no longer be read, or could not be written before the outbox was closed.
    Damage = 4,
    /// The oldest in a full quarantine table.
    Quarantine = 5,
    /// Somebody discarded it from the quarantine table.
    Discarded = 6,
}

impl Reason {
    /// Every reason, in the order of their numbers.
    pub const ALL: [Reason; 6] =
        [Self::Full, Self::Thinned, Self::Age, Self::Damage, Self::Quarantine, Self::Discarded];

    /// The reason in one word, the same in every language.
    pub fn text(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Thinned => "thinned",
            Self::Age => "age",
            Self::Damage => "damage",
            Self::Quarantine => "quarantine",
            Self::Discarded => "discarded",
        }
    }
}

/// Readings that were given up, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dropped([u64; Reason::ALL.len()]);

impl Dropped {
    /// How many for this reason.
    pub fn by(&self, reason: Reason) -> u64 {
        self.0.get(reason as usize - 1).copied().unwrap_or(0)
    }

    /// How many for all reasons together.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Counts some more.
    pub(super) fn add(&mut self, reason: Reason, count: u64) {
        if let Some(slot) = self.0.get_mut(reason as usize - 1) {
            *slot += count;
        }
    }
}

/// The way to the service; through a broker, the way to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum LinkState {
    /// Nothing was sent yet.
    Unknown = 0,
    /// The last call was answered.
    Up = 1,
    /// The service cannot be reached, or is not able to answer: one call tries again from time to time.
    Down = 2,
    /// The service refuses the key (401, 403), or the broker the login: everything is kept until that is changed or works again.
    Paused = 3,
    /// The readings that are due wait for the clock to be set.
    NoClock = 4,
}

impl LinkState {
    /// Every state, in the order of their numbers.
    pub const ALL: [LinkState; 5] = [Self::Unknown, Self::Up, Self::Down, Self::Paused, Self::NoClock];

    /// The state in one word, the same in every language.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Down => "down",
            Self::Paused => "paused",
            Self::NoClock => "no_clock",
        }
    }
}

/// The file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum DiskState {
    /// It is written as promised.
    Ok = 1,
    /// It has reached its bound in bytes, and the option for that case drops nothing that was accepted.
    Full = 2,
    /// It cannot be written or read: memory serves until it can.
    Broken = 3,
}

impl DiskState {
    /// Every state, in the order of their numbers.
    pub const ALL: [DiskState; 3] = [Self::Ok, Self::Full, Self::Broken];

    /// The state in one word, the same in every language.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Full => "full",
            Self::Broken => "broken",
        }
    }
}

/// The accounting at one moment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Readings taken in since the file was made.
    pub accepted: u64,
    /// Readings that the service took, or the broker.
    pub delivered: u64,
    /// Readings that wait, in the file or in memory.
    pub queued: u64,
    /// Readings in the quarantine table.
    pub quarantined: u64,
    /// Readings that were given up.
    pub dropped: Dropped,
    /// Of those that wait, the ones that are in memory only.
    pub queued_in_memory: u64,
    /// Bytes of the readings in memory that are not in the file.
    pub memory_bytes: u64,
    /// Bytes that the file uses of its bound, the write-ahead log included.
    pub disk_bytes: u64,
    /// How long the oldest that waits has been in the outbox; `None` where none waits.
    pub oldest_age: Option<Duration>,
    /// Readings per second taken in, over about the last minute.
    pub accepted_rate: f64,
    /// Readings per second delivered, over about the last minute.
    pub delivered_rate: f64,
    /// Calls that were made again since the outbox was opened.
    pub retries: u64,
    /// Calls that were answered with success since the outbox was opened.
    pub calls: u64,
    /// The way to the service.
    pub link: LinkState,
    /// The file.
    pub disk: DiskState,
    /// The last failure of a call or of the file, in one line without secrets; empty where there was none.
    pub last_error: String,
    /// Every reading up to this number is in the file, or no longer waits.
    pub committed_sequence: u64,
    /// Every reading up to this number is forced onto the disk, or no longer waits.
    pub synced_sequence: u64,
    /// The number of the newest reading.
    pub last_sequence: u64,
    /// Damaged files, and files of a newer version, that were moved aside since the outbox was opened.
    pub moved_aside: u64,
}
