// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What gives way in the file: the oldest blocks, or every second reading of the older half.
//!
//! Invariant: a block with a reading on its way is left alone, so nothing is counted both as dropped and as delivered.

use super::block::{Block, Slot};
use super::file::{File, Trouble};
use super::policy::Turns;
use super::shared::Shared;
use super::state::{Outcome, State};
use super::window::Spot;
use super::{OutboxOptions, Reason, WhenFull};

/// So many bytes of thinner bodies are written at once, at the most.
const PORTION: u64 = 128 << 10;

/// A walk through the older half of the file.
#[derive(Debug)]
pub(super) struct Thinning {
    after: u64,
    left: u64,
    portion: usize,
    turns: Turns,
}

impl Thinning {
    /// Of a file that holds this many bytes.
    pub fn of(bytes: u64, options: &OutboxOptions) -> Thinning {
        // One transaction is to fit the write-ahead log's share of a small outbox, too.
        let portion = usize::try_from((options.max_disk / 64).min(PORTION)).unwrap_or(0);
        Thinning { after: 0, left: bytes / 2, portion, turns: Turns::default() }
    }
}

impl State {
    /// Whether a block of the file may be taken away or changed.
    fn is_at_rest(&self, id: u64) -> bool {
        !self.finished.contains(&id) && self.blocks.get(&id).is_none_or(|block| !block.is_going())
    }

    /// Takes the oldest blocks out of the file until `enough` of the bytes freed so far and the next block. The rows go with the
    /// next batch.
    pub fn shed_file(
        &mut self,
        file: &File,
        reason: Reason,
        mut enough: impl FnMut(&State, u64, &Block) -> bool,
    ) -> Result<(), Trouble> {
        let (mut after, mut freed) = (0, 0);
        while let Some(stored) = file.next(after)? {
            let damaged = u64::from(stored.damaged);
            let block = Block::stored(stored);
            after = block.id;
            if !self.is_at_rest(after) {
                continue;
            }
            if enough(self, freed, &block) {
                break;
            }
            freed += block.body.len() as u64;
            self.count_out_damaged(after, damaged);
            // Memory knows better than the file what was delivered.
            self.blocks.entry(after).or_insert(block);
            self.give_up(after, reason);
            self.finished.insert(after);
        }
        Ok(())
    }

    /// Counts out what is damaged in a block of the file, unless that was done when it was loaded.
    fn count_out_damaged(&mut self, id: u64, damaged: u64) {
        if !self.blocks.contains_key(&id) {
            self.count_dropped(damaged, Reason::Damage);
        }
    }

    /// Drops the oldest readings, one by one, until no more wait than `most`.
    pub fn shed_count(
        &mut self,
        file: Option<&File>,
        most: u64,
        now: std::time::Duration,
    ) -> Result<(), Trouble> {
        if let Some(file) = file {
            self.shed_file(file, Reason::Full, |state, _, block| {
                state.queued.saturating_sub(u64::from(block.left)) < most || state.queued <= most
            })?;
            let mut after = 0;
            while self.queued > most {
                let Some(stored) = file.next(after)? else { break };
                after = stored.id;
                if self.is_at_rest(after) {
                    self.bring_in(stored);
                    self.shed_slots(after, most, now);
                }
            }
        }
        while self.queued > most {
            let oldest = self.writable().find(|block| !block.is_going()).map(|block| block.id);
            let Some(oldest) = oldest else { break };
            self.shed_slots(oldest, most, now);
        }
        Ok(())
    }

    fn shed_slots(&mut self, id: u64, most: u64, now: std::time::Duration) {
        let excess = self.queued.saturating_sub(most);
        let Some(block) = self.blocks.get(&id) else { return };
        let waiting = (0..block.slot_count()).filter(|slot| block.slot(*slot) == Slot::Waiting);
        let slots: Vec<u32> = waiting.take(usize::try_from(excess).unwrap_or(usize::MAX)).collect();
        let count = slots.len() as u64;
        for slot in slots {
            self.done(Spot { block: id, slot }, now, || Outcome::Dropped(Reason::Full));
        }
        self.queued += count; // counted out by `done`, and again by the next line
        self.count_dropped(count, Reason::Full);
    }

    /// Thins the next portion of the older half of the file out: gives the bodies that are to be written in place of theirs;
    /// none at its end.
    pub fn thin_file(
        &mut self,
        file: &File,
        thinning: &mut Thinning,
    ) -> Result<Vec<(u64, Vec<u8>)>, Trouble> {
        let (mut thinned, mut held) = (Vec::new(), 0);
        while thinning.left > 0 && held < thinning.portion {
            let Some(stored) = file.next(thinning.after)? else {
                thinning.left = 0;
                break;
            };
            thinning.after = stored.id;
            thinning.left = thinning.left.saturating_sub(stored.body.len() as u64);
            if !self.is_at_rest(stored.id) {
                continue;
            }
            let id = stored.id;
            let block = self.bring_in(stored);
            let (body, dropped) = thinning.turns.thin(block);
            let is_news = !dropped.is_empty() || block.marked;
            self.window.recall(id);
            self.forget(id);
            self.thinned_out(&dropped);
            (self.file_more, self.rewind) = (true, true);
            if body.iter().all(|byte| *byte == b'\n') {
                self.finished.insert(id);
            } else if is_news {
                held += body.len();
                thinned.push((id, body));
            }
        }
        Ok(thinned)
    }
}

impl Shared {
    /// Makes room in the file for so many bytes, where what was accepted may be let go, or was delivered.
    pub fn make_room_in(&self, file: &mut File, bytes: usize) -> Result<(), Trouble> {
        if !file.can_hold(bytes) {
            return Ok(()); // however much is given up
        }
        if self.options.when_full == WhenFull::ThinOut && file.lacks_room(bytes)? {
            let mut thinning = Thinning::of(file.used_bytes(), &self.options);
            self.thin(file, &mut thinning)?;
        }
        let lets_go = matches!(self.options.when_full, WhenFull::ThinOut | WhenFull::DropOldest);
        while file.lacks_room(bytes)? {
            let mut state = self.lock();
            if lets_go && state.finished.is_empty() {
                state.shed_file(file, Reason::Full, |_, freed, _| freed >= bytes as u64)?;
            }
            if state.finished.is_empty() {
                break;
            }
            let batch = state.batch(&[], false);
            drop(state);
            self.write(file, batch, false)?;
        }
        Ok(())
    }

    /// Thins the older half of the file out.
    pub fn thin(&self, file: &mut File, thinning: &mut Thinning) -> Result<(), Trouble> {
        loop {
            let mut state = self.lock();
            let replaced = state.thin_file(file, thinning)?;
            if replaced.is_empty() && thinning.left == 0 {
                return Ok(());
            }
            let mut batch = state.batch(&[], false);
            batch.replaced.extend(replaced);
            drop(state);
            self.write(file, batch, false)?;
        }
    }
}

#[cfg(test)]
mod tests;
