// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Hands in numbered readings and writes down what the outbox said, until somebody kills it.
//!
//! usage: proof-producer OUTBOX HOST:PORT RECORD FIRST SEED [BROKER LOGIN PASSWORD VHOST]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is to fail a test

use std::path::Path;
use std::time::Duration;

use byteport_core::outbox::{Durability, Order, Outbox, OutboxOptions};
use byteport_proof::random::Random;
use byteport_proof::record::Record;
use byteport_proof::{check, numbered};

/// Each thread takes two numbers in a row, and then leaves as many to the other.
const THREADS: u64 = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, host, record, first, seed, broker @ ..] = arguments.as_slice() else {
        panic!("usage: proof-producer OUTBOX HOST:PORT RECORD FIRST SEED [BROKER LOGIN PASSWORD VHOST]")
    };
    let (first, mut random) = (first.parse::<u64>().unwrap(), Random::new(seed.parse().unwrap()));
    let record = Record::append(Path::new(record));
    record.line("R");
    let client = numbered::options(host).timeout(Duration::from_secs(3));
    let client = byteport_core::Client::new(client).unwrap().into();
    let options = through(options(&mut random), broker, &mut random);
    let outbox = match Outbox::open(path, client, options) {
        Ok(outbox) => outbox,
        Err(error) => return record.line(&format!("E open: {error}")),
    };
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (outbox, record, random) = (&outbox, &record, random.fork());
            scope.spawn(move || produce(outbox, record, first + thread * 2, random));
        }
    });
}

fn options(random: &mut Random) -> OutboxOptions {
    let options = OutboxOptions::new()
        .max_disk(1 << 30)
        .commit_interval(Duration::from_millis(5 + random.below(60)))
        .sync_interval(Duration::from_millis(random.below(300)))
        .connections(*random.pick(&[1, 4]))
        .order(*random.pick(&[Order::OldestFirst, Order::NewestFirst]));
    // A small memory spills to the file at once.
    if random.chance(30) { options.max_memory(4096) } else { options }
}

/// The way: the broker where there is one, and otherwise the API, with or without lists.
fn through(options: OutboxOptions, broker: &[String], random: &mut Random) -> OutboxOptions {
    if let [url, login, password, vhost] = broker {
        let broker = numbered::broker([url, login, password, vhost]).timeout(Duration::from_secs(3));
        return options.broker(broker.max_list(*random.pick(&[600, 128 << 10])));
    }
    if random.chance(50) { options.legacy_key(numbered::LEGACY_KEY) } else { options }
}

fn produce(outbox: &Outbox, record: &Record, mut number: u64, mut random: Random) {
    loop {
        let mut last = 0;
        for _ in 0..=random.below(12) {
            for twin in 0..2 {
                match hand_in(outbox, record, number + twin, &mut random) {
                    Ok(sequence) => last = sequence,
                    Err(error) => return record.line(&format!("E enqueue: {error}")),
                }
            }
            number += THREADS * 2;
        }
        let pause = Duration::from_millis(random.below(40));
        let looked = outbox.wait_for(last, Durability::Disk, pause).and_then(|_| outbox.stats());
        let stats = match looked {
            Ok(stats) => stats,
            Err(error) => return record.line(&format!("E stats: {error}")),
        };
        record.watermarks(stats.committed_sequence, stats.synced_sequence);
        if let Some(flaw) = check::flaw(&stats) {
            return record.line(&format!("E accounting: {flaw}"));
        }
    }
}

fn hand_in(outbox: &Outbox, record: &Record, number: u64, random: &mut Random) -> byteport_core::Result<u64> {
    let level = match random.below(100) {
        0..40 => Durability::Memory,
        40..85 => Durability::Disk,
        85..95 => Durability::Synced,
        _ => Durability::Delivered,
    };
    record.intent(number);
    let receipt = outbox.enqueue_within(&numbered::reading(number), level, Duration::from_millis(400))?;
    record.accepted(number, &receipt);
    Ok(receipt.sequence)
}
