// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Scalars as the API writes and reads them: nearly all of them are strings.
//!
//! Invariants: what is not set is `"None"`, a truth value `"True"` or `"False"`, a time ISO 8601 in
//! UTC; what is written so can be sent back, and an empty text clears as `None` does.

use std::fmt::Display;

use byteport_core::model::Timestamp;

use crate::answer::Failure;

/// What stands for a value that is not set.
pub const NONE: &str = "None";

/// The most characters of a text that a user gives to a device.
const LONGEST_TEXT: usize = 1000;

/// A truth value as the API writes it.
#[must_use]
pub fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// A value that may not be set.
#[must_use]
pub fn or_none(value: Option<impl Display>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

/// A time in microseconds that may not be set.
#[must_use]
pub fn time_or_none(micros: Option<i64>) -> String {
    or_none(micros.map(|micros| Timestamp::from_micros(micros).to_iso8601()))
}

/// A text as it is kept: what clears is `None`, one that is no plain text or too long is refused.
pub fn text(name: &str, text: &str) -> Result<Option<String>, Failure> {
    let is_plain = |character: char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
    if !text.chars().all(is_plain) {
        return Err(Failure::bad(format!("{name} must have no control characters")));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Failure::bad(format!("{name} must have at most {LONGEST_TEXT} characters")));
    }
    Ok(given(text).map(str::to_owned))
}

/// What is given, unless it stands for nothing.
#[must_use]
pub fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty() && *text != NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_cleared_or_refused() {
        let kept = |given: &str| text("alias", given).map_err(|failure| failure.reason().to_owned());
        assert_eq!(kept("a\n<b> 'ö'"), Ok(Some("a\n<b> 'ö'".into())));
        assert_eq!((kept(""), kept("None")), (Ok(None), Ok(None)));
        assert!(kept("a\0b").is_err() && kept("\u{85}").is_err());
        assert!(kept(&"å".repeat(LONGEST_TEXT)).is_ok() && kept(&"å".repeat(LONGEST_TEXT + 1)).is_err());
    }

    #[test]
    fn scalars_are_written_as_strings() {
        assert_eq!((or_none(Some(1.5)), or_none(None::<i64>)), ("1.5".into(), "None".into()));
        assert_eq!(time_or_none(Some(-1)), "1969-12-31T23:59:59.999999");
        assert_eq!((truth(true), truth(false)), ("True", "False"));
    }
}
