// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How values look in each format, and a series as a table. Times are ISO 8601 in UTC with six decimals and a `Z`.

use std::io::{self, Write};

use byteport_core::model::Timestamp;
use byteport_core::{Series, SeriesValues};

use crate::screen;

/// The shortest text that reads back to the same number, with an exponent only where it would be very long.
pub fn number(number: f64) -> String {
    let plain = number == 0.0 || (1e-6..1e17).contains(&number.abs());
    if plain { format!("{number}") } else { format!("{number:e}") }
}

/// A moment, as every format writes it.
pub fn time(micros: i64) -> String {
    format!("{}Z", Timestamp::from_micros(micros).to_iso8601())
}

/// The value at a place; none where the service has none.
pub fn value(
    series: &Series,
    index: usize,
    of_number: fn(f64) -> String,
    of_text: fn(&str) -> String,
) -> Option<String> {
    match &series.values {
        SeriesValues::Numbers(numbers) => {
            numbers.get(index).filter(|value| !value.is_nan()).map(|value| of_number(*value))
        }
        SeriesValues::Texts(texts) => texts.get(index).map(|text| of_text(text)),
    }
}

/// Time and value in columns, under a header; numbers to the right, texts to the left, control characters escaped.
pub fn table(out: &mut impl Write, series: &Series) -> io::Result<()> {
    let values: Vec<String> =
        (0..series.len()).map(|i| value(series, i, number, printable).unwrap_or_default()).collect();
    let is_text = matches!(series.values, SeriesValues::Texts(_));
    let widest = values.iter().map(String::len).max().unwrap_or(0).max("value".len());
    let width = if is_text { 0 } else { widest };
    writeln!(out, "{:<27}  {:>width$}", "time", "value")?;
    for (micros, value) in series.times.iter().zip(&values) {
        writeln!(out, "{:<27}  {value:>width$}", time(*micros))?;
    }
    Ok(())
}

/// Text that cannot drive a terminal; a backslash is doubled, which tells it from an escaped character.
pub fn printable(text: &str) -> String {
    screen::printable(&text.replace('\\', "\\\\"))
}

/// An empty text is quoted too, which tells it from a missing value.
pub fn quoted(text: &str) -> String {
    let needs = text.is_empty() || text.contains([',', '"', '\r', '\n']);
    if needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// As [`quoted`], with control characters escaped.
pub fn quoted_for_terminal(text: &str) -> String {
    quoted(&screen::printable(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_the_same() {
        for (value, text) in [
            (0.0, "0"),
            (42.0, "42"),
            (-12.5, "-12.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e300, "1e300"),
            (1.5e-9, "1.5e-9"),
        ] {
            assert_eq!(number(value), text);
            assert_eq!(text.parse(), Ok(value));
        }
    }

    fn written(values: SeriesValues, count: i64) -> String {
        let times = (0..count).map(|i| i * 1_500_000).collect();
        let mut out = Vec::new();
        table(&mut out, &Series { times, values }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn tables() {
        assert_eq!(
            written(SeriesValues::Numbers(vec![1.5, 100.0, f64::NAN]), 3),
            "time                         value\n\
             1970-01-01T00:00:00.000000Z    1.5\n\
             1970-01-01T00:00:01.500000Z    100\n\
             1970-01-01T00:00:03.000000Z       \n"
        );
        assert_eq!(
            written(
                SeriesValues::Texts(["on", "a\nb\u{1b}[2J\u{202e}\\", "ö"].map(str::to_owned).to_vec()),
                3
            ),
            "time                         value\n\
             1970-01-01T00:00:00.000000Z  on\n\
             1970-01-01T00:00:01.500000Z  a\\nb\\u{1b}[2J\\u{202e}\\\\\n\
             1970-01-01T00:00:03.000000Z  ö\n"
        );
        assert_eq!(written(SeriesValues::Texts(Vec::new()), 0).lines().count(), 1);
    }
}
