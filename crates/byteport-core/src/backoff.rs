// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Pauses between tries, with full jitter: a random part of a span that doubles with each failure, so that a thousand devices do
//! not come back at once. Nothing here reads a clock or waits.

use std::time::Duration;

/// The span of the first pause.
pub(crate) const FIRST: Duration = Duration::from_millis(200);

/// The longest span of a pause.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Counts failures, and says how long to pause after each.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: u32,
    random: Random,
}

impl Backoff {
    /// No failure yet. The pauses follow from the seed.
    pub(crate) fn new(seed: u64) -> Backoff {
        Backoff { failures: 0, random: Random(seed) }
    }

    /// One more failure: how long to pause.
    pub(crate) fn pause(&mut self) -> Duration {
        let span = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.random.part_of(span)
    }

    /// A success: the next failure is the first one again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// SplitMix64: enough to spread the calls of many devices in time.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn part_of(&mut self, span: Duration) -> Duration {
        let fraction = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        span.mul_f64(fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_double_up_to_a_minute_and_pauses_fill_them() {
        let mut longest = [Duration::ZERO; 12];
        for seed in 0..400 {
            let mut backoff = Backoff::new(seed);
            for (failure, longest) in longest.iter_mut().enumerate() {
                let span = FIRST.saturating_mul(1 << failure).min(LONGEST);
                let pause = backoff.pause();
                assert!(pause < span, "{failure}: {pause:?}");
                *longest = pause.max(*longest);
            }
            backoff.reset();
            assert!(backoff.pause() < FIRST);
        }
        for (failure, longest) in longest.iter().enumerate() {
            let span = FIRST.saturating_mul(1 << failure).min(LONGEST);
            assert!(*longest > span.mul_f64(0.9), "{failure}: {longest:?}");
        }
    }
}
