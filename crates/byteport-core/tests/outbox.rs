// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The outbox against a server that answers as each test says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use byteport_core::model::{Reading, Timestamp};
use byteport_core::outbox::{
    Durability, Event, LinkState, Order, Outbox, OutboxOptions, Reason, Stats, WhenFull,
};
use byteport_core::{Client, ErrorCode, Options};
use support::{Recorder, answer};

const LONG: Duration = Duration::from_secs(30);

fn ok() -> Vec<u8> {
    answer("200 OK", "", "")
}

/// A server whose status can be changed while it runs.
fn server(status: &Arc<AtomicU16>) -> Recorder {
    let status = Arc::clone(status);
    Recorder::start(move |_| match status.load(Ordering::SeqCst) {
        200 => ok(),
        other => answer(&format!("{other} No"), "", ""),
    })
}

fn client(recorder: &Recorder) -> Arc<Client> {
    Arc::new(recorder.client())
}

/// A client of a host where nobody answers.
fn nobody() -> Arc<Client> {
    let options =
        Options::new().host("127.0.0.1:1").namespace("myownspace").key("k").device("barDev1").no_proxy();
    Arc::new(Client::new(options).unwrap())
}

fn reading(second: i64, value: i64) -> Reading {
    let mut reading = Reading::unstamped();
    reading.set_timestamp(Some(Timestamp::from_secs(second).unwrap()));
    reading.set("n", value).unwrap();
    reading
}

fn adds_up(stats: &Stats) {
    let sum = stats.delivered + stats.queued + stats.quarantined + stats.dropped.total();
    assert_eq!(stats.accepted, sum, "{stats:?}");
}

fn values(recorder: &Recorder) -> Vec<String> {
    let forms = recorder.seen().into_iter().map(|seen| seen.form());
    forms.flat_map(|form| form.into_iter().find(|(name, _)| name == "n").map(|(_, value)| value)).collect()
}

#[test]
fn what_is_handed_in_is_delivered_in_order() {
    let recorder = Recorder::start(|_| ok());
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path().join("o.db"), client(&recorder), OutboxOptions::new()).unwrap();
    for n in 0..100 {
        outbox.enqueue(&reading(n, n), Durability::Memory).unwrap();
    }
    let flushed = outbox.flush(LONG).unwrap();
    assert!(flushed.delivered <= 100 && flushed.kept == 0, "{flushed:?}"); // some may have gone before
    assert_eq!(values(&recorder), (0..100).map(|n| n.to_string()).collect::<Vec<_>>());
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.accepted, stats.delivered, stats.link), (100, 100, LinkState::Up));
    adds_up(&stats);
}

#[test]
fn what_was_not_delivered_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.db");
    let outbox = Outbox::open(&path, nobody(), OutboxOptions::new()).unwrap();
    for n in 0..5000 {
        let level = Durability::ALL[n as usize % 2];
        outbox.enqueue(&reading(n, n), level).unwrap();
    }
    let closed = outbox.close(Duration::ZERO).unwrap();
    assert_eq!((closed.delivered, closed.kept, closed.lost), (0, 5000, 0));
    assert_eq!(outbox.enqueue(&reading(1, 1), Durability::Disk).unwrap_err().code(), ErrorCode::Closed);
    let recorder = Recorder::start(|_| ok());
    let outbox = Outbox::open(&path, client(&recorder), OutboxOptions::new()).unwrap();
    assert_eq!(outbox.stats().unwrap().accepted, 5000);
    assert_eq!(outbox.flush(LONG).unwrap().kept, 0);
    assert_eq!(values(&recorder), (0..5000).map(|n| n.to_string()).collect::<Vec<_>>());
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.accepted, stats.delivered, stats.last_sequence), (5000, 5000, 5000));
    adds_up(&stats);
}

#[test]
fn levels_are_told_as_they_are() {
    let recorder = Recorder::start(|_| ok());
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path().join("o.db"), nobody(), OutboxOptions::new()).unwrap();
    let receipt = outbox.enqueue(&reading(1, 1), Durability::Synced).unwrap();
    assert_eq!(receipt.held, Some(Durability::Synced));
    let receipt = outbox.enqueue(&reading(2, 2), Durability::Disk).unwrap();
    assert_eq!(receipt.held, Some(Durability::Memory));
    assert_eq!(outbox.wait_for(receipt.sequence, Durability::Disk, LONG).unwrap(), Durability::Disk);
    let receipt =
        outbox.enqueue_within(&reading(3, 3), Durability::Delivered, Duration::from_millis(50)).unwrap();
    assert!(receipt.held.unwrap() < Durability::Delivered);
    let here = Outbox::open(folder.path().join("p.db"), client(&recorder), OutboxOptions::new()).unwrap();
    let receipt = here.enqueue(&reading(4, 4), Durability::Delivered).unwrap();
    assert_eq!(receipt.held, Some(Durability::Delivered));
}

#[test]
fn a_refused_key_keeps_everything_until_it_is_changed() {
    let status = Arc::new(AtomicU16::new(403));
    let recorder = server(&status);
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path().join("o.db"), client(&recorder), OutboxOptions::new()).unwrap();
    outbox.enqueue(&reading(1, 1), Durability::Memory).unwrap();
    let end = Instant::now() + LONG;
    while outbox.stats().unwrap().link != LinkState::Paused {
        assert!(Instant::now() < end, "{:?}", outbox.stats().unwrap());
        outbox.flush(Duration::from_millis(10)).unwrap();
    }
    status.store(200, Ordering::SeqCst);
    outbox.set_key("another").unwrap();
    assert_eq!(outbox.flush(LONG).unwrap().kept, 0);
    let keys: Vec<String> = recorder.seen().iter().map(|seen| seen.form()[0].1.clone()).collect();
    assert_eq!(
        (keys.first().map(String::as_str), keys.last().map(String::as_str)),
        (Some(support::KEY), Some("another"))
    );
}

#[test]
fn what_the_service_refuses_goes_to_quarantine_and_the_rest_goes_on() {
    let recorder =
        Recorder::start(|seen| if seen.body.contains("bad=") { answer("400 No", "", "") } else { ok() });
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path().join("o.db"), client(&recorder), OutboxOptions::new()).unwrap();
    let mut bad = reading(1, 1);
    bad.set("bad", 1).unwrap();
    let error = outbox.enqueue(&bad, Durability::Delivered).unwrap_err();
    assert_eq!(error.status(), Some(400));
    for n in 0..10 {
        outbox.enqueue(&reading(2, n), Durability::Disk).unwrap();
    }
    let mut other = Reading::unstamped();
    other.set_timestamp(Some(Timestamp::from_secs(2).unwrap()));
    other.set("bad", 1).unwrap();
    outbox.enqueue(&other, Durability::Disk).unwrap();
    outbox.flush(LONG).unwrap();
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.delivered, stats.quarantined, stats.queued), (10, 2, 0));
    adds_up(&stats);
}

#[test]
fn fields_of_one_device_and_time_go_in_one_call() {
    let status = Arc::new(AtomicU16::new(503));
    let recorder = server(&status);
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path().join("o.db"), client(&recorder), OutboxOptions::new()).unwrap();
    for field in ["a", "b", "c"] {
        let mut one = Reading::unstamped();
        one.set_timestamp(Some(Timestamp::from_secs(7).unwrap()));
        one.set(field, 1).unwrap();
        outbox.enqueue(&one, Durability::Disk).unwrap();
    }
    status.store(200, Ordering::SeqCst);
    outbox.flush(LONG).unwrap();
    let last = recorder.seen().pop().unwrap().form();
    assert!(last.iter().filter(|(name, _)| !name.starts_with('_')).count() >= 2, "{last:?}");
    assert_eq!(outbox.stats().unwrap().delivered, 3);
}

#[test]
fn when_full_the_policy_decides() {
    for choice in WhenFull::ALL {
        let folder = tempfile::tempdir().unwrap();
        let options = OutboxOptions::new()
            .max_disk(256 << 10)
            .max_memory(16 << 10)
            .when_full(choice)
            .timeout(Duration::from_millis(20));
        let path = folder.path().join("o.db");
        let outbox = Outbox::open(&path, nobody(), options).unwrap();
        let (mut refused, mut accepted) = (0, 0);
        for n in 0..20_000 {
            match outbox.enqueue(&reading(n, n), Durability::Disk) {
                Ok(_) => accepted += 1,
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::Full, "{error}");
                    refused += 1;
                    if refused > 10 {
                        break;
                    }
                }
            }
        }
        let stats = outbox.stats().unwrap();
        adds_up(&stats);
        assert_eq!(stats.accepted, accepted, "{choice:?}");
        match choice {
            WhenFull::Reject | WhenFull::Block => {
                assert!(refused > 0 && stats.dropped.total() == 0, "{stats:?}")
            }
            WhenFull::ThinOut => assert!(stats.dropped.by(Reason::Thinned) > 0, "{stats:?}"),
            _ => assert!(stats.dropped.by(Reason::Full) > 0, "{stats:?}"),
        }
        let bytes: u64 = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| {
                let file = file.unwrap();
                if file.file_name().to_string_lossy().ends_with("-shm") {
                    0
                } else {
                    file.metadata().unwrap().len()
                }
            })
            .sum();
        assert!(bytes <= (256 << 10) + 4096, "{choice:?}: {bytes} bytes");
        outbox.close(Duration::ZERO).unwrap();
        let recorder = Recorder::start(|_| ok());
        let outbox =
            Outbox::open(&path, client(&recorder), OutboxOptions::new().max_disk(256 << 10)).unwrap();
        let queued = outbox.stats().unwrap().queued;
        assert_eq!(outbox.flush(LONG).unwrap().delivered, queued, "{choice:?}");
        adds_up(&outbox.stats().unwrap());
    }
}

#[test]
fn newest_first_turns_the_backlog_round() {
    let status = Arc::new(AtomicU16::new(503));
    let recorder = server(&status);
    let folder = tempfile::tempdir().unwrap();
    let options = OutboxOptions::new().order(Order::NewestFirst);
    let path = folder.path().join("o.db");
    let outbox = Outbox::open(&path, nobody(), options.clone()).unwrap();
    for n in 0..5000 {
        outbox.enqueue(&reading(n, n), Durability::Disk).unwrap();
    }
    outbox.close(Duration::ZERO).unwrap();
    status.store(200, Ordering::SeqCst);
    let outbox = Outbox::open(&path, client(&recorder), options).unwrap();
    outbox.flush(LONG).unwrap();
    assert_eq!(values(&recorder), (0..5000).rev().map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_limited_count_lets_the_oldest_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.db");
    let outbox = Outbox::open(&path, nobody(), OutboxOptions::new().max_count(10)).unwrap();
    for n in 0..100 {
        outbox.enqueue(&reading(n, n), Durability::Synced).unwrap();
    }
    outbox.close(Duration::ZERO).unwrap();
    let recorder = Recorder::start(|_| ok());
    let outbox = Outbox::open(&path, client(&recorder), OutboxOptions::new()).unwrap();
    outbox.flush(LONG).unwrap();
    assert_eq!(values(&recorder), (90..100).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(outbox.stats().unwrap().dropped.by(Reason::Full), 90);
}

#[test]
fn packets_go_in_batches_and_the_bad_one_is_found() {
    let calls = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&calls);
    let recorder = Recorder::start(move |seen| {
        count.fetch_add(1, Ordering::SeqCst);
        let bad = seen.form().iter().any(|(name, value)| name == "packets" && value.contains("n=77;"));
        if bad { answer("400 No", "", "") } else { ok() }
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.db");
    let outbox = Outbox::open(&path, nobody(), OutboxOptions::new()).unwrap();
    for n in 0..1000 {
        outbox.enqueue(&reading(n, n), Durability::Disk).unwrap();
    }
    outbox.close(Duration::ZERO).unwrap();
    let options = OutboxOptions::new().legacy_key("legacy");
    let outbox = Outbox::open(&path, client(&recorder), options).unwrap();
    outbox.flush(LONG).unwrap();
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.delivered, stats.quarantined), (999, 1));
    assert!(calls.load(Ordering::SeqCst) < 40, "{}", calls.load(Ordering::SeqCst));
}

#[test]
fn a_listener_that_takes_its_time_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.db");
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let options = OutboxOptions::new().on_event(move |_| {
        let _ = held.lock().unwrap().recv();
    });
    let outbox = Outbox::open(&path, nobody(), options).unwrap();
    for n in 0..50 {
        // The way to the service goes down meanwhile, of which the listener is told.
        let receipt = outbox.enqueue(&reading(n, n), Durability::Synced).unwrap();
        assert_eq!(receipt.held, Some(Durability::Synced));
    }
    drop(release);
    assert_eq!(outbox.close(Duration::ZERO).unwrap().lost, 0);
}

#[test]
fn a_listener_that_panics_ends_nothing() {
    let recorder = Recorder::start(|_| answer("400 No", "", ""));
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&told);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let options = OutboxOptions::new().on_event(move |event| {
        let _ = held.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
        count.fetch_add(if let Event::Quarantined { .. } = event { 1 } else { 0 }, Ordering::SeqCst);
        panic!("of the test");
    });
    let outbox = Outbox::open(folder.path().join("o.db"), client(&recorder), options).unwrap();
    for n in 0..5 {
        assert_eq!(outbox.enqueue(&reading(n, n), Durability::Delivered).unwrap_err().status(), Some(400));
    }
    drop(release); // several events are told one after the other
    let closed = outbox.close(LONG).unwrap();
    assert_eq!((closed.kept, closed.lost, told.load(Ordering::SeqCst)), (0, 0, 5));
}

#[test]
fn a_file_that_is_full_gives_up_little_more_than_it_must() {
    let folder = tempfile::tempdir().unwrap();
    let options = OutboxOptions::new().max_disk(2 << 20);
    let outbox = Outbox::open(folder.path().join("o.db"), nobody(), options).unwrap();
    let mut least = u64::MAX;
    for n in 0..60_000 {
        // Written by the 192 KiB, as memory fills up.
        outbox.enqueue(&reading(n, n), Durability::Memory).unwrap();
        if n > 50_000 {
            least = least.min(outbox.stats().unwrap().queued);
        }
    }
    let stats = outbox.stats().unwrap();
    adds_up(&stats);
    assert!(stats.dropped.by(Reason::Full) > 0, "{stats:?}");
    assert!(least > 15_000, "{least} were left of what 2 MiB hold");
    outbox.close(Duration::ZERO).unwrap();
}

#[test]
fn whoever_closes_second_waits_for_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.db");
    let outbox = Outbox::open(&path, nobody(), OutboxOptions::new()).unwrap();
    outbox.enqueue(&reading(1, 1), Durability::Memory).unwrap();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| outbox.close(Duration::from_millis(300)).unwrap());
        std::thread::sleep(Duration::from_millis(100));
        outbox.close(LONG).unwrap();
        // All is in the file by now, and nobody has it.
        let next = Outbox::open(&path, nobody(), OutboxOptions::new()).unwrap();
        assert_eq!(next.stats().unwrap().queued, 1);
        first.join().unwrap();
    });
}

#[test]
fn whoever_closes_returns_after_the_listener_was_told() {
    let recorder = Recorder::start(|_| ok());
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&told);
    let options = OutboxOptions::new().on_event(move |event| {
        if let Event::Delivered { sequences } = event {
            std::thread::sleep(Duration::from_millis(500));
            count.fetch_add(sequences.len() as u64, Ordering::SeqCst);
        }
    });
    let outbox = Outbox::open(folder.path().join("o.db"), client(&recorder), options).unwrap();
    outbox.enqueue(&reading(1, 1), Durability::Delivered).unwrap();
    outbox.close(LONG).unwrap();
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_dropped_while_its_call_waits_is_not_told_to_be_safe() {
    let folder = tempfile::tempdir().unwrap();
    let options = OutboxOptions::new().max_age(Duration::from_nanos(1));
    let outbox = Outbox::open(folder.path().join("o.db"), nobody(), options).unwrap();
    for n in 0..20 {
        let receipt = outbox.enqueue(&reading(n, n), Durability::Synced).unwrap();
        let is_there = outbox.stats().unwrap().dropped.by(Reason::Age) <= n as u64;
        assert!(
            receipt.held.is_none() || is_there && receipt.held < Some(Durability::Delivered),
            "{receipt:?}"
        );
    }
    adds_up(&outbox.stats().unwrap());
}
