// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Counting readings in and out.
//!
//! Invariant: each is counted in one place at a time.

use std::time::Duration;

use log::Level;

use super::block::{Block, Place, Slot};
use super::file::{Stored, Taken};
use super::state::{Outcome, State};
use super::window::Spot;
use super::{Event, Reason};

/// The longest a block is open, so that the age of what is in it is known well enough.
const LONGEST_OPEN: Duration = Duration::from_secs(60);

impl State {
    /// Adds a line to the open block, and gives its number.
    pub fn append(
        &mut self,
        line: &[u8],
        now: Duration,
        wall: impl Fn() -> i64,
        boot: &str,
        most: usize,
    ) -> u64 {
        let is_old = now.saturating_sub(self.open.began) > LONGEST_OPEN;
        if self.open.count > 0 && (is_old || self.open.body.len() + line.len() > most) {
            self.seal(now, &wall, boot);
        }
        if self.open.count == 0 {
            self.open.began = now;
            if self.open.body.capacity() == 0 && !line.is_empty() {
                self.open.body.reserve(line.len().max(512));
            }
        }
        self.open.ended = now;
        self.open.count += 1;
        self.open.body.extend_from_slice(line);
        self.unfiled_bytes += line.len() as u64;
        self.unmetered += 1;
        self.queued += 1;
        self.next_sequence += 1;
        self.next_sequence - 1
    }

    /// Ends the open block. The next readings go in another.
    pub fn seal(&mut self, now: Duration, wall: impl Fn() -> i64, boot: &str) {
        if self.open.count == 0 {
            return;
        }
        let open = std::mem::take(&mut self.open);
        self.accepted_rate.add(now, std::mem::take(&mut self.unmetered));
        let since = i64::try_from(now.saturating_sub(open.ended).as_micros()).unwrap_or(0);
        let uptime = u64::try_from(open.ended.as_micros()).unwrap_or(u64::MAX);
        let taken = Taken { wall: wall().saturating_sub(since), boot: boot.to_owned(), uptime };
        let id = self.next_block;
        self.next_block += 1;
        let mut body = open.body;
        body.shrink_to_fit();
        self.blocks.insert(id, Block::new(id, self.next_sequence - open.count, body, taken));
        self.unfiled.push_back(id);
    }

    /// A reading is done: delivered, quarantined or dropped, which the caller has counted.
    pub fn done(&mut self, spot: Spot, now: Duration, outcome: impl FnOnce() -> Outcome) {
        let Some(block) = self.blocks.get_mut(&spot.block) else { return };
        if block.slot(spot.slot) == Slot::Done {
            return;
        }
        block.set(spot.slot, Slot::Done);
        self.queued = self.queued.saturating_sub(1);
        let sequence = block.sequence(spot.slot);
        let (left, place) = (block.left, block.place);
        if !self.outcomes.is_empty() {
            if let Some(waited) = self.outcomes.get_mut(&sequence) {
                *waited = Some(outcome());
            }
        }
        match place {
            Place::Memory if left == 0 => self.forget(spot.block),
            Place::Filed if left == 0 => {
                self.forget(spot.block);
                self.finished.insert(spot.block);
            }
            _ => {}
        }
        let due = match place {
            Place::Memory => &mut self.totals_due,
            _ => &mut self.marks_due,
        };
        if due.is_none() {
            *due = Some(now);
            self.marks_are_new = true;
        }
    }

    /// Takes a block out of memory; its readings are done, or in the file.
    pub fn forget(&mut self, id: u64) {
        let Some(block) = self.blocks.remove(&id) else { return };
        let bytes = block.body.len() as u64;
        if block.place == Place::Filed {
            if block.loaded {
                self.loaded_bytes = self.loaded_bytes.saturating_sub(bytes);
            }
        } else {
            self.unfiled.retain(|unfiled| *unfiled != id);
            self.unfiled_bytes -= bytes;
            if block.has_row {
                self.finished.insert(id);
            }
        }
    }

    /// A block of the file is in memory from now on, unless it was; what is damaged in it is counted out.
    pub fn bring_in(&mut self, stored: Stored) -> &mut Block {
        let (id, damaged) = (stored.id, u64::from(stored.damaged));
        if !self.blocks.contains_key(&id) {
            self.count_dropped(damaged, Reason::Damage);
            if damaged > 0 {
                self.marks_due = self.marks_due.or(Some(Duration::ZERO));
            }
        }
        self.blocks.entry(id).or_insert_with(|| Block::stored(stored))
    }

    /// Gives up what waits in a block, and forgets the block. The row, if there is one, is to be deleted by the caller.
    pub fn give_up(&mut self, id: u64, reason: Reason) -> u64 {
        let Some(block) = self.blocks.get(&id) else { return 0 };
        let left = u64::from(block.left);
        let range = (block.first, block.first + block.slots.len() as u64);
        self.window.recall(id);
        self.forget(id);
        self.count_dropped(left, reason);
        for (sequence, waited) in &mut self.outcomes {
            if (range.0..range.1).contains(sequence) && waited.is_none() {
                *waited = Some(Outcome::Dropped(reason));
            }
        }
        left
    }

    /// Counts readings that waited and are given up.
    pub fn count_dropped(&mut self, count: u64, reason: Reason) {
        if count == 0 {
            return;
        }
        self.queued = self.queued.saturating_sub(count);
        self.dropped.add(reason, count);
        let total = self.dropped.by(reason);
        if total.ilog2() > (total - count).checked_ilog2().unwrap_or(0) || total == count {
            self.note(Level::Warn, format!("{total} readings dropped so far: {}", reason.text()));
        }
        self.tell(|| Event::Dropped { count, reason });
    }

    /// The number of the oldest reading that waits, as far as memory knows; more than the newest where none does.
    pub fn first_waiting(&self) -> u64 {
        let in_memory = self.blocks.values().filter_map(Block::first_left).min();
        let open = (self.open.count > 0).then(|| self.next_sequence - self.open.count);
        let is_unloaded = |(id, ..): &&(u64, u64, Taken)| self.file_more && !self.blocks.contains_key(id);
        let in_file = self.file_oldest.as_ref().filter(is_unloaded).map(|(_, first, _)| *first);
        [in_memory, open, in_file].into_iter().flatten().min().unwrap_or(self.next_sequence)
    }

    /// Every reading up to this number is in the file, or no longer waits.
    pub fn committed(&self) -> u64 {
        let unfiled = self.unfiled.iter().filter_map(|id| self.blocks.get(id));
        let first = unfiled.filter_map(Block::first_left).next();
        let first = first.unwrap_or(self.next_sequence - self.open.count);
        self.unfiled_refusal.map_or(first, |refusal| refusal.min(first)).saturating_sub(1)
    }

    /// Every reading up to this number is forced onto the disk, or no longer waits.
    pub fn synced(&self) -> u64 {
        let first = self.first_waiting();
        self.synced.max(self.unsynced_refusal.map_or(first, |refusal| refusal.min(first)).saturating_sub(1))
    }

    /// How many readings wait that are not in the file.
    pub fn unfiled_count(&self) -> u64 {
        let sealed = self.unfiled.iter().filter_map(|id| self.blocks.get(id));
        self.open.count + sealed.map(|block| u64::from(block.left)).sum::<u64>()
    }
}
