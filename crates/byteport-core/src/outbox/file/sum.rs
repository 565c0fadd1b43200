// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Checksums of rows: CRC-32 over the columns, each with its length, so that no two rows read as the same bytes.

use flate2::Crc;

use super::Taken;

/// A checksum in the making.
pub(super) struct Sum(Crc);

impl Sum {
    pub fn new() -> Sum {
        Sum(Crc::new())
    }

    pub fn number(mut self, number: i64) -> Sum {
        self.0.update(&number.to_le_bytes());
        self
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Sum {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The checksum, as SQLite holds it.
    pub fn end(self) -> i64 {
        i64::from(self.0.sum())
    }
}

/// The checksum of a block's row, apart from its body: there each line has its own.
pub(super) fn of_block(id: u64, first: u64, slots: u32, taken: &Taken) -> i64 {
    Sum::new()
        .number(int(id))
        .number(int(first))
        .number(i64::from(slots))
        .number(taken.wall)
        .bytes(taken.boot.as_bytes())
        .number(int(taken.uptime))
        .end()
}

/// The checksum of a bitmap.
pub(super) fn of_done(id: u64, done: &[u8]) -> i64 {
    Sum::new().number(int(id)).bytes(done).end()
}

/// A number as SQLite holds it; what is too great is its greatest.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as SQLite holds it, which is never below zero unless damaged.
pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
