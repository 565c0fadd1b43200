// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Readings from standard input, one a line.
//!
//! Invariant: a line that is not taken is told at once by its number, and harms no other.

mod parse;
mod split;

use byteport_core::{Error, ErrorCode};

pub use parse::reading;
use split::{Line, Splitter};

use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::screen;

/// What comes next.
pub enum Next<'a> {
    /// A line that is not empty, by its number from 1, or why it is none.
    Line(u64, Result<&'a str, Failure>),
    /// All lines that have come so far were given: more is waited for next.
    Pause,
}

/// Gives the lines, of up to `limit` bytes each, one after the other until the last one or Ctrl-C.
pub fn each(
    stop: &Stop,
    limit: usize,
    mut take: impl FnMut(Next<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut input = Splitter::new(limit);
    loop {
        while let Some((number, line)) = input.next() {
            let line = match line {
                Line::Text(line) if line.trim().is_empty() => continue,
                Line::Text(line) => Ok(line),
                Line::TooLong => Err(Failure::input(format!("it has more than {limit} bytes"))),
                Line::NotText => Err(Failure::input("it is not UTF-8")),
            };
            take(Next::Line(number, line))?;
        }
        take(Next::Pause)?;
        let more =
            input.fill(stop).map_err(|error| Failure::input(format!("cannot read standard input: {error}")));
        if !more? {
            return Ok(());
        }
    }
}

/// What became of the lines.
#[derive(Default)]
pub struct Tally {
    lines: u64,
    /// Those that were not taken, and why the first one was not.
    bad: u64,
    first: Option<ErrorCode>,
}

impl Tally {
    /// A line was taken.
    pub fn taken(&mut self) {
        self.lines += 1;
    }

    /// A line was not taken, and this says why.
    pub fn refused(&mut self, number: u64, error: &Error) {
        screen::say(&format!("line {number}: {error}"));
        self.lines += 1;
        self.bad += 1;
        self.first.get_or_insert(error.code());
    }

    /// The failure of the first line that was not taken.
    pub fn end(&self) -> Result<(), Failure> {
        match self.first {
            Some(code) => {
                let message = format!("{} of {} lines were not taken", self.bad, self.lines);
                Err(Error::new(code, message).into())
            }
            None => Ok(()),
        }
    }
}
