// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Points as JSON text, one after the other in one buffer.
//!
//! Invariants: nothing is allocated for a point of a number but the buffer's growth; the text is
//! also JavaScript.

use byteport_core::model::Timestamp;
use serde::Serialize;

use super::range::DAY;
use crate::answer::Failure;
use crate::jsonp::to_text;
use crate::scalar::truth;

/// The first byte of U+2028 and U+2029, which JSON allows and old JavaScript does not.
const SEPARATOR: u8 = 0xe2;

/// A point's value.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// The JSON text of a number.
    Number(&'a str),
    /// Any text, to become a JSON string.
    Text(&'a str),
}

/// A point as it is answered.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// When it was measured, in microseconds.
    pub micros: i64,
    /// What was measured, or its beginning.
    pub value: Value<'a>,
    /// Whether only the beginning is here.
    pub is_cut: bool,
    /// The whole value's length in bytes.
    pub length: usize,
}

/// Writes points.
#[derive(Default)]
pub struct Points {
    /// The text so far.
    pub text: Vec<u8>,
    /// How many points were written.
    pub count: u64,
    clock: Clock,
}

impl Points {
    /// Begins after this text.
    #[must_use]
    pub fn after(text: String) -> Self {
        Self { text: text.into_bytes(), ..Self::default() }
    }

    /// Writes a point after the ones before it.
    pub fn push(&mut self, point: &Point<'_>) -> Result<(), Failure> {
        let text = &mut self.text;
        let start: &[u8] = if self.count == 0 { b"{\"t\":\"" } else { b",{\"t\":\"" };
        text.extend_from_slice(start);
        self.clock.write(point.micros, text);
        text.extend_from_slice(b"\",\"v\":");
        write_value(point.value, text)?;
        text.extend_from_slice(b",\"r\":\"");
        let from = text.len();
        write_json(&point.micros, text)?;
        let to = text.len();
        text.extend_from_slice(b"\",\"m\":{\"trv\":\"");
        text.extend_from_slice(truth(point.is_cut).as_bytes());
        text.extend_from_slice(b"\",\"vlen\":\"");
        write_json(&point.length, text)?;
        text.extend_from_slice(b"\",\"hdts\":\"");
        text.extend_from_within(from..to);
        text.extend_from_slice(b"\"}}");
        self.count += 1;
        Ok(())
    }
}

fn write_value(value: Value<'_>, text: &mut Vec<u8>) -> Result<(), Failure> {
    match value {
        Value::Number(number) => text.extend_from_slice(number.as_bytes()),
        Value::Text(value) if value.as_bytes().contains(&SEPARATOR) => {
            text.extend_from_slice(to_text(&value)?.as_bytes());
        }
        Value::Text(value) => write_json(&value, text)?,
    }
    Ok(())
}

/// Writes a value as JSON.
pub fn write_json(value: &impl Serialize, text: &mut Vec<u8>) -> Result<(), Failure> {
    serde_json::to_writer(text, value).map_err(|error| Failure::internal("JSON", error))
}

/// Writes times as [`Timestamp::to_iso8601`] does; of times on the same day the date is written once.
#[derive(Default)]
struct Clock {
    /// The day and its text up to the `T`.
    day: Option<(i64, String)>,
}

impl Clock {
    fn write(&mut self, micros: i64, text: &mut Vec<u8>) {
        let day = micros.div_euclid(DAY);
        let date = match &mut self.day {
            Some((known, date)) if *known == day => date,
            other => &mut other.insert((day, date(day))).1,
        };
        text.extend_from_slice(date.as_bytes());
        let micros = micros.rem_euclid(DAY);
        let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
        let [hours, minutes, seconds] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two_digits);
        let [high, middle, low] = [micros / 10_000, micros / 100 % 100, micros % 100].map(two_digits);
        let ([h, i], [m, n], [s, t]) = (hours, minutes, seconds);
        text.extend_from_slice(&[h, i, b':', m, n, b':', s, t, b'.']);
        text.extend_from_slice(&[high[0], high[1], middle[0], middle[1], low[0], low[1]]);
    }
}

/// A day as it stands before a clock's time: `2015-05-01T`.
fn date(day: i64) -> String {
    let mut text = Timestamp::from_micros(day.saturating_mul(DAY)).to_iso8601();
    text.truncate(text.find('T').map_or(text.len(), |index| index + 1));
    text
}

/// The two digits of a number below 100.
fn two_digits(number: i64) -> [u8; 2] {
    let digit = |number: i64| b'0' + u8::try_from(number % 10).unwrap_or_default();
    [digit(number / 10), digit(number)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_core_writes_them() {
        let mut clock = Clock::default();
        let near = [0, 1, -1, 59_999_999, DAY - 1, DAY, -DAY, -DAY - 1, 1_427_894_055_000_016];
        let far = [-62_135_596_800_000_000, 253_402_300_799_999_999];
        let many = (0..10_000).map(|index| index * 7_654_321_987 - 1_000_000_000_000);
        for micros in near.into_iter().chain(far).chain(many) {
            let mut text = Vec::new();
            clock.write(micros, &mut text);
            assert_eq!(text, Timestamp::from_micros(micros).to_iso8601().as_bytes(), "{micros}");
        }
    }

    #[test]
    fn texts_are_javascript_too() {
        let mut points = Points::after(String::new());
        let value = Value::Text("a\"\u{2028}</script>é");
        points.push(&Point { micros: -1, value, is_cut: true, length: 99 }).expect("written");
        let expected = r#"{"t":"1969-12-31T23:59:59.999999","v":"a\"\u2028</script>é","r":"-1","m":{"trv":"True","vlen":"99","hdts":"-1"}}"#;
        assert_eq!(String::from_utf8_lossy(&points.text), expected);
    }
}
