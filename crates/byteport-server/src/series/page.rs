// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A series' values from the database, a page at a time.
//!
//! Invariants: a page holds at most `ROWS` values and about `BYTES` bytes, whatever the range
//! is; pages follow each other by time, so a value that is written meanwhile is neither doubled
//! nor does it move another.

use byteport_core::model::Timestamp;
use rusqlite::{Connection, params};

use super::number::{is_number, text_of};
use super::range::Range;
use crate::answer::Failure;

/// A value of more bytes than this is cut where it is answered as a point of a series.
pub const LONGEST_TEXT: usize = 1024 * 1024;
const ROWS: usize = 1000;
const BYTES: usize = 256 * 1024;
/// Values and bytes that are judged in one go.
const JUDGED: (usize, usize) = (10_000, 1024 * 1024);

const SELECT: &str = "SELECT micros, text FROM value WHERE field_id = ?1 AND micros BETWEEN ?2 AND ?3
                      ORDER BY micros";

/// One value.
pub struct Point {
    /// When it was measured.
    pub time: Timestamp,
    /// The value, or its beginning.
    pub text: String,
    /// The whole value's length in bytes.
    pub length: usize,
}

impl Point {
    /// Whether only the beginning is here.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.text.len() < self.length
    }
}

/// Values that follow each other.
pub struct Page {
    /// In order of time.
    pub points: Vec<Point>,
    /// What is left of the range after them.
    pub rest: Option<Range>,
}

/// Reads the first page of a range.
pub fn read(connection: &Connection, field: i64, range: Range) -> Result<Page, Failure> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query(params![field, range.from.as_micros(), range.to.as_micros()])?;
    let mut points = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let whole = text_of(row.get_ref(1)?);
        let text = beginning(&whole).to_owned();
        let micros: i64 = row.get(0)?;
        bytes += text.len();
        points.push(Point { time: Timestamp::from_micros(micros), text, length: whole.len() });
        if points.len() >= ROWS || bytes >= BYTES {
            return Ok(Page { points, rest: range.after(micros) });
        }
    }
    Ok(Page { points, rest: None })
}

/// What was found out of a range's values.
pub enum Verdict {
    /// One of them is not a number.
    Text,
    /// All were numbers, up to this rest of the range.
    Numbers(Option<Range>),
}

/// Looks for a value that is not a number, but not for long.
pub fn judge(connection: &Connection, field: i64, range: Range) -> Result<Verdict, Failure> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query(params![field, range.from.as_micros(), range.to.as_micros()])?;
    let (mut values, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        let text = text_of(row.get_ref(1)?);
        if !is_number(&text) {
            return Ok(Verdict::Text);
        }
        (values, bytes) = (values + 1, bytes + text.len());
        if values >= JUDGED.0 || bytes >= JUDGED.1 {
            return Ok(Verdict::Numbers(range.after(row.get(0)?)));
        }
    }
    Ok(Verdict::Numbers(None))
}

/// As much of a text as is answered, whole characters only.
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
