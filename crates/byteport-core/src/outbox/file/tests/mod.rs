// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The file with real files: what they share.

mod damage;
mod flips;
mod owners;
mod places;
mod rows;
mod space;

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::model::{Reading, Timestamp};
use crate::outbox::line::{self, When};
use crate::outbox::stats::Reason;

const MIB: u64 = 1 << 20;
const DISK: u64 = 16 * MIB;

/// A folder of its own, and the path of an outbox in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    (folder, path)
}

fn open(path: &std::path::Path) -> Opened {
    File::open(path, DISK).unwrap()
}

/// The lines of readings with these numbers, each about `length` bytes longer than it need be.
fn lines(numbers: std::ops::Range<u64>, length: usize) -> Vec<u8> {
    let mut body = Vec::new();
    for number in numbers {
        let mut reading = Reading::new();
        reading.set("n", number as i64).unwrap();
        reading.set("text", "x".repeat(length)).unwrap();
        let when = When::Wall(Timestamp::from_micros(1_430_438_400_000_000 + number as i64));
        line::write(&mut body, &when, "garage", "cart", &reading).unwrap();
    }
    body
}

fn block(id: u64, first: u64, slots: u64, length: usize) -> NewBlock {
    NewBlock {
        id,
        first,
        slots: slots as u32,
        taken: Taken { wall: 1_430_438_400_000_000 + id as i64, boot: "b-1".to_owned(), uptime: id },
        body: Arc::new(lines(first..first + slots, length)),
        done: Vec::new(),
    }
}

fn refused(sequence: u64, length: usize) -> Refused {
    let mut line = lines(sequence..sequence + 1, length);
    line.pop();
    Refused { sequence, at: 7, status: 400, why: "400: no".to_owned(), line }
}

/// Readings 1.. in blocks of several sizes, and what the totals say of them.
fn fill(file: &mut File, readings: u64, length: usize) -> Totals {
    let mut totals = Totals { next_sequence: 1, next_block: 1, ..Totals::default() };
    let sizes = [1, 7, 40, 200, 90].into_iter().cycle();
    for slots in sizes {
        let slots = slots.min(readings + 1 - totals.next_sequence);
        if slots == 0 {
            return totals;
        }
        let blocks = vec![block(totals.next_block, totals.next_sequence, slots, length)];
        totals.next_sequence += slots;
        totals.next_block += 1;
        totals.queued += slots;
        file.write(&Batch { blocks, totals: totals.clone(), ..Batch::default() }, false).unwrap();
    }
    totals
}

fn close(mut file: File, totals: &Totals) {
    file.write(&Batch { totals: totals.clone(), clean: true, ..Batch::default() }, true).unwrap();
}

/// All blocks, from the start.
fn all(file: &File) -> Vec<Stored> {
    let mut all: Vec<Stored> = Vec::new();
    while let Some(next) = file.next(all.last().map_or(0, |last| last.id)).unwrap() {
        all.push(next);
    }
    all
}

/// The numbers of the readings that wait and can be read, each of which has to be in its own slot.
fn numbers(blocks: &[Stored]) -> Vec<u64> {
    let placed = placed(blocks);
    assert!(placed.iter().all(|(sequence, number)| sequence == number));
    placed.into_iter().map(|(_, number)| number).collect()
}

/// The readings that wait and can be read: the sequence number of the slot, and the reading's own.
fn placed(blocks: &[Stored]) -> Vec<(u64, u64)> {
    let mut placed = Vec::new();
    for stored in blocks {
        let spans: Vec<_> = line::spans(&stored.body).collect();
        assert_eq!(spans.len(), stored.slots as usize);
        for (slot, span) in spans.into_iter().enumerate() {
            let done = stored.done.get(slot / 8).is_some_and(|byte| byte >> (slot % 8) & 1 == 1);
            if !span.is_empty() && !done {
                let read = line::read(&stored.body[span]).unwrap();
                let number: u64 = read.form.split('&').next().unwrap()[2..].parse().unwrap();
                placed.push((stored.first + slot as u64, number));
            }
        }
    }
    placed
}

fn accepted(totals: &Totals) -> u64 {
    totals.delivered + totals.dropped.total() + totals.quarantined + totals.queued
}

/// Rising numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
