// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What one transaction of the file holds, and what follows from its success or failure.
//!
//! Invariant: totals, marks and blocks of a batch are of one moment, so the file's accounting adds up after any kill.

use std::collections::HashSet;
use std::time::Duration;

use super::block::{Block, Place};
use super::file::{Batch, File, Taken, Totals, Trouble};
use super::keeper::TOTALS_INTERVAL;
use super::state::State;
use super::{OutboxOptions, Reason, line};

/// A quarantine that the file cannot take is kept in memory up to so many bytes.
const MOST_REFUSED: usize = 64 << 10;

/// So many rows go in one transaction, at the most: the write-ahead log holds the pages of each.
const MOST_DELETED: usize = 256;

impl State {
    /// What is to be written now, with these blocks of those that are not in the file.
    pub fn batch(&mut self, ids: &[u64], clean: bool) -> Batch {
        let mut batch = Batch { clean, ..Batch::default() };
        for block in self.blocks.values_mut() {
            match block.place {
                Place::Memory if ids.contains(&block.id) => {
                    block.place = Place::Writing;
                    block.marked = false;
                    batch.blocks.push(block.row());
                }
                Place::Filed if block.marked => {
                    block.marked = false;
                    batch.done.push((block.id, block.done_bits()));
                }
                _ => {}
            }
        }
        let rest = self.finished.iter().nth(MOST_DELETED).copied();
        let rest = rest.map(|id| self.finished.split_off(&id)).unwrap_or_default();
        batch.deleted = std::mem::replace(&mut self.finished, rest).into_iter().collect();
        batch.replaced = std::mem::take(&mut self.thinned);
        batch.refused = self.refused.drain(..).collect();
        batch.clocks = self.new_clocks.clone();
        batch.totals = self.totals();
        self.totals_due = None;
        self.marks_due = (!self.finished.is_empty()).then_some(Duration::ZERO);
        batch
    }

    /// The totals as they will be in the file: without what is only in memory.
    pub fn totals(&self) -> Totals {
        let unfiled = self.unfiled.iter().filter_map(|id| self.blocks.get(id));
        let in_memory =
            unfiled.filter(|block| block.place == Place::Memory).map(|block| u64::from(block.left));
        Totals {
            delivered: self.delivered,
            dropped: self.dropped,
            quarantined: self.quarantined,
            queued: self.queued.saturating_sub(self.open.count + in_memory.sum::<u64>()),
            next_sequence: self.next_sequence,
            next_block: self.next_block,
        }
    }

    /// The batch is in the file; forced onto the disk, if `synced`.
    pub fn written(
        &mut self,
        batch: &Batch,
        synced: bool,
        quarantine_dropped: u64,
        now: Duration,
        interval: Duration,
    ) {
        for row in &batch.blocks {
            self.filed(row.id, row.first);
        }
        if !batch.replaced.is_empty() {
            (self.file_more, self.rewind) = (true, true); // they were passed while their thinner bodies were due
        }
        if !batch.clocks.is_empty() {
            self.clocks.extend(batch.clocks.iter().cloned());
            self.new_clocks.clear();
        }
        if quarantine_dropped > 0 {
            self.quarantined = self.quarantined.saturating_sub(quarantine_dropped);
            self.queued += quarantine_dropped; // counted out again by the next line
            self.count_dropped(quarantine_dropped, Reason::Quarantine);
        }
        if self.refused.is_empty() {
            self.unfiled_refusal = None;
            self.unsynced_refusal = self.unsynced_refusal.filter(|_| !synced);
        }
        if synced {
            self.synced = self.committed();
            self.sync_due = None;
        } else if !batch.blocks.is_empty() || !batch.refused.is_empty() {
            self.sync_due = self.sync_due.or(Some(now.saturating_add(interval)));
        }
    }

    fn filed(&mut self, id: u64, first: u64) {
        let Some(block) = self.blocks.get_mut(&id) else { return };
        block.place = Place::Filed;
        let (bytes, left, loaded, taken) =
            (block.body.len() as u64, block.left, block.loaded, block.taken.clone());
        self.unfiled.retain(|unfiled| *unfiled != id);
        self.unfiled_bytes -= bytes;
        if loaded {
            self.loaded_bytes += bytes;
        }
        if left == 0 {
            self.forget(id);
            self.finished.insert(id);
            return;
        }
        if self.file_oldest.as_ref().is_none_or(|(oldest, ..)| id < *oldest) {
            self.file_oldest = Some((id, first, taken));
        }
        if !loaded {
            self.blocks.remove(&id);
            // After a rescue, rows with greater ids may have been loaded.
            (self.file_more, self.rewind) = (true, true);
        }
    }

    /// The batch is not in the file: all of it is to be written another time.
    pub fn not_written(&mut self, batch: Batch) {
        for row in &batch.blocks {
            let Some(block) = self.blocks.get_mut(&row.id) else { continue };
            block.place = Place::Memory;
            if block.left == 0 {
                self.forget(row.id);
            }
        }
        for block in self.blocks.values_mut().filter(|block| block.place == Place::Filed) {
            block.marked |= block.left < block.slot_count();
        }
        self.finished.extend(batch.deleted);
        self.thinned.extend(batch.replaced);
        self.commit_due = Some(Duration::ZERO);
        for refused in batch.refused.into_iter().rev() {
            self.refused.push_front(refused);
        }
        self.bound_refused();
    }

    /// Gives up the oldest of a quarantine that grows while the file cannot be written.
    pub fn bound_refused(&mut self) {
        let mut bytes: usize =
            self.refused.iter().map(|refused| refused.line.len() + refused.why.len()).sum();
        while bytes > MOST_REFUSED {
            let Some(oldest) = self.refused.pop_front() else { return };
            bytes -= oldest.line.len() + oldest.why.len();
            self.quarantined = self.quarantined.saturating_sub(1);
            self.queued += 1; // counted out again by the next line
            self.count_dropped(1, Reason::Quarantine);
        }
    }

    /// A block of the file is in memory only, as after the file was lost: it is written anew.
    fn unfile(&mut self, id: u64) {
        let Some(block) = self.blocks.get_mut(&id) else { return };
        block.place = Place::Memory;
        let bytes = block.body.len() as u64;
        self.unfiled_bytes += bytes;
        if block.loaded {
            self.loaded_bytes = self.loaded_bytes.saturating_sub(bytes);
        }
        let place = self.unfiled.partition_point(|other| *other < id);
        self.unfiled.insert(place, id);
    }

    /// How many readings a thinner body has that is still to be written.
    fn thinned_left(&self, id: u64) -> u64 {
        let body =
            self.thinned.iter().rev().find(|(thinned, _)| *thinned == id).map(|(_, body)| body.as_slice());
        line::spans(body.unwrap_or_default()).filter(|span| !span.is_empty()).count() as u64
    }

    /// The blocks that are not in the file and can be written, oldest first.
    pub fn writable(&self) -> impl Iterator<Item = &Block> {
        let blocks = self.unfiled.iter().filter_map(|id| self.blocks.get(id));
        blocks.filter(|block| block.place == Place::Memory && block.left > 0)
    }

    /// Whether so much is in memory only that it is to be written now.
    pub fn is_much(&self, options: &OutboxOptions) -> bool {
        let is_enough = self.commit_due.is_some() && self.unfiled_bytes >= options.commit_bytes;
        is_enough || self.unfiled_bytes > options.max_memory / 4 * 3
    }

    /// Whether there is something that the file is to know.
    pub fn has_news(&self, now: Duration, with_blocks: bool) -> bool {
        let totals = self.totals_due.is_some_and(|since| since.saturating_add(TOTALS_INTERVAL) <= now);
        let marks = self.blocks.values().any(|block| block.place == Place::Filed && block.marked);
        let ended = !self.finished.is_empty()
            || !self.thinned.is_empty()
            || !self.refused.is_empty()
            || !self.new_clocks.is_empty();
        totals || marks || ended || with_blocks && self.writable().next().is_some()
    }

    /// The block of the oldest reading in memory that is not in the file, if it is at rest.
    pub fn first_at_rest(&self) -> Option<&Block> {
        self.writable().find(|block| !block.is_going())
    }

    /// When the oldest block was taken in, as far as memory knows.
    pub fn oldest(&self) -> Option<Taken> {
        let in_file = self.file_oldest.as_ref().filter(|_| self.file_more);
        let in_memory = self.blocks.values().find(|block| block.left > 0);
        match (in_file, in_memory) {
            (Some((id, _, taken)), Some(block)) if *id < block.id && !self.finished.contains(id) => {
                Some(taken.clone())
            }
            (_, Some(block)) => Some(block.taken.clone()),
            // One that is done stands for those behind it until the next transaction.
            (Some((_, _, taken)), None) if self.queued > 0 => Some(taken.clone()),
            _ => None,
        }
    }

    /// The file is known for the first time: what it holds is added to what memory holds.
    pub fn begin(&mut self, totals: &Totals, clean: bool) -> Result<(), Trouble> {
        self.delivered += totals.delivered;
        self.quarantined += totals.quarantined;
        self.queued += totals.queued;
        for reason in Reason::ALL {
            self.dropped.add(reason, totals.dropped.by(reason));
        }
        // What a process wrote that was killed may not be on the disk yet.
        if self.next_sequence == 1 && clean {
            self.synced = totals.next_sequence.saturating_sub(1);
        } else if !clean {
            self.sync_due = Some(Duration::ZERO);
        }
        Ok(())
    }

    /// The file was opened again after trouble: what it has lost is counted, and what memory knows better is written anew.
    pub fn recount(&mut self, file: &File, quarantined: u64) -> Result<(), Trouble> {
        let in_memory =
            self.open.count + self.blocks.values().map(|block| u64::from(block.left)).sum::<u64>();
        let had = self.queued.saturating_sub(in_memory);
        let (mut has, mut after) = (0, 0);
        let mut filed: HashSet<u64> = HashSet::new();
        while let Some(stored) = file.next(after)? {
            after = stored.id;
            match self.blocks.get_mut(&after) {
                Some(block) if block.place == Place::Filed && *block.body == stored.body => {
                    block.marked = block.left < block.slot_count();
                    filed.insert(after);
                }
                // What memory has is written in its place.
                Some(block) => block.has_row = true,
                None if self.finished.contains(&after) => {}
                None if self.thinned.iter().any(|(id, _)| *id == after) => has += self.thinned_left(after),
                // Those whose line is damaged are counted out where the block is loaded.
                None => has += u64::from(stored.damaged) + u64::from(Block::stored(stored).left),
            }
        }
        let lost = |block: &&Block| block.place == Place::Filed && !filed.contains(&block.id);
        let lost: Vec<u64> = self.blocks.values().filter(lost).map(|block| block.id).collect();
        lost.into_iter().for_each(|id| self.unfile(id));
        // What was done and is there again is sent again: it is counted where it is.
        let again = has.saturating_sub(had);
        self.queued += again;
        self.delivered = self.delivered.saturating_sub(again);
        self.count_dropped(had.saturating_sub(has), Reason::Damage);
        let refused = quarantined + self.refused.len() as u64;
        let lost = self.quarantined.saturating_sub(refused);
        self.quarantined -= lost;
        self.queued += lost; // counted out again by the next line
        self.count_dropped(lost, Reason::Damage);
        Ok(())
    }
}
