// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting in the file: two rows that say the same, each with its checksum, so that one may be damaged.

use rusqlite::{Connection, Row, params_from_iter};

use super::Totals;
use super::sum::{Sum, int, uint};
use crate::outbox::stats::{Dropped, Reason};

/// The columns, but `id` and `sum`.
const COLUMNS: &str = "delivered, full, thinned, age, damage, quarantine, discarded, quarantined, queued, next_sequence, next_block, clean, commits";
const COUNT: usize = 13;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub totals: Totals,
    /// Whether the file was closed after it.
    pub clean: bool,
    /// How many commits there were.
    pub commits: u64,
}

impl Default for Kept {
    fn default() -> Kept {
        let totals = Totals { next_sequence: 1, next_block: 1, ..Totals::default() };
        Kept { totals, clean: true, commits: 0 }
    }
}

impl Kept {
    fn numbers(&self) -> Vec<i64> {
        let totals = &self.totals;
        let mut numbers = vec![int(totals.delivered)];
        numbers.extend(Reason::ALL.iter().map(|reason| int(totals.dropped.by(*reason))));
        numbers.extend([totals.quarantined, totals.queued, totals.next_sequence, totals.next_block].map(int));
        numbers.extend([i64::from(self.clean), int(self.commits)]);
        numbers
    }

    fn from_numbers(numbers: &[i64]) -> Option<Kept> {
        let (&delivered, rest) = numbers.split_first()?;
        let (reasons, rest) = rest.split_at_checked(Reason::ALL.len())?;
        let [quarantined, queued, next_sequence, next_block, clean, commits] = *rest else { return None };
        let mut dropped = Dropped::default();
        for (reason, count) in Reason::ALL.iter().zip(reasons) {
            dropped.add(*reason, uint(*count));
        }
        let totals = Totals {
            delivered: uint(delivered),
            dropped,
            quarantined: uint(quarantined),
            queued: uint(queued),
            next_sequence: uint(next_sequence),
            next_block: uint(next_block),
        };
        Some(Kept { totals, clean: clean != 0, commits: uint(commits) })
    }

    /// Writes both rows.
    pub fn put(&self, connection: &Connection) -> rusqlite::Result<()> {
        let numbers = self.numbers();
        let marks = ", ?".repeat(COUNT + 1);
        let sql = format!("INSERT OR REPLACE INTO totals (id, {COLUMNS}, sum) VALUES (?{marks})");
        let mut statement = connection.prepare_cached(&sql)?;
        for id in [1, 2] {
            let row = std::iter::once(id).chain(numbers.iter().copied()).chain([sum(&numbers)]);
            statement.execute(params_from_iter(row))?;
        }
        Ok(())
    }

    /// The first row whose checksum is right.
    pub fn read(connection: &Connection) -> rusqlite::Result<Option<Kept>> {
        let mut statement = connection.prepare(&format!("SELECT {COLUMNS}, sum FROM totals ORDER BY id"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(kept) = from_row(row) {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }
}

fn from_row(row: &Row<'_>) -> Option<Kept> {
    let numbers: Vec<i64> = (0..COUNT).map(|at| row.get(at).ok()).collect::<Option<_>>()?;
    let right: i64 = row.get(COUNT).ok()?;
    (sum(&numbers) == right).then(|| Kept::from_numbers(&numbers)).flatten()
}

fn sum(numbers: &[i64]) -> i64 {
    numbers.iter().fold(Sum::new(), |sum, number| sum.number(*number)).end()
}
