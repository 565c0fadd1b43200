// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An outbox on a disk that fills up, turns read-only, or fails: run by a test in a mount namespace of its own, as root there.
//!
//! usage: `proof-cramped SCENE FOLDER [REFUSE]`, where SCENE is full, read-only, or the number of an error that REFUSE is to hold
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is to fail a test

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use byteport_core::outbox::{DiskState, Durability, Outbox, OutboxFile, OutboxOptions, Stats};
use byteport_proof::recorder::{Recorder, answer};
use byteport_proof::{check, numbered};

/// After this a promise is broken.
const SOON: Duration = Duration::from_secs(60);
/// How long a call waits for a disk that cannot be written.
const SHORT: Duration = Duration::from_millis(50);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (scene, folder) = (arguments[1].as_str(), Path::new(&arguments[2]));
    match scene {
        "full" => full(folder),
        "full-at-opening" => full_at_opening(folder),
        "read-only" => read_only(folder),
        number => failing(folder, number, Path::new(&arguments[3])),
    }
}

/// A service that can be down, and the numbers that it took.
struct Service {
    recorder: Recorder,
    is_up: Arc<AtomicBool>,
    taken: Arc<Mutex<BTreeSet<u64>>>,
}

impl Service {
    /// It is down.
    fn start() -> Service {
        let (is_up, taken) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<BTreeSet<u64>>>::default());
        let (up, notes) = (Arc::clone(&is_up), Arc::clone(&taken));
        let recorder = Recorder::start(move |seen| {
            if !up.load(Ordering::SeqCst) {
                return answer("503 Service Unavailable", "", "");
            }
            let values = seen.form().into_iter().filter_map(|(_, value)| value.parse().ok());
            notes.lock().unwrap().extend(values.filter_map(numbered::number_of));
            answer("200 OK", "", "{}")
        });
        Service { recorder, is_up, taken }
    }

    fn up(&self, is_up: bool) {
        self.is_up.store(is_up, Ordering::SeqCst);
    }

    fn open(&self, path: &Path) -> Outbox {
        let options = OutboxOptions::new().commit_interval(Duration::from_millis(20));
        Outbox::open(path, numbered::client(&self.recorder.host()), options).unwrap()
    }

    /// Every number below this has come, and no other.
    fn has_taken(&self, numbers: std::ops::Range<u64>) {
        let taken = self.taken.lock().unwrap();
        let missing: Vec<u64> = numbers.clone().filter(|number| !taken.contains(number)).collect();
        assert!(missing.is_empty() && taken.len() as u64 == numbers.end - numbers.start, "{missing:?}");
    }
}

fn stats(outbox: &Outbox) -> Stats {
    let stats = outbox.stats().unwrap();
    check::sound(&stats);
    stats
}

/// Hands in numbers, with some bytes beside so that they take room.
fn put(outbox: &Outbox, numbers: std::ops::Range<u64>, level: Durability) -> u64 {
    let mut last = 0;
    for number in numbers {
        let mut reading = numbered::reading(number);
        reading.set("pad", "x".repeat(400)).unwrap();
        last = outbox.enqueue_within(&reading, level, SHORT).unwrap().sequence;
    }
    stats(outbox);
    last
}

fn drained(outbox: &Outbox) {
    let flushed = outbox.flush(SOON).unwrap();
    let stats = stats(outbox);
    assert_eq!((flushed.kept, stats.queued, stats.dropped.total()), (0, 0, 0), "{stats:?}");
}

/// Waits until the state of the disk is this.
fn disk_is(outbox: &Outbox, state: DiskState) {
    for _ in 0..6000 {
        if stats(outbox).disk == state {
            return;
        }
        outbox.flush(Duration::from_millis(10)).unwrap();
    }
    panic!("the disk is not {state:?}: {:?}", stats(outbox));
}

/// The disk is there again: what waits is forced onto it.
fn back_on_disk(outbox: &Outbox, last: u64) {
    disk_is(outbox, DiskState::Ok);
    let held = outbox.wait_for(last, Durability::Synced, SOON).unwrap();
    assert!(held >= Durability::Synced, "{held:?}: {:?}", stats(outbox));
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output().unwrap();
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn mount(folder: &Path, options: &str) {
    run("mount", &["-t", "tmpfs", "-o", options, "proof", folder.to_str().unwrap()]);
}

/// Takes all the room that is left.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    for size in [65_536, 4096, 1] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
    path
}

fn ends_sound(outbox: &Outbox, path: &Path) {
    let closed = outbox.close(SOON).unwrap();
    assert_eq!((closed.kept, closed.lost), (0, 0), "{closed:?}");
    let file = OutboxFile::open(path).unwrap();
    let verdict = file.verify().unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.problems);
    assert_eq!(file.summary().unwrap().delivered, stats(outbox).delivered);
}

fn full(folder: &Path) {
    mount(folder, "size=2m");
    let (path, service) = (folder.join("outbox.db"), Service::start());
    let outbox = service.open(&path);
    put(&outbox, 0..40, Durability::Synced);
    assert_eq!(stats(&outbox).queued_in_memory, 0);
    let filler = fill(folder);
    put(&outbox, 40..340, Durability::Disk);
    put(&outbox, 340..345, Durability::Synced);
    disk_is(&outbox, DiskState::Broken);
    assert!(stats(&outbox).queued_in_memory > 0 && !stats(&outbox).last_error.is_empty());
    // Everything goes out, what lies in the full file too, and its deletes work.
    service.up(true);
    drained(&outbox);
    service.has_taken(0..345);
    service.up(false);
    let last = put(&outbox, 345..400, Durability::Disk);
    std::fs::remove_file(filler).unwrap();
    back_on_disk(&outbox, last);
    outbox.close(Duration::ZERO).unwrap();
    let outbox = service.open(&path);
    assert_eq!(stats(&outbox).queued, 55);
    service.up(true);
    drained(&outbox);
    service.has_taken(0..400);
    assert_eq!(stats(&outbox).accepted, 400);
    ends_sound(&outbox, &path);
}

fn full_at_opening(folder: &Path) {
    mount(folder, "size=2m");
    let (path, service) = (folder.join("outbox.db"), Service::start());
    let filler = fill(folder);
    let outbox = service.open(&path);
    put(&outbox, 0..100, Durability::Disk);
    assert_eq!(stats(&outbox).disk, DiskState::Broken);
    service.up(true);
    drained(&outbox);
    service.up(false);
    let last = put(&outbox, 100..150, Durability::Disk);
    std::fs::remove_file(filler).unwrap();
    back_on_disk(&outbox, last);
    service.up(true);
    drained(&outbox);
    service.has_taken(0..150);
    assert_eq!(stats(&outbox).accepted, 150);
    ends_sound(&outbox, &path);
}

fn read_only(folder: &Path) {
    mount(folder, "size=4m");
    let (path, service) = (folder.join("outbox.db"), Service::start());
    let outbox = service.open(&path);
    put(&outbox, 0..30, Durability::Synced);
    outbox.close(Duration::ZERO).unwrap();
    let remount = |how: &str| run("mount", &["-o", &format!("remount,{how}"), folder.to_str().unwrap()]);
    remount("ro");
    let outbox = service.open(&path);
    put(&outbox, 100..150, Durability::Disk);
    assert_eq!(stats(&outbox).disk, DiskState::Broken);
    service.up(true);
    outbox.flush(Duration::from_secs(2)).unwrap();
    assert!((100..150).all(|number| service.taken.lock().unwrap().contains(&number)), "memory serves");
    service.up(false);
    let last = put(&outbox, 150..170, Durability::Disk);
    remount("rw");
    back_on_disk(&outbox, last);
    service.up(true);
    drained(&outbox);
    let taken = service.taken.lock().unwrap().clone();
    assert_eq!(taken, (0..30).chain(100..170).collect(), "{:?}", stats(&outbox));
    assert_eq!(stats(&outbox).accepted, 100);
    ends_sound(&outbox, &path);
}

/// Every change of the folder fails in the midst of the work, and later no more.
fn failing(folder: &Path, number: &str, refuse: &Path) {
    let (path, service) = (folder.join("outbox.db"), Service::start());
    let outbox = service.open(&path);
    put(&outbox, 0..40, Durability::Synced);
    std::fs::write(refuse, number).unwrap();
    put(&outbox, 40..80, Durability::Disk);
    put(&outbox, 80..85, Durability::Synced);
    disk_is(&outbox, DiskState::Broken);
    service.up(true);
    outbox.flush(Duration::from_secs(2)).unwrap();
    assert!((40..85).all(|number| service.taken.lock().unwrap().contains(&number)), "memory serves");
    service.up(false);
    let last = put(&outbox, 85..120, Durability::Disk);
    std::fs::remove_file(refuse).unwrap();
    back_on_disk(&outbox, last);
    service.up(true);
    drained(&outbox);
    service.has_taken(0..120);
    assert_eq!(stats(&outbox).accepted, 120);
    ends_sound(&outbox, &path);
}
