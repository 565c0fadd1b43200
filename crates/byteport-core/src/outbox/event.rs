// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What an outbox tells while it works.

use super::stats::{DiskState, LinkState, Reason};

/// Something that happened to readings, or to the outbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The service took these readings, or the broker.
    Delivered {
        /// Their numbers, in the order in which they were sent.
        sequences: Vec<u64>,
    },
    /// Readings were given up, as the bounds or damage demand.
    Dropped {
        /// How many.
        count: u64,
        /// Why.
        reason: Reason,
    },
    /// The service refused a reading for good: it lies in the quarantine table.
    Quarantined {
        /// Its number.
        sequence: u64,
        /// The service's answer, in one line.
        why: String,
    },
    /// The way to the service changed.
    Link(LinkState),
    /// The file can be written, or no longer.
    Disk(DiskState),
    /// A damaged file, or one of a newer version, was moved aside.
    MovedAside {
        /// Its new path.
        path: std::path::PathBuf,
        /// Readings saved from it.
        saved: u64,
        /// Readings that it held and that could not be read.
        lost: u64,
    },
}
