// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Values: numbers, text and objects, all of which travel as text (HTTP API v1, section 2).

use std::borrow::Cow;

use crate::codec;
use crate::error::{Error, ErrorCode, Result};

/// One value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A finite number; travels as the shortest decimal text that reads back to the same bits.
    Number(f64),
    /// Text in UTF-8 without NUL.
    Text(String),
    /// An object; travels as base64.
    Bytes(Vec<u8>),
}

impl Value {
    /// Says why the value cannot be stored.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidValue`] for NaN and the infinities, and for text that holds NUL.
    pub fn check(&self) -> Result<()> {
        let why = match self {
            Self::Number(number) if !number.is_finite() => format!("{number} is not a finite number"),
            Self::Text(text) if text.contains('\0') => {
                "text must not hold NUL; store it as an object".to_owned()
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorCode::InvalidValue, why))
    }

    /// The text that goes over the wire.
    ///
    /// # Errors
    /// As [`Value::check`].
    pub fn to_wire(&self) -> Result<Cow<'_, str>> {
        self.check()?;
        Ok(match self {
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Number(number) => Cow::Owned(format!("{number:?}")),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Bytes(bytes) => Cow::Owned(codec::to_base64(bytes)),
        })
    }
}

/// Reads a number in any common decimal notation, blanks around it allowed; `None` for everything else, NaN and the
/// infinities included. This is the rule by which text is told from numbers.
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Value {
                Value::$variant(value.into())
            }
        })*
    };
}
from!(i64 => Integer, i32 => Integer, u32 => Integer, f64 => Number, f32 => Number, &str => Text, String => Text, Vec<u8> => Bytes, &[u8] => Bytes);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_travel_as_the_shortest_text() {
        let wire = |value: Value| value.to_wire().unwrap().into_owned();
        assert_eq!(wire(20.25.into()), "20.25");
        assert_eq!(wire((-0.5).into()), "-0.5");
        assert_eq!(wire(20.0.into()), "20.0");
        assert_eq!(wire(1e300.into()), "1e300");
        assert_eq!(wire(i64::MIN.into()), "-9223372036854775808");
        assert_eq!(wire(Value::from(&[0u8, 16, 255][..])), "ABD/");
    }

    #[test]
    fn what_is_no_number_and_no_text_is_refused() {
        for value in [f64::NAN.into(), f64::INFINITY.into(), Value::from("a\0b")] {
            assert_eq!(value.to_wire().unwrap_err().code(), ErrorCode::InvalidValue);
        }
    }

    #[test]
    fn numbers_are_told_from_text() {
        for text in ["1", "-1.5e3", " 21.5\n", "+4", ".5", "5.", "1E6"] {
            assert!(parse_number(text).is_some(), "{text}");
        }
        for text in ["", " ", "nan", "inf", "1e999", "0x10", "1_000", "1 2", "e", "-", "1,5", "True"] {
            assert!(parse_number(text).is_none(), "{text}");
        }
    }
}
