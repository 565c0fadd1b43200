// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A series as a table, as CSV and as JSON. Times are ISO 8601 in UTC with six decimals and a `Z`.

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
fn value(
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
fn printable(text: &str) -> String {
    screen::printable(&text.replace('\\', "\\\\"))
}

/// RFC 4180: a header, comma, CRLF, quotes where need be. A value that the service has not is empty.
pub fn csv(out: &mut impl Write, series: &Series) -> io::Result<()> {
    out.write_all(b"time,value\r\n")?;
    for (i, micros) in series.times.iter().enumerate() {
        write!(out, "{},{}\r\n", time(*micros), value(series, i, number, quoted).unwrap_or_default())?;
    }
    Ok(())
}

/// An empty text is quoted too, which tells it from a missing value.
fn quoted(text: &str) -> String {
    let needs = text.is_empty() || text.contains([',', '"', '\r', '\n']);
    if needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Text in JSON, in which what could drive a terminal is escaped too; serde_json does so with C0 only.
fn json_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        if screen::is_unprintable(c) {
            json.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            json.push(c);
        }
    }
    json
}

/// One JSON list, with one object a line. A value that the service has not is `null`.
pub fn json(out: &mut impl Write, series: &Series) -> io::Result<()> {
    out.write_all(b"[")?;
    for (i, micros) in series.times.iter().enumerate() {
        let value = value(series, i, number, json_text);
        let comma = if i == 0 { "" } else { "," };
        let value = value.as_deref().unwrap_or("null");
        write!(out, "{comma}\n{{\"time\":\"{}\",\"value\":{value}}}", time(*micros))?;
    }
    out.write_all(if series.is_empty() { b"]\n" } else { b"\n]\n" })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Writer = fn(&mut Vec<u8>, &Series) -> io::Result<()>;

    fn written(writer: Writer, values: SeriesValues) -> String {
        let count = match &values {
            SeriesValues::Numbers(numbers) => numbers.len(),
            SeriesValues::Texts(texts) => texts.len(),
        };
        let times = (0..count as i64).map(|i| i * 1_500_000).collect();
        let mut out = Vec::new();
        writer(&mut out, &Series { times, values }).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn texts(texts: &[&str]) -> SeriesValues {
        SeriesValues::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
    }

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

    #[test]
    fn tables() {
        assert_eq!(
            written(table, SeriesValues::Numbers(vec![1.5, 100.0, f64::NAN])),
            "time                         value\n\
             1970-01-01T00:00:00.000000Z    1.5\n\
             1970-01-01T00:00:01.500000Z    100\n\
             1970-01-01T00:00:03.000000Z       \n"
        );
        assert_eq!(
            written(table, texts(&["on", "a\nb\u{1b}[2J\u{202e}\\", "ö"])),
            "time                         value\n\
             1970-01-01T00:00:00.000000Z  on\n\
             1970-01-01T00:00:01.500000Z  a\\nb\\u{1b}[2J\\u{202e}\\\\\n\
             1970-01-01T00:00:03.000000Z  ö\n"
        );
        assert_eq!(written(table, texts(&[])).lines().count(), 1);
    }

    #[test]
    fn csv_quotes_where_need_be() {
        assert_eq!(
            written(csv, texts(&["on", "a,b", "say \"hi\"\r\n", ""])),
            "time,value\r\n1970-01-01T00:00:00.000000Z,on\r\n1970-01-01T00:00:01.500000Z,\"a,b\"\r\n\
             1970-01-01T00:00:03.000000Z,\"say \"\"hi\"\"\r\n\"\r\n1970-01-01T00:00:04.500000Z,\"\"\r\n"
        );
        assert_eq!(
            written(csv, SeriesValues::Numbers(vec![f64::NAN])),
            "time,value\r\n1970-01-01T00:00:00.000000Z,\r\n"
        );
        assert_eq!(written(csv, texts(&[])), "time,value\r\n");
    }

    #[test]
    fn json_is_json() {
        let read = |values| serde_json::from_str::<serde_json::Value>(&written(json, values)).unwrap();
        let list = read(SeriesValues::Numbers(vec![1.5, 1e300, f64::NAN, -0.0]));
        assert_eq!(list[0]["time"], "1970-01-01T00:00:00.000000Z");
        assert_eq!(list[1]["value"], 1e300);
        assert!(list[2]["value"].is_null());
        assert_eq!(read(texts(&["a\"\n\u{1}ö"]))[0]["value"], "a\"\n\u{1}ö");
        assert_eq!(written(json, texts(&[])), "[]\n");
    }

    #[test]
    fn json_cannot_drive_a_terminal() {
        let text = "\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{61c}\u{2028}\u{2066}\\u009b";
        let json = written(json, texts(&[text]));
        let shown = r#""\u001b[2J\u007f\u009b31m\u202e\u061c\u2028\u2066\\u009b""#;
        assert!(json.contains(shown), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()[0]["value"], text);
    }
}
