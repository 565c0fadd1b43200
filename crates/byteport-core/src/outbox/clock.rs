// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The clocks that an outbox reads.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::model::Timestamp;

/// Where an outbox gets its time. [`SystemClock`] unless told otherwise; a simulation brings its own.
pub trait Clock: Debug + Send + Sync {
    /// The time of day, as far as it is known.
    fn wall(&self) -> Timestamp;

    /// The time since the system started, time in suspension included; nobody steps it.
    fn uptime(&self) -> Duration;

    /// Which start of the system this is: up to 64 of the characters 0-9 a-z A-Z and -.
    fn boot_id(&self) -> String;

    /// How long to sleep, at the most, before the clock is to be read again, where `span` is left until something is due.
    fn nap(&self, span: Duration) -> Duration {
        span
    }
}

/// The system's clocks: the time of day, `/proc/uptime` and the monotonic clock from there on, and
/// `/proc/sys/kernel/random/boot_id`. Time in suspension counts where it was before the process looked first.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The first number in `/proc/uptime`, in seconds with two decimals.
fn uptime_of_system() -> Duration {
    let text = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds = text.split(' ').next().and_then(|text| text.parse().ok());
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_default()
}

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Duration {
        // The time until this process looked first, and what has passed since: a file would be read for each reading else.
        static FIRST: OnceLock<(Instant, Duration)> = OnceLock::new();
        let (first, uptime) = *FIRST.get_or_init(|| (Instant::now(), uptime_of_system()));
        uptime + first.elapsed()
    }

    fn boot_id(&self) -> String {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        id.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn the_system_knows_the_time_of_day() {
        let micros = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64;
        let (before, wall, after) = (micros(), SystemClock.wall().as_micros(), micros());
        assert!((before..=after).contains(&wall), "{before} {wall} {after}");
    }

    #[test]
    fn uptime_goes_on_from_the_start_of_the_system() {
        let told = || {
            let text = std::fs::read_to_string("/proc/uptime").unwrap();
            text.split(' ').next().unwrap().parse::<f64>().unwrap()
        };
        let (before, uptime, after) = (told(), SystemClock.uptime(), told());
        // The system's text has two decimals, cut off.
        assert!(
            (before - 0.02..=after + 0.02).contains(&uptime.as_secs_f64()),
            "{before} {uptime:?} {after}"
        );
        assert!(SystemClock.uptime() >= uptime);
    }

    #[test]
    fn a_boot_id_is_the_same_until_the_next_start() {
        let id = SystemClock.boot_id();
        assert_eq!(id, SystemClock.boot_id());
        assert!(id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'), "{id}");
    }

    #[test]
    fn naps_are_as_long_as_they_are_due_unless_a_clock_says_else() {
        assert_eq!(SystemClock.nap(Duration::from_secs(3)), Duration::from_secs(3));
    }
}
