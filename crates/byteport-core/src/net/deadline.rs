// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A point on the monotonic clock by which a step must be done.

use std::io;
use std::time::{Duration, Instant};

/// When to give up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

/// Longer than any call lasts; keeps the sum with the clock from overflowing.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(10 * 365 * 86_400);

impl Deadline {
    pub(crate) fn after(timeout: Duration) -> Deadline {
        Deadline(Instant::now() + timeout.min(LONGEST_WAIT))
    }

    /// The time that is left, or a time-out error when there is none.
    pub(crate) fn left(self) -> io::Result<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}
