// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The text of a series' answer, made a page at a time.
//!
//! Invariants: a page ends when it has `PAGE` bytes of text or has read `READ` bytes of values, so
//! its memory and its time are bounded, whatever the range is; nothing is read after the limit but
//! to see whether there is more.

use std::ops::ControlFlow;

use serde::Serialize;

use super::page::{LONGEST_TEXT, beginning, walk};
use super::point::{Point, Points, Value, write_json};
use super::range::Range;
use super::{Kind, Series, number};
use crate::answer::Failure;
use crate::jsonp::to_text;
use crate::scalar::truth;
use crate::store::Connection;

/// A page ends after so many bytes of text.
const PAGE: usize = 256 * 1024;
/// A page ends after so many bytes of values, for not every value becomes a point.
const READ: usize = 4 * 1024 * 1024;
/// What a value counts for at least in that.
const VALUE: usize = 32;

#[derive(Serialize)]
struct Meta<'a> {
    path: &'a str,
    from: String,
    to: String,
    seconds: String,
    len: String,
    orig_len: String,
    data_type: &'static str,
    conversion_errors: String,
    reduced: &'static str,
}

/// What became of the values so far.
#[derive(Default)]
struct Tally {
    read: u64,
    left_out: u64,
    /// Those that were answered as text in a series of numbers.
    texts: u64,
    /// Whether there are more points than were asked for.
    is_reduced: bool,
}

/// Writes an answer.
pub struct Writer {
    series: Series,
    points: Points,
    tally: Tally,
    /// Bytes of values in this page.
    bytes: usize,
    /// A computed number as JSON.
    number: Vec<u8>,
}

impl Writer {
    /// Begins an answer; `head` comes before its JSON text.
    pub fn new(series: Series, head: &str) -> Result<Self, Failure> {
        let path = to_text(&series.path)?;
        let start = format!("{head}{{\"meta\":{{\"path\":{path}}},\"data\":{{\"ts_data\":[");
        let points = Points::after(start);
        Ok(Self { series, points, tally: Tally::default(), bytes: 0, number: Vec::new() })
    }

    /// The field and the range that are asked for; a field without values has nothing to read.
    #[must_use]
    pub fn task(&self) -> Option<(i64, Range)> {
        self.series.field.map(|field| (field, self.series.range))
    }

    /// Writes the first page of a range, and gives what is left to do.
    pub fn page(
        &mut self,
        connection: &Connection,
        (field, range): (i64, Range),
    ) -> Result<Option<(i64, Range)>, Failure> {
        self.bytes = 0;
        let rest = walk(connection, field, range, |micros, text| self.take(micros, &text))?;
        Ok(rest.filter(|_| !self.tally.is_reduced).map(|rest| (field, rest)))
    }

    /// Gives the text away that was written since it was given last.
    #[must_use]
    pub fn text(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.points.text, Vec::with_capacity(PAGE + PAGE / 16))
    }

    /// The rest of the answer, before this tail.
    pub fn end(mut self, tail: &str) -> Result<Vec<u8>, Failure> {
        let meta = to_text(&self.meta())?;
        let mut text = std::mem::take(&mut self.points.text);
        text.extend_from_slice(format!("],\"ts_meta\":{meta}}}}}{tail}").as_bytes());
        Ok(text)
    }

    fn take(&mut self, micros: i64, text: &str) -> Result<ControlFlow<()>, Failure> {
        self.tally.read += 1;
        self.bytes += text.len().max(VALUE);
        if self.series.transform.is_some() {
            self.compute(micros, text)?;
        } else {
            self.copy(micros, text)?;
        }
        let is_enough = self.tally.is_reduced || self.points.text.len() >= PAGE || self.bytes >= READ;
        Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Answers a value as it is, or counts it where it is no number and a definition says that it should be.
    fn copy(&mut self, micros: i64, text: &str) -> Result<(), Failure> {
        let is_number = self.series.kind == Kind::Number;
        let number = if is_number { number::to_json(text) } else { None };
        let (value, is_cut) = match &number {
            Some(number) => (Value::Number(number), false),
            None if is_number && self.series.is_defined => {
                self.tally.left_out += 1;
                return Ok(());
            }
            None => {
                let shown = beginning(text, LONGEST_TEXT);
                (Value::Text(shown), shown.len() < text.len())
            }
        };
        let is_text = matches!(value, Value::Text(_));
        if self.answer(&Point { micros, value, is_cut, length: text.len() })? {
            self.tally.texts += u64::from(is_number && is_text);
        }
        Ok(())
    }

    /// Takes a value into the computation, and answers the point that comes out.
    fn compute(&mut self, micros: i64, text: &str) -> Result<(), Failure> {
        let Some(value) = number::value(text) else {
            self.tally.left_out += 1;
            return Ok(());
        };
        let computed = self.series.transform.as_mut().and_then(|transform| transform.push(micros, value));
        let Some((micros, value)) = computed else { return Ok(()) };
        if !value.is_finite() {
            self.tally.left_out += 1;
            return Ok(());
        }
        let mut number = std::mem::take(&mut self.number);
        number.clear();
        write_json(&value, &mut number)?;
        let text = String::from_utf8_lossy(&number);
        self.answer(&Point { micros, value: Value::Number(&text), is_cut: false, length: text.len() })?;
        self.number = number;
        Ok(())
    }

    /// Answers a point unless there are enough of them.
    fn answer(&mut self, point: &Point<'_>) -> Result<bool, Failure> {
        if self.series.limit.is_some_and(|limit| self.points.count >= u64::from(limit)) {
            self.tally.is_reduced = true;
            self.tally.read -= 1;
            return Ok(false);
        }
        self.points.push(point)?;
        Ok(true)
    }

    fn meta(&self) -> Meta<'_> {
        let (series, tally) = (&self.series, &self.tally);
        let data_type = match series.kind {
            _ if tally.read == 0 && !series.is_defined => "None",
            _ if tally.texts > 0 => Kind::Text.word(),
            kind => kind.word(),
        };
        Meta {
            path: &series.path,
            from: series.range.from.to_iso8601(),
            to: series.range.to.to_iso8601(),
            seconds: format!("{:?}", series.range.seconds()),
            len: self.points.count.to_string(),
            orig_len: tally.read.to_string(),
            data_type,
            conversion_errors: tally.left_out.to_string(),
            reduced: truth(tally.is_reduced),
        }
    }
}
