// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How fast a request's body must come.
//!
//! Invariants: a body from which nothing comes is given up after `IDLE`, one that falls `GRACE`
//! behind `RATE` then, any body after `TOTAL`. So a body of some length takes at most `GRACE` and
//! its length at `RATE`, and whoever lets one drip does not hold its memory for long.

use std::time::Duration;

use tokio::time::Instant;

/// A body from which nothing comes for this long is given up.
const IDLE: Duration = Duration::from_secs(30);
/// A body that falls this far behind [`RATE`] is given up.
const GRACE: Duration = Duration::from_secs(60);
/// Bytes per second that a body must come with in the long run.
const RATE: u32 = 16 * 1024;
/// A body that takes longer than this is given up.
const TOTAL: Duration = Duration::from_secs(600);

/// How fast a body comes. A fast beginning makes good for at most `GRACE` of what follows.
pub struct Pace {
    last: Instant,
    due: Instant,
}

impl Pace {
    /// A body that begins now.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { last: now + TOTAL, due: now + GRACE }
    }

    /// Counts bytes that came.
    pub fn came(&mut self, bytes: usize, now: Instant) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let worth = Duration::from_secs(1) * bytes / RATE;
        self.due = (self.due + worth).min(now + GRACE);
    }

    /// When the body is given up if nothing more comes.
    #[must_use]
    pub fn end(&self, now: Instant) -> Instant {
        self.last.min(self.due).min(now + IDLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_must_keep_up() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut pace = Pace::new(start);
        assert_eq!(pace.end(start), start + IDLE);
        assert_eq!(pace.end(start + 50 * second), start + GRACE);
        // Bytes that drip buy next to nothing, a flood buys the grace and no more.
        pace.came(16, start + 50 * second);
        assert!(pace.end(start + 50 * second) < start + GRACE + second);
        pace.came(1 << 30, start + 59 * second);
        assert_eq!(pace.end(start + 100 * second), start + 59 * second + GRACE);
        // At the rate that is asked for it goes on, until the end of all patience.
        for now in 60..TOTAL.as_secs() as u32 {
            let now = start + now * second;
            assert!(pace.end(now) > now);
            pace.came(RATE as usize, now);
        }
        assert_eq!(pace.end(start + TOTAL), start + TOTAL);
    }
}
