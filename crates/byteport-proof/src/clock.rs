// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A clock that a test sets: time of day, time since the start of the system, and which start it is.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use byteport_core::model::Timestamp;
use byteport_core::outbox::Clock;

/// How soon whoever sleeps looks at the clock again, in real time.
const LOOK: Duration = Duration::from_millis(2);

/// Stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(Mutex<Time>);

#[derive(Debug)]
struct Time {
    wall: i64,
    uptime: Duration,
    boot: String,
}

impl TestClock {
    /// A system that has just been started, at this time of day.
    pub fn new(wall: Timestamp, boot: &str) -> TestClock {
        let uptime = Duration::from_secs(60);
        TestClock(Mutex::new(Time { wall: wall.as_micros(), uptime, boot: boot.to_owned() }))
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.lock().unwrap()
    }

    /// Time passes.
    pub fn pass(&self, span: Duration) {
        let mut time = self.time();
        time.wall += span.as_micros() as i64;
        time.uptime += span;
    }

    /// The time of day is set; no time passes.
    pub fn step_to(&self, wall: Timestamp) {
        self.time().wall = wall.as_micros();
    }

    /// The system starts anew; the time of day is this.
    pub fn restart(&self, wall: Timestamp, boot: &str) {
        let uptime = Duration::from_secs(30);
        *self.time() = Time { wall: wall.as_micros(), uptime, boot: boot.to_owned() };
    }
}

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        Timestamp::from_micros(self.time().wall)
    }

    fn uptime(&self) -> Duration {
        self.time().uptime
    }

    fn boot_id(&self) -> String {
        self.time().boot.clone()
    }

    fn nap(&self, span: Duration) -> Duration {
        span.min(LOOK)
    }
}
