// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Random numbers that a seed repeats: SplitMix64.

use std::time::{SystemTime, UNIX_EPOCH};

/// A stream of numbers; the same seed gives the same stream.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The stream of the seed in the environment variable `BYTEPORT_SEED`, or of a new one; says how to repeat it.
    pub fn of_this_run(what: &str) -> Random {
        let given =
            std::env::var("BYTEPORT_SEED").ok().map(|text| text.parse().expect("BYTEPORT_SEED is a number"));
        let seed = given.unwrap_or_else(fresh);
        eprintln!("{what}: repeat this run with BYTEPORT_SEED={seed}");
        Random(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound, which is at least 1.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound
    }

    /// True this many times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// A stream of its own.
    pub fn fork(&mut self) -> Random {
        Random(self.number())
    }
}

fn fresh() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    time.as_micros() as u64 ^ u64::from(std::process::id())
}

/// A count from the environment, or the one for every day.
pub fn count(variable: &str, usual: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}
