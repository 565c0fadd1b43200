// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Numbers as JSON.
//!
//! Invariants: what is a number is the core's rule, and a text longer than one point of an answer
//! is none; a short text that is a JSON number without an exponent stays as it is, an integer that
//! fits 128 bits keeps every digit, every other number is the nearest `f64`, written so that it
//! reads back the same.

use std::borrow::Cow;

use super::page::LONGEST_TEXT;
use byteport_core::model::value::parse_number;

/// The `data_type` words of field definitions that stand for numbers.
pub const TYPES: &[&str] = &["number", "numeric", "integer", "int", "float", "double", "decimal"];
/// The longest text that may stay as it is; without an exponent it is a finite number.
const LONGEST_PLAIN: usize = 32;

/// Whether the text is a number.
#[must_use]
pub fn is_number(text: &str) -> bool {
    value(text).is_some()
}

/// The number that a whole value is, if it is one.
#[must_use]
pub fn value(text: &str) -> Option<f64> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    parse_number(text)
}

/// The JSON text of a number; `None` if the text is not one.
#[must_use]
pub fn to_json(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text.as_bytes()) {
        return Some(Cow::Borrowed(text));
    }
    let float = value(text)?;
    let text = text.trim();
    match text.parse::<i128>() {
        // As an integer, "-0" would lose its sign.
        Ok(integer) if integer != 0 || !text.starts_with('-') => Some(integer.to_string().into()),
        _ => serde_json::to_string(&float).ok().map(Cow::Owned),
    }
}

/// Whether a text is short and, as it stands, a JSON number without an exponent; not `-0`.
fn is_plain(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let mut parts = digits.splitn(2, |byte| *byte == b'.');
    let is_whole = match parts.next() {
        Some([b'0']) => digits.len() == text.len() || digits.len() > 1,
        Some([b'1'..=b'9', rest @ ..]) => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let is_fraction = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    text.len() <= LONGEST_PLAIN && is_whole && parts.next().is_none_or(is_fraction)
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn numbers_become_json() {
        let cases = [
            ("21.5\n", "21.5"),
            ("21.50", "21.50"),
            ("42", "42"),
            ("+7", "7"),
            ("007", "7"),
            ("-00.5", "-0.5"),
            ("-1.5e3", "-1500.0"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("-0.125", "-0.125"),
            ("9007199254740993", "9007199254740993"),
            ("0", "0"),
            ("-0", "-0.0"),
            ("-0.0", "-0.0"),
            ("0.1000000000000000000000000000001", "0.1"),
        ];
        for (text, expected) in cases {
            assert_eq!(to_json(text).as_deref(), Some(expected), "{text:?}");
            let read = serde_json::from_str::<f64>(expected).expect("JSON");
            assert_eq!(Some(read), super::value(text), "{text:?}");
        }
    }

    #[test]
    fn text_is_not_a_number() {
        let texts = [
            "",
            " ",
            "nan",
            "inf",
            "-Infinity",
            "1e999",
            "0x10",
            "1,5",
            "1_000",
            "21.5 C",
            "1 2",
            "-",
            ".",
            "-.",
            "1.2.3",
            "1.-2",
            "--1",
            "1.5\0",
        ];
        for text in texts {
            assert_eq!(to_json(text), None, "{text:?}");
        }
    }
}
