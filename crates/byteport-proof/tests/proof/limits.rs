// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Random work with tiny bounds: they hold, and every snapshot adds up.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use byteport_core::outbox::{Durability, Order, Outbox, OutboxOptions, WhenFull};
use byteport_core::{Client, ErrorCode};
use byteport_proof::random::{self, Random};
use byteport_proof::recorder::{Recorder, answer};
use byteport_proof::{check, numbered};
use tempfile::TempDir;

const MAX_DISK: u64 = 256 << 10;
const MAX_MEMORY: u64 = 4096;

struct World {
    folder: TempDir,
    client: Arc<Client>,
    is_up: Arc<AtomicBool>,
    /// Numbers that the service took.
    taken: Arc<Mutex<BTreeSet<u64>>>,
    random: Random,
    choice: WhenFull,
    max_count: u64,
    next: u64,
    /// Readings that were accepted, by what the calls said.
    accepted: u64,
}

impl World {
    fn new(random: Random, choice: WhenFull, max_count: u64) -> World {
        let (is_up, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
        let (up, notes) = (Arc::clone(&is_up), Arc::clone(&taken));
        let service = Recorder::start(move |seen| {
            if !up.load(Ordering::SeqCst) {
                return answer("503 Service Unavailable", "", "");
            }
            let values =
                seen.form().into_iter().filter(|(name, _)| numbered::FIELDS.contains(&name.as_str()));
            let numbers = values.map(|(_, value)| value.parse().ok().and_then(numbered::number_of).unwrap());
            notes.lock().unwrap().extend(numbers);
            answer("200 OK", "", "{}")
        });
        let client = numbered::client(&service.host());
        let folder = TempDir::new().unwrap();
        World { folder, client, is_up, taken, random, choice, max_count, next: 0, accepted: 0 }
    }

    fn open(&mut self) -> Outbox {
        let options = OutboxOptions::new()
            .max_disk(MAX_DISK)
            .max_memory(MAX_MEMORY)
            .max_count(self.max_count)
            .when_full(self.choice)
            .timeout(Duration::from_millis(20))
            .commit_interval(Duration::from_millis(self.random.below(20)))
            .order(*self.random.pick(&[Order::OldestFirst, Order::NewestFirst]))
            .connections(*self.random.pick(&[1, 3]));
        let path = self.folder.path().join("outbox.db");
        let outbox = Outbox::open(path, Arc::clone(&self.client), options).unwrap();
        self.look(&outbox);
        outbox
    }

    /// What came last may be too much for a moment, until the oldest have gone.
    fn settles(&self, outbox: &Outbox) {
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while outbox.stats().unwrap().queued > self.max_count {
            assert!(std::time::Instant::now() < end, "{:?}", outbox.stats().unwrap());
            std::thread::yield_now();
        }
    }

    fn look(&self, outbox: &Outbox) {
        let stats = outbox.stats().unwrap();
        check::sound(&stats);
        assert_eq!(stats.accepted, self.accepted, "{stats:?}");
        self.settles(outbox);
        assert!(stats.memory_bytes <= MAX_MEMORY && stats.disk_bytes <= MAX_DISK, "{stats:?}");
        let on_disk: u64 = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            // The index of the log is a cache that SQLite keeps in memory, by way of a file.
            .filter(|entry| !entry.file_name().to_string_lossy().ends_with("-shm"))
            .map(|entry| entry.metadata().map_or(0, |about| about.len()))
            .sum();
        // At the smallest size that is allowed, the write-ahead log may be longer than its share for a moment.
        assert!(on_disk <= MAX_DISK + MAX_DISK / 4, "{on_disk} bytes: {stats:?}");
    }

    fn hand_in(&mut self, outbox: &Outbox, count: u64) {
        for _ in 0..count {
            let mut reading = numbered::reading(self.next);
            if self.random.chance(30) {
                reading.set("pad", "x".repeat(self.random.below(1500) as usize)).unwrap();
            }
            self.next += 1;
            let level = *self.random.pick(&[Durability::Memory, Durability::Disk, Durability::Synced]);
            match outbox.enqueue_within(&reading, level, Duration::from_millis(5)) {
                Ok(_) => self.accepted += 1,
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::Full, "{error}");
                    assert!(matches!(self.choice, WhenFull::Reject | WhenFull::Block), "{error}");
                }
            }
        }
    }

    fn step(&mut self, outbox: Outbox) -> Outbox {
        match self.random.below(10) {
            0..6 => {
                let count = self.random.below(60);
                self.hand_in(&outbox, count);
            }
            6 => self.is_up.store(self.random.chance(40), Ordering::SeqCst),
            7 => {
                let wait = Duration::from_millis(self.random.below(100));
                outbox.flush(wait).unwrap();
            }
            _ => {
                let flushed = outbox.close(Duration::from_millis(self.random.below(20))).unwrap();
                assert_eq!(flushed.lost, 0, "{flushed:?}");
                self.look(&outbox);
                return self.open();
            }
        }
        self.look(&outbox);
        outbox
    }

    /// What is left comes when the service is up again; nothing else has come.
    fn end(mut self, outbox: Outbox) {
        self.is_up.store(true, Ordering::SeqCst);
        let flushed = outbox.flush(Duration::from_secs(60)).unwrap();
        let stats = outbox.stats().unwrap();
        self.look(&outbox);
        assert_eq!((flushed.kept, stats.queued, stats.quarantined), (0, 0, 0), "{stats:?}");
        // What was under way when the outbox was closed may have come, and been dropped after all.
        let (taken, most) =
            (self.taken.lock().unwrap().len() as u64, stats.delivered + stats.dropped.total());
        assert!((stats.delivered..=most).contains(&taken), "{taken} came: {stats:?}");
        assert!(self.taken.lock().unwrap().iter().all(|number| *number < self.next));
        outbox.close(Duration::from_secs(1)).unwrap();
        let again = self.open();
        again.close(Duration::ZERO).unwrap();
    }
}

fn play(choice: WhenFull, what: &str) {
    let mut random = Random::of_this_run(what);
    for max_count in [40, u64::MAX] {
        let mut world = World::new(random.fork(), choice, max_count);
        let mut outbox = world.open();
        for _ in 0..random::count("BYTEPORT_STEPS", 60) {
            outbox = world.step(outbox);
        }
        world.end(outbox);
    }
}

#[test]
fn dropping_the_oldest() {
    play(WhenFull::DropOldest, "drop oldest");
}

#[test]
fn dropping_the_newest() {
    play(WhenFull::DropNewest, "drop newest");
}

#[test]
fn thinning_out() {
    play(WhenFull::ThinOut, "thin out");
}

#[test]
fn rejecting() {
    play(WhenFull::Reject, "reject");
}

#[test]
fn blocking() {
    play(WhenFull::Block, "block");
}
