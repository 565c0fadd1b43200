// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A field's values from the database, a page at a time.
//!
//! Invariants: no value is copied here, and none is kept; whoever takes the values ends the page;
//! pages follow each other by time, so a value that is written meanwhile is neither doubled nor
//! does it move another.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::number::is_number;
use super::range::Range;
use crate::answer::Failure;
use crate::store::Connection;
use crate::values;

/// A value of more bytes than this is cut where it is answered as a point of a series.
pub const LONGEST_TEXT: usize = 1024 * 1024;
/// Values and bytes that are judged in one go.
const JUDGED: (usize, usize) = (10_000, 1024 * 1024);

const SELECT: &str = "SELECT micros, text FROM value WHERE field_id = ?1 AND micros BETWEEN ?2 AND ?3
                      ORDER BY micros";

/// Gives the values of a range, as microsecond and text, until they end or `take` breaks off; then
/// what is left of the range after the value that was given last.
pub fn walk(
    connection: &Connection,
    field: i64,
    range: Range,
    mut take: impl FnMut(i64, Cow<'_, str>) -> Result<ControlFlow<()>, Failure>,
) -> Result<Option<Range>, Failure> {
    let mut rest = None;
    connection.walk(SELECT, values![field, range.from.as_micros(), range.to.as_micros()], |row| {
        let micros = row.get(0)?;
        let next = take(micros, row.text(1)?)?;
        if next.is_break() {
            rest = range.after(micros);
        }
        Ok::<_, Failure>(next)
    })?;
    Ok(rest)
}

/// What was found out of a range's values.
pub enum Verdict {
    /// One of them is not a number.
    Text,
    /// The first so many were numbers; this is left of the range.
    Numbers(usize, Option<Range>),
}

/// Looks for a value that is not a number among the first `most`, but not for long.
pub fn judge(connection: &Connection, field: i64, range: Range, most: usize) -> Result<Verdict, Failure> {
    let (mut values, mut bytes, mut is_text) = (0, 0, false);
    let rest = walk(connection, field, range, |_, text| {
        (values, bytes) = (values + 1, bytes + text.len());
        is_text = !is_number(&text);
        let is_enough = is_text || values >= JUDGED.0.min(most) || bytes >= JUDGED.1;
        Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(if is_text { Verdict::Text } else { Verdict::Numbers(values, rest) })
}

/// As much of a text as `most` bytes hold, whole characters only.
#[must_use]
pub fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(beginning("aåb", 2), "a");
        assert_eq!(beginning("aåb", 3), "aå");
        assert_eq!(beginning("aåb", 9), "aåb");
    }
}
