// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Blocks: the readings that were taken in one after the other, as lines of text. One block is one row of the file.
//!
//! Invariants: a slot's number in its block never changes, for the sequence number is counted by it; a slot that is done is
//! never sent again by this process.

use std::ops::Range;
use std::sync::Arc;

use super::file::{NewBlock, Stored, Taken};
use super::line;

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// It waits.
    Waiting,
    /// It is on its way to the service.
    Going,
    /// Delivered, quarantined or dropped.
    Done,
}

/// Where a block's row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: the block is in memory only.
    Memory,
    /// It is being written.
    Writing,
    /// In the file.
    Filed,
}

/// A sealed block in memory.
#[derive(Debug)]
pub(super) struct Block {
    pub id: u64,
    pub first: u64,
    pub body: Arc<Vec<u8>>,
    pub spans: Vec<Range<u32>>,
    pub slots: Vec<Slot>,
    /// How many slots are not done.
    pub left: u32,
    pub place: Place,
    /// Whether its lines are in the window.
    pub loaded: bool,
    /// Whether the file may hold a row of it, though it is in memory only.
    pub has_row: bool,
    /// Whether slots were done since its row was written.
    pub marked: bool,
    pub taken: Taken,
}

impl Block {
    /// A block that was just taken in.
    pub fn new(id: u64, first: u64, body: Vec<u8>, taken: Taken) -> Block {
        Block::with(id, first, body, taken, &[])
    }

    /// A block as the file has it.
    pub fn stored(stored: Stored) -> Block {
        let block = Block::with(stored.id, stored.first, stored.body, stored.taken, &stored.done);
        Block { place: Place::Filed, marked: stored.damaged > 0, ..block }
    }

    fn with(id: u64, first: u64, body: Vec<u8>, taken: Taken, done: &[u8]) -> Block {
        // A block is far shorter than 4 GiB: no reading is longer than the memory's bound.
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let spans: Vec<Range<u32>> =
            line::spans(&body).map(|span| short(span.start)..short(span.end)).collect();
        let is_done = |(slot, span): (usize, &Range<u32>)| {
            span.is_empty() || done.get(slot / 8).is_some_and(|byte| byte >> (slot % 8) & 1 == 1)
        };
        let slots: Vec<Slot> = spans
            .iter()
            .enumerate()
            .map(|slot| if is_done(slot) { Slot::Done } else { Slot::Waiting })
            .collect();
        let left = short(slots.iter().filter(|slot| **slot != Slot::Done).count());
        let body = Arc::new(body);
        Block {
            id,
            first,
            body,
            spans,
            slots,
            left,
            place: Place::Memory,
            loaded: false,
            has_row: false,
            marked: false,
            taken,
        }
    }

    /// How many slots it has.
    pub fn slot_count(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// Where in the body a slot's text is.
    pub fn span(&self, slot: u32) -> Range<usize> {
        let span = self.spans.get(slot as usize).cloned().unwrap_or(0..0);
        span.start as usize..span.end as usize
    }

    /// The text of a slot; empty where there is none.
    pub fn line(&self, slot: u32) -> &[u8] {
        self.body.get(self.span(slot)).unwrap_or_default()
    }

    /// How far a slot is.
    pub fn slot(&self, slot: u32) -> Slot {
        self.slots.get(slot as usize).copied().unwrap_or(Slot::Done)
    }

    /// Sets how far a slot is.
    pub fn set(&mut self, slot: u32, to: Slot) {
        let Some(there) = self.slots.get_mut(slot as usize) else { return };
        if to == Slot::Done && *there != Slot::Done {
            self.left -= 1;
            self.marked = true;
        }
        *there = to;
    }

    /// The sequence number of a slot.
    pub fn sequence(&self, slot: u32) -> u64 {
        self.first + u64::from(slot)
    }

    /// Whether one of its readings is on its way.
    pub fn is_going(&self) -> bool {
        self.slots.contains(&Slot::Going)
    }

    /// The number of its first reading that is not done.
    pub fn first_left(&self) -> Option<u64> {
        let slot = self.slots.iter().position(|slot| *slot != Slot::Done)?;
        Some(self.first + slot as u64)
    }

    /// The slots that are done, a bit each.
    pub fn done_bits(&self) -> Vec<u8> {
        let mut bits = vec![0; self.slots.len().div_ceil(8)];
        for (slot, state) in self.slots.iter().enumerate() {
            if let (Slot::Done, Some(byte)) = (state, bits.get_mut(slot / 8)) {
                *byte |= 1 << (slot % 8);
            }
        }
        if bits.iter().all(|byte| *byte == 0) { Vec::new() } else { bits }
    }

    /// The row to be written.
    pub fn row(&self) -> NewBlock {
        NewBlock {
            id: self.id,
            first: self.first,
            slots: self.slot_count(),
            taken: self.taken.clone(),
            body: Arc::clone(&self.body),
            done: self.done_bits(),
        }
    }
}

/// The block that readings are added to.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub body: Vec<u8>,
    pub count: u64,
    /// When its first and its last reading were taken in, in uptime.
    pub began: std::time::Duration,
    pub ended: std::time::Duration,
}
