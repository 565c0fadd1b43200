// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A field's numbers by the periods of the calendar, each described.
//!
//! Invariants: the numbers of one period at a time are in memory, and not more than [`NUMBERS`];
//! there are at most [`GROUPS`] periods; a job reads so much only, so that others get their turn.

use std::ops::ControlFlow;

use super::describe::{Figures, describe};
use super::period::{Grouping, Periods};
use crate::answer::Failure;
use crate::series::number;
use crate::series::page::walk;
use crate::series::range::Range;
use crate::store::Connection;

/// The most numbers in one period.
pub const NUMBERS: usize = 4 * 1024 * 1024;
/// The most periods.
pub const GROUPS: usize = 20_000;
/// Values, and bytes of them, that one job reads.
const READ: (usize, usize) = (100_000, 4 * 1024 * 1024);

/// Periods as far as they were read.
pub struct Groups {
    periods: Periods,
    /// The number before, where differences are described.
    before: Option<Option<f64>>,
    numbers: Vec<f64>,
    /// The periods' names.
    pub names: Vec<String>,
    /// What their numbers are like.
    pub figures: Vec<Figures>,
    /// How many numbers were described.
    pub count: u64,
    /// How many values are not numbers.
    pub left_out: u64,
}

impl Groups {
    /// None yet; of the numbers, or of what each is more than the one before it.
    #[must_use]
    pub fn new(grouping: Grouping, of_differences: bool) -> Self {
        Self {
            periods: Periods::new(grouping),
            before: of_differences.then_some(None),
            numbers: Vec::new(),
            names: Vec::new(),
            figures: Vec::new(),
            count: 0,
            left_out: 0,
        }
    }

    /// Reads the beginning of a range; gives what is left of it. With its end the last period is whole.
    pub fn read(
        &mut self,
        connection: &Connection,
        field: i64,
        range: Range,
    ) -> Result<Option<Range>, Failure> {
        let (mut values, mut bytes) = (0, 0);
        let rest = walk(connection, field, range, |micros, text| {
            (values, bytes) = (values + 1, bytes + text.len());
            self.take(micros, &text)?;
            let is_enough = values >= READ.0 || bytes >= READ.1;
            Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if rest.is_none() {
            self.close();
        }
        Ok(rest)
    }

    fn take(&mut self, micros: i64, text: &str) -> Result<(), Failure> {
        let Some(mut number) = number::value(text) else {
            self.left_out += 1;
            return Ok(());
        };
        if let Some(before) = &mut self.before {
            let Some(before) = before.replace(number) else { return Ok(()) };
            number -= before;
        }
        if !number.is_finite() {
            self.left_out += 1;
            return Ok(());
        }
        self.add(micros, number)
    }

    fn add(&mut self, micros: i64, number: f64) -> Result<(), Failure> {
        if let Some(name) = self.periods.enter(micros) {
            let name = name.to_owned();
            self.close();
            if self.names.len() >= GROUPS {
                let reason = format!("the range has more than {GROUPS} groups: ask for a shorter range");
                return Err(Failure::bad(reason));
            }
            self.names.push(name);
        }
        if self.numbers.len() >= NUMBERS {
            let reason = format!("a group has more than {NUMBERS} numbers: ask for a shorter grouping");
            return Err(Failure::bad(reason));
        }
        self.numbers.push(number);
        self.count += 1;
        Ok(())
    }

    /// Describes the period whose numbers are whole.
    fn close(&mut self) {
        if !self.numbers.is_empty() {
            self.figures.push(describe(&mut self.numbers));
            self.numbers.clear();
        }
    }
}
