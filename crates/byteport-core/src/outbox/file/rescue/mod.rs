// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The rescue of a damaged file: what can be read of it goes into a new one, and it is moved aside.
//!
//! Invariants: all reading is done on a copy, so the damaged file stays as it was found; until the new file is whole, on the
//! disk and has its finished name, the damaged one stays at the path; `accepted` is the same before and after, for what
//! cannot be read is counted as dropped, and what was done and waits again is no longer counted as delivered.

mod copy;
mod pages;
mod walk;

use rusqlite::Connection;

use super::build::{self, Builder, Failure, Old};
use super::place::Place;
use super::totals::Kept;
use super::{MovedAside, NewBlock, Stored, Totals, kind, read};
use crate::outbox::stats::Reason;

/// Saves what can be read of the file at the path into a new one there.
pub(super) fn rescue(place: &Place, why: &str, is_newer: bool) -> Result<MovedAside, Failure> {
    log::warn!(target: "byteport::outbox", "{} cannot be used as it is: {why}; what can be read of it is saved", place.path.display());
    let copy = copy::Copy::make(place, is_newer)?;
    let builder = Builder::start(place)?;
    let count = match kind::open_still(copy.path()) {
        Ok(from) => save(&from, copy.path(), &builder)?,
        Err(_) => Count::default(),
    };
    let (kept, lost) = count.balance();
    builder.finish(place, &kept)?;
    drop(copy);
    let word = if is_newer { "newer" } else { "damaged" };
    let path = build::install(place, Old::Aside(word))?.unwrap_or_else(|| place.path.clone());
    Ok(MovedAside { path, saved: count.queued + count.quarantined, lost })
}

/// What was saved.
#[derive(Debug, Default)]
struct Count {
    /// What the file said of itself.
    before: Option<Kept>,
    queued: u64,
    quarantined: u64,
    next_sequence: u64,
    next_block: u64,
}

impl Count {
    /// The totals for the new file, and how many readings are lost.
    fn balance(&self) -> (Kept, u64) {
        let before = self.before.clone().map(|kept| kept.totals);
        let mut totals = before.unwrap_or_else(|| Totals {
            queued: self.queued,
            quarantined: self.quarantined,
            ..Kept::default().totals
        });
        let (held, saved) = (totals.queued + totals.quarantined, self.queued + self.quarantined);
        let lost = held.saturating_sub(saved);
        totals.dropped.add(Reason::Damage, lost);
        totals.delivered = totals.delivered.saturating_sub(saved.saturating_sub(held));
        (totals.queued, totals.quarantined) = (self.queued, self.quarantined);
        totals.next_sequence = totals.next_sequence.max(self.next_sequence);
        totals.next_block = totals.next_block.max(self.next_block);
        (Kept { totals, clean: false, commits: 0 }, lost)
    }

    fn add(&mut self, block: &Stored) {
        self.queued += block.waiting();
        self.next_sequence = self.next_sequence.max(block.first + u64::from(block.slots));
        self.next_block = self.next_block.max(block.id + 1);
    }
}

/// Copies all that can be read.
fn save(from: &Connection, path: &std::path::Path, to: &Builder) -> Result<Count, Failure> {
    let mut count = Count { before: Kept::read(from).ok().flatten(), ..Count::default() };
    let totals = count.before.as_ref().map(|kept| kept.totals.clone());
    for block in walk::Blocks::of(from, path, totals.as_ref()) {
        count.add(&block);
        to.block(&NewBlock {
            id: block.id,
            first: block.first,
            slots: block.slots,
            taken: block.taken,
            body: std::sync::Arc::new(block.body),
            done: block.done,
        })?;
    }
    for refused in walk::refused(from) {
        count.quarantined += 1;
        count.next_sequence = count.next_sequence.max(refused.sequence + 1);
        to.refused(&refused)?;
    }
    for (boot, offset) in read::clocks(from).unwrap_or_default() {
        to.clock(&boot, offset)?;
    }
    Ok(count)
}
