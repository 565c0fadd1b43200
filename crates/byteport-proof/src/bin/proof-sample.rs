// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A small piece of work with everything in it, for a recorder of its file operations: readings at each level, memory that
//! spills, deliveries, refusals, checkpoints, closing and opening again. What was promised goes to a marker file.
//!
//! usage: proof-sample OUTBOX MARKER SEED
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is to fail a test

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use byteport_core::outbox::{Durability, Outbox, OutboxOptions};
use byteport_proof::random::Random;
use byteport_proof::record::Record;
use byteport_proof::recorder::{Recorder, Seen, answer};
use byteport_proof::{check, numbered};

/// The service refuses every number of these for good.
const REFUSED: u64 = 17;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, marker, seed] = arguments.as_slice() else {
        panic!("usage: proof-sample OUTBOX MARKER SEED")
    };
    let record = Arc::new(Record::append(Path::new(marker)));
    let is_up = Arc::new(AtomicBool::new(false));
    let (up, notes) = (Arc::clone(&is_up), Arc::clone(&record));
    let service = Recorder::start(move |seen| reply(seen, up.load(Ordering::SeqCst), &notes));
    let mut sample = Sample { record, random: Random::new(seed.parse().unwrap()), next: 0 };
    for round in 0..3 {
        sample.record.line("R");
        let outbox = Outbox::open(path, numbered::client(&service.host()), options()).unwrap();
        sample.hand_in(&outbox, 24);
        is_up.store(round < 2, Ordering::SeqCst);
        outbox.flush(Duration::from_secs(if round < 2 { 20 } else { 0 })).unwrap();
        sample.look(&outbox);
        is_up.store(false, Ordering::SeqCst);
        sample.hand_in(&outbox, 10);
        outbox.close(Duration::ZERO).unwrap();
        sample.record.line("C 1000000");
    }
}

/// Every kind of commit comes soon, and every bound on memory is reached.
fn options() -> OutboxOptions {
    OutboxOptions::new()
        .max_disk(256 << 10)
        .max_memory(4096)
        .commit_bytes(1024)
        .commit_interval(Duration::from_millis(20))
        .sync_interval(Duration::from_millis(50))
}

/// What the service does with a call; what it took is marked before the answer.
fn reply(seen: &Seen, is_up: bool, record: &Record) -> Vec<u8> {
    let values = seen.form().into_iter().filter_map(|(_, value)| value.parse().ok());
    let numbers: Vec<u64> = values.filter_map(numbered::number_of).collect();
    if !is_up {
        return answer("503 Service Unavailable", "", "");
    }
    if numbers.iter().any(|number| number % REFUSED == 5) {
        return answer("400 Bad Request", "", "no");
    }
    numbers.iter().for_each(|number| record.line(&format!("D {number}")));
    answer("200 OK", "", "{}")
}

struct Sample {
    record: Arc<Record>,
    random: Random,
    next: u64,
}

impl Sample {
    fn hand_in(&mut self, outbox: &Outbox, count: u64) {
        for _ in 0..count {
            let levels = [Durability::Memory, Durability::Disk, Durability::Disk, Durability::Synced];
            let level = *self.random.pick(&levels);
            self.record.intent(self.next);
            let receipt = outbox.enqueue(&numbered::reading(self.next), level).unwrap();
            self.record.accepted(self.next, &receipt);
            self.next += 1;
            if self.random.chance(20) {
                let wait = Duration::from_millis(self.random.below(60));
                outbox.wait_for(receipt.sequence, Durability::Disk, wait).unwrap();
                self.look(outbox);
            }
        }
    }

    fn look(&self, outbox: &Outbox) {
        let stats = outbox.stats().unwrap();
        check::sound(&stats);
        self.record.watermarks(stats.committed_sequence, stats.synced_sequence);
    }
}
