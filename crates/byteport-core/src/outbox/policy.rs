// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What gives way when there is no room for a reading that comes.

use std::collections::HashMap;

use super::block::{Block, Place, Slot};
use super::line;
use super::state::{Outcome, State};
use super::{DiskState, Durability, OutboxOptions, Reason, WhenFull};

/// Whether a reading can be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Yes,
    /// The reading that comes is to be dropped.
    Drop,
    /// It is to be refused.
    Refuse,
    /// Not yet.
    Wait,
}

impl From<WhenFull> for Room {
    fn from(choice: WhenFull) -> Room {
        match choice {
            WhenFull::DropOldest | WhenFull::ThinOut => Room::Yes,
            WhenFull::DropNewest => Room::Drop,
            WhenFull::Reject => Room::Refuse,
            WhenFull::Block => Room::Wait,
        }
    }
}

impl State {
    /// Whether a line of this length can be taken in; makes room in memory where the options want that.
    pub fn room(&mut self, length: u64, durability: Durability, options: &OutboxOptions) -> Room {
        let choice = Room::from(options.when_full);
        let count_is_full = self.queued >= options.max_count;
        let file_is_full = self.disk == DiskState::Full && durability >= Durability::Disk;
        if (count_is_full || file_is_full) && choice != Room::Yes {
            return choice;
        }
        if self.unfiled_bytes + length <= options.max_memory {
            return Room::Yes;
        }
        match (self.disk, choice) {
            (DiskState::Ok, _) => Room::Wait, // for the keeper, who is about to write
            (_, Room::Yes) => self.shed_memory(length, options),
            (_, choice) => choice,
        }
    }

    /// Gives up the oldest in memory, or thins it out, until the line fits.
    pub fn shed_memory(&mut self, length: u64, options: &OutboxOptions) -> Room {
        if options.when_full == WhenFull::ThinOut {
            self.thin_memory();
        }
        while self.unfiled_bytes + length > options.max_memory {
            let oldest = self.writable().find(|block| !block.is_going()).map(|block| block.id);
            let Some(oldest) = oldest else { return Room::Drop };
            self.give_up(oldest, Reason::Full);
        }
        Room::Yes
    }

    /// Thins the older half of the blocks out that are in memory only.
    pub fn thin_memory(&mut self) {
        let ids: Vec<u64> = self.writable().filter(|block| !block.is_going()).map(|block| block.id).collect();
        let mut turns = Turns::default();
        for id in ids.iter().take(ids.len().div_ceil(2)) {
            let Some(block) = self.blocks.get(id) else { continue };
            let (body, dropped) = turns.thin(block);
            self.replace(*id, body, &dropped, Place::Memory);
        }
    }

    /// Puts a thinner body in a block's place; the block is loaded again when its turn comes.
    fn replace(&mut self, id: u64, body: Vec<u8>, dropped: &[u64], place: Place) {
        self.window.recall(id);
        let Some(old) = self.blocks.get(&id) else { return };
        let mut block = Block::new(id, old.first, body, old.taken.clone());
        (block.place, block.has_row) = (place, old.has_row);
        if place != Place::Filed {
            self.unfiled_bytes -= (old.body.len() - block.body.len().min(old.body.len())) as u64;
        }
        let is_empty = block.left == 0;
        self.blocks.insert(id, block);
        if is_empty {
            self.forget(id);
        }
        self.thinned_out(dropped);
    }

    /// Counts readings out that gave way to others, and tells who waits for one.
    pub fn thinned_out(&mut self, sequences: &[u64]) {
        self.count_dropped(sequences.len() as u64, Reason::Thinned);
        for sequence in sequences {
            if let Some(waited) = self.outcomes.get_mut(sequence) {
                *waited = Some(Outcome::Dropped(Reason::Thinned));
            }
        }
    }
}

/// Whose turn it is to be kept, by device.
#[derive(Debug, Default)]
pub(super) struct Turns(HashMap<String, bool>);

impl Turns {
    /// The block's body without every second of each device's readings; their slots, and those of readings that are done, stay
    /// as empty lines. And the numbers of those that were dropped.
    pub fn thin(&mut self, block: &Block) -> (Vec<u8>, Vec<u64>) {
        let (mut body, mut dropped) = (Vec::with_capacity(block.body.len()), Vec::new());
        for slot in 0..block.slot_count() {
            let line = block.line(slot);
            if block.slot(slot) == Slot::Waiting {
                match self.keeps(line) {
                    true => body.extend_from_slice(line),
                    false => dropped.push(block.sequence(slot)),
                }
            }
            body.push(b'\n');
        }
        (body, dropped)
    }

    fn keeps(&mut self, line: &[u8]) -> bool {
        let address = line::read(line).map(|line| line.address).unwrap_or_default();
        let keeps = self.0.entry(address.to_owned()).or_default();
        *keeps = !*keeps;
        *keeps
    }
}
