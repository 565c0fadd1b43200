// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Numbers as JSON.
//!
//! Invariants: what is a number is the core's rule, and a text longer than one point of an answer
//! is none; an integer that fits 128 bits keeps every
//! digit, every other number is the nearest `f64`, written so that it reads back the same.

use std::borrow::Cow;

use byteport_core::model::value::parse_number;
use rusqlite::types::ValueRef;

use super::page::LONGEST_TEXT;

/// The `data_type` words of field definitions that stand for numbers.
pub const TYPES: &[&str] = &["number", "numeric", "integer", "int", "float", "double", "decimal"];

/// Whether the text is a number.
#[must_use]
pub fn is_number(text: &str) -> bool {
    text.len() <= LONGEST_TEXT && parse_number(text).is_some()
}

/// The text of a cell.
#[must_use]
pub fn text_of(cell: ValueRef<'_>) -> Cow<'_, str> {
    match cell {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes),
        _ => Cow::Borrowed(""),
    }
}

/// The JSON text of a number; `None` if the text is not one.
#[must_use]
pub fn to_json(text: &str) -> Option<String> {
    let float = parse_number(text)?;
    let text = text.trim();
    match text.parse::<i128>() {
        // As an integer, "-0" would lose its sign.
        Ok(integer) if integer != 0 || !text.starts_with('-') => Some(integer.to_string()),
        _ => serde_json::to_string(&float).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;

    fn json(text: &str) -> Option<String> {
        to_json(text)
    }

    #[test]
    fn numbers_become_json() {
        let cases = [
            ("21.5\n", "21.5"),
            ("42", "42"),
            ("+7", "7"),
            ("-1.5e3", "-1500.0"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("9007199254740993", "9007199254740993"),
            ("0", "0"),
            ("-0", "-0.0"),
        ];
        for (text, expected) in cases {
            assert_eq!(json(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn text_is_not_a_number() {
        for text in ["", " ", "nan", "inf", "-Infinity", "1e999", "0x10", "1,5", "1_000", "21.5 C", "1 2"] {
            assert_eq!(json(text), None, "{text:?}");
        }
    }
}
