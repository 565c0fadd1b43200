// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Clocks that jump ten years, boards without a battery, and a week without network.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use byteport_core::model::{Reading, Timestamp};
use byteport_core::outbox::{Durability, LinkState, Outbox, OutboxOptions, Reason, Stats};
use byteport_proof::clock::TestClock;
use byteport_proof::recorder::{Recorder, Seen, answer};
use byteport_proof::{check, numbered};
use tempfile::TempDir;

const DAY: Duration = Duration::from_secs(86_400);
const TEN_YEARS: Duration = Duration::from_secs(3653 * 86_400);
/// A real time after which a test has failed.
const SOON: Duration = Duration::from_secs(60);

fn at(text: &str) -> Timestamp {
    Timestamp::parse_iso8601(text).unwrap()
}

fn after(time: Timestamp, span: Duration) -> Timestamp {
    Timestamp::from_micros(time.as_micros() + span.as_micros() as i64)
}

fn before(time: Timestamp, span: Duration) -> Timestamp {
    Timestamp::from_micros(time.as_micros() - span.as_micros() as i64)
}

/// A service that is up or down, a clock, and a folder for the outbox.
struct World {
    folder: TempDir,
    clock: Arc<TestClock>,
    service: Recorder,
    is_up: Arc<AtomicBool>,
}

impl World {
    fn new(now: Timestamp) -> World {
        let is_up = Arc::new(AtomicBool::new(true));
        let up = Arc::clone(&is_up);
        let service = Recorder::start(move |_| {
            let status = if up.load(Ordering::SeqCst) { "200 OK" } else { "503 Service Unavailable" };
            answer(status, "", "{}")
        });
        let clock = Arc::new(TestClock::new(now, "boot-1"));
        World { folder: TempDir::new().unwrap(), clock, service, is_up }
    }

    fn options(&self) -> OutboxOptions {
        OutboxOptions::new().clock(self.clock.clone()).commit_interval(Duration::from_millis(1))
    }

    fn open(&self, options: OutboxOptions) -> Outbox {
        let path = self.folder.path().join("outbox.db");
        Outbox::open(path, numbered::client(&self.service.host()), options).unwrap()
    }

    fn up(&self, is_up: bool) {
        self.is_up.store(is_up, Ordering::SeqCst);
    }

    /// The stamps of what was taken, in the order in which it came, by the value of its field `n`.
    fn stamps(&self) -> Vec<(String, String)> {
        self.service.seen().iter().map(|seen| (part(seen, "n"), part(seen, "_ts"))).collect()
    }
}

fn part(seen: &Seen, name: &str) -> String {
    seen.form().into_iter().find(|(field, _)| field == name).map_or(String::new(), |(_, value)| value)
}

/// A reading that the outbox stamps.
fn reading(number: i64) -> Reading {
    let mut reading = Reading::unstamped();
    reading.set("n", number).unwrap();
    reading
}

fn put(outbox: &Outbox, number: i64) {
    outbox.enqueue(&reading(number), Durability::Synced).unwrap();
    check::sound(&outbox.stats().unwrap());
}

/// Waits until nothing waits.
fn drained(outbox: &Outbox) {
    let flushed = outbox.flush(SOON).unwrap();
    let stats = outbox.stats().unwrap();
    check::sound(&stats);
    assert_eq!((flushed.kept, stats.queued), (0, 0), "{stats:?}");
}

/// Waits until the accounting is this, while time passes: what is on its way is dropped for its age a little later, and a call that
/// failed just now is tried again after a pause.
fn until(world: &World, outbox: &Outbox, holds: impl Fn(&Stats) -> bool) {
    let end = Instant::now() + SOON;
    while !holds(&outbox.stats().unwrap()) {
        assert!(Instant::now() < end, "{:?}", outbox.stats().unwrap());
        world.clock.pass(Duration::from_millis(100));
        outbox.flush(Duration::from_millis(5)).unwrap();
    }
    check::sound(&outbox.stats().unwrap());
}

#[test]
fn a_step_of_ten_years_either_way_drops_nothing_and_stamps_as_the_clock_says() {
    let now = at("2026-03-01T12:00:00");
    let world = World::new(now);
    world.up(false);
    let outbox = world.open(world.options().max_age(30 * DAY));
    put(&outbox, 1);
    world.clock.step_to(after(now, TEN_YEARS));
    put(&outbox, 2);
    world.clock.pass(DAY);
    world.clock.step_to(before(now, TEN_YEARS));
    put(&outbox, 3);
    world.clock.pass(DAY);
    put(&outbox, 4);
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.queued, stats.dropped.total()), (4, 0), "{stats:?}");
    assert!(stats.oldest_age.unwrap() >= 2 * DAY && stats.oldest_age.unwrap() < 3 * DAY, "{stats:?}");
    // Closed and opened again, the ages are still what passed, not what the clock was set to.
    outbox.close(Duration::ZERO).unwrap();
    let outbox = world.open(world.options().max_age(30 * DAY));
    let stats = outbox.stats().unwrap();
    check::sound(&stats);
    assert_eq!((stats.queued, stats.dropped.total()), (4, 0), "{stats:?}");
    world.up(true);
    let known = world.service.seen().len();
    until(&world, &outbox, |stats| stats.queued == 0);
    let times = [now, after(now, TEN_YEARS), before(now, TEN_YEARS), after(before(now, TEN_YEARS), DAY)];
    let expected: Vec<_> = (1..).zip(times).map(|(n, time)| (n.to_string(), time.to_string())).collect();
    let mut sent: Vec<_> = world.stamps().split_off(known.saturating_sub(1));
    sent.dedup();
    assert!(sent.ends_with(&expected), "{sent:?}");
    outbox.close(SOON).unwrap();
}

#[test]
fn age_is_what_passed() {
    let now = at("2026-03-01T12:00:00");
    let world = World::new(now);
    world.up(false);
    let outbox = world.open(world.options().max_age(3 * DAY));
    put(&outbox, 1);
    world.clock.pass(2 * DAY);
    put(&outbox, 2);
    assert_eq!(outbox.stats().unwrap().queued, 2);
    world.clock.pass(2 * DAY);
    put(&outbox, 3);
    until(&world, &outbox, |stats| (stats.queued, stats.dropped.by(Reason::Age)) == (2, 1));
    outbox.close(Duration::ZERO).unwrap();
    world.clock.pass(2 * DAY);
    let outbox = world.open(world.options().max_age(3 * DAY));
    world.up(true);
    until(&world, &outbox, |stats| stats.queued == 0);
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.delivered, stats.dropped.by(Reason::Age)), (1, 2), "{stats:?}");
}

#[test]
fn a_week_without_network_keeps_everything_and_retries_seldom() {
    let now = at("2026-03-01T12:00:00");
    let world = World::new(now);
    world.up(false);
    let outbox = world.open(world.options());
    let mut expected = Vec::new();
    for hour in 0..7 * 24 {
        put(&outbox, hour);
        expected.push((hour.to_string(), after(now, hour as u32 * Duration::from_secs(3600)).to_string()));
        world.clock.pass(Duration::from_secs(3600));
    }
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.queued, stats.dropped.total()), (7 * 24, 0), "{stats:?}");
    assert!(stats.oldest_age.unwrap() >= 7 * DAY, "{stats:?}");
    // At the most one probe a minute, in the time of the clock.
    assert!(world.service.seen().len() < 7 * 24 * 60 + 50);
    world.up(true);
    let failed = world.service.seen().len();
    until(&world, &outbox, |stats| stats.queued == 0);
    let mut sent = world.stamps().split_off(failed.saturating_sub(1));
    sent.dedup();
    assert!(sent.ends_with(&expected), "{sent:?}");
}

#[test]
fn without_a_clock_readings_wait_and_get_their_time_when_it_is_set() {
    let real = at("2026-03-01T12:00:00");
    let world = World::new(at("1970-01-01T00:00:10"));
    let options = || world.options().clock_floor(at("2020-01-01"));
    let outbox = world.open(options());
    put(&outbox, 1);
    world.clock.pass(Duration::from_secs(5));
    put(&outbox, 2);
    world.clock.pass(Duration::from_millis(2500));
    outbox.flush(Duration::from_millis(50)).unwrap();
    let stats = outbox.stats().unwrap();
    assert_eq!((stats.link, stats.queued), (LinkState::NoClock, 2), "{stats:?}");
    assert_eq!(world.service.seen().len(), 0, "nothing goes without its time");
    // The process ends and begins again within the same start of the system.
    outbox.close(Duration::ZERO).unwrap();
    let outbox = world.open(options());
    assert_eq!(outbox.stats().unwrap().queued, 2);
    world.clock.step_to(real);
    put(&outbox, 3);
    drained(&outbox);
    let stamps = [before(real, Duration::from_millis(7500)), before(real, Duration::from_millis(2500)), real];
    let expected: Vec<_> = (1..).zip(stamps).map(|(n, time)| (n.to_string(), time.to_string())).collect();
    assert_eq!(world.stamps(), expected);
    // Back before the floor: the clock is not set any more, but this start of the system is known.
    world.clock.step_to(at("1970-01-01"));
    world.clock.pass(Duration::from_secs(1));
    put(&outbox, 4);
    drained(&outbox);
    assert_eq!(world.stamps()[3], ("4".to_owned(), after(real, Duration::from_secs(1)).to_string()));
}

#[test]
fn another_start_of_the_system_does_not_borrow_the_clock_of_this_one() {
    let real = at("2026-03-01T12:00:00");
    let world = World::new(real);
    let options = || world.options().clock_floor(at("2020-01-01"));
    world.up(false);
    let outbox = world.open(options());
    put(&outbox, 1);
    outbox.close(Duration::ZERO).unwrap();
    // The battery is gone, and the board starts in 1970; later it learns the time.
    world.clock.restart(at("1970-01-01T00:00:30"), "boot-2");
    let outbox = world.open(options());
    put(&outbox, 2);
    world.clock.pass(Duration::from_secs(30));
    world.up(true);
    let later = after(real, DAY);
    world.clock.step_to(later);
    let failed = world.service.seen().len();
    until(&world, &outbox, |stats| stats.queued == 0);
    let mut sent = world.stamps().split_off(failed.saturating_sub(1));
    sent.dedup();
    let stamps = [real, before(later, Duration::from_secs(30))];
    let expected: Vec<_> = (1..).zip(stamps).map(|(n, time)| (n.to_string(), time.to_string())).collect();
    assert!(sent.ends_with(&expected), "{sent:?}");
}
