// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A series line by line, as CSV or JSON: a page at a time, in memory that does not grow with it.

use std::io::{self, Write};

use byteport_core::{Series, SeriesValues};

use crate::format::{number, quoted, quoted_for_terminal, time, value};
use crate::json;

/// The pages of a series as one.
pub fn join(pages: Vec<Series>) -> Series {
    let is_text = pages.iter().any(|page| matches!(page.values, SeriesValues::Texts(_)));
    let (mut times, mut numbers, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for page in pages {
        times.extend(page.times);
        match page.values {
            SeriesValues::Numbers(values) if is_text => texts.extend(values.into_iter().map(number)),
            SeriesValues::Numbers(values) => numbers.extend(values),
            SeriesValues::Texts(values) => texts.extend(values),
        }
    }
    let values = if is_text { SeriesValues::Texts(texts) } else { SeriesValues::Numbers(numbers) };
    Series { times, values }
}

/// A format that is written line by line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// RFC 4180: a header, comma, CRLF, quotes where need be. A value that the service has not is empty.
    Csv,
    /// One JSON list, with one object a line. A value that the service has not is `null`.
    Json,
}

/// Writes a series line by line, a page at a time.
pub struct Printer<W> {
    out: W,
    format: Lines,
    is_terminal: bool,
    is_empty: bool,
}

impl<W: Write> Printer<W> {
    pub fn begin(mut out: W, format: Lines, is_terminal: bool) -> io::Result<Printer<W>> {
        out.write_all(if format == Lines::Csv { b"time,value\r\n" } else { b"[" })?;
        Ok(Printer { out, format, is_terminal, is_empty: true })
    }

    pub fn page(&mut self, series: &Series) -> io::Result<()> {
        for (i, micros) in series.times.iter().enumerate() {
            let time = time(*micros);
            match self.format {
                Lines::Csv => {
                    let text = if self.is_terminal { quoted_for_terminal } else { quoted };
                    let value = value(series, i, number, text).unwrap_or_default();
                    write!(self.out, "{time},{value}\r\n")?;
                }
                Lines::Json => {
                    let comma = if self.is_empty { "" } else { "," };
                    let value = value(series, i, number, json::quoted);
                    let value = value.as_deref().unwrap_or("null");
                    write!(self.out, "{comma}\n{{\"time\":\"{time}\",\"value\":{value}}}")?;
                }
            }
            self.is_empty = false;
        }
        Ok(())
    }

    pub fn end(mut self) -> io::Result<W> {
        if self.format == Lines::Json {
            self.out.write_all(if self.is_empty { b"]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In two pages.
    fn written(format: Lines, values: SeriesValues) -> String {
        let pages = match values {
            SeriesValues::Numbers(values) => {
                let (first, rest) = values.split_at(values.len() / 2);
                [first, rest].map(|page| SeriesValues::Numbers(page.to_vec()))
            }
            SeriesValues::Texts(values) => {
                let (first, rest) = values.split_at(values.len() / 2);
                [first, rest].map(|page| SeriesValues::Texts(page.to_vec()))
            }
        };
        let mut printer = Printer::begin(Vec::new(), format, false).unwrap();
        let mut seconds = (0..).map(|i| i * 1_500_000);
        for values in pages {
            let count = match &values {
                SeriesValues::Numbers(numbers) => numbers.len(),
                SeriesValues::Texts(texts) => texts.len(),
            };
            printer.page(&Series { times: seconds.by_ref().take(count).collect(), values }).unwrap();
        }
        String::from_utf8(printer.end().unwrap()).unwrap()
    }

    #[test]
    fn pages_of_two_kinds_become_texts() {
        let page = |micros, values| Series { times: vec![micros], values };
        let joined = join(vec![page(1, SeriesValues::Numbers(vec![1.5])), page(2, texts(&["on"]))]);
        assert_eq!(joined, Series { times: vec![1, 2], values: texts(&["1.5", "on"]) });
        assert_eq!(join(Vec::new()), Series { times: Vec::new(), values: SeriesValues::Numbers(Vec::new()) });
    }

    #[test]
    fn csv_cannot_drive_a_terminal_either() {
        let series = Series { times: vec![0], values: texts(&["\u{1b}[2J,"]) };
        let mut printer = Printer::begin(Vec::new(), Lines::Csv, true).unwrap();
        printer.page(&series).unwrap();
        let text = String::from_utf8(printer.end().unwrap()).unwrap();
        assert!(text.ends_with("Z,\"\\u{1b}[2J,\"\r\n"), "{text}");
    }

    fn texts(texts: &[&str]) -> SeriesValues {
        SeriesValues::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn csv_quotes_where_need_be() {
        assert_eq!(
            written(Lines::Csv, texts(&["on", "a,b", "say \"hi\"\r\n", ""])),
            "time,value\r\n1970-01-01T00:00:00.000000Z,on\r\n1970-01-01T00:00:01.500000Z,\"a,b\"\r\n\
             1970-01-01T00:00:03.000000Z,\"say \"\"hi\"\"\r\n\"\r\n1970-01-01T00:00:04.500000Z,\"\"\r\n"
        );
        assert_eq!(
            written(Lines::Csv, SeriesValues::Numbers(vec![f64::NAN])),
            "time,value\r\n1970-01-01T00:00:00.000000Z,\r\n"
        );
        assert_eq!(written(Lines::Csv, texts(&[])), "time,value\r\n");
    }

    #[test]
    fn json_is_json() {
        let read = |values| serde_json::from_str::<serde_json::Value>(&written(Lines::Json, values)).unwrap();
        let list = read(SeriesValues::Numbers(vec![1.5, 1e300, f64::NAN, -0.0]));
        assert_eq!(list[0]["time"], "1970-01-01T00:00:00.000000Z");
        assert_eq!(list[1]["value"], 1e300);
        assert!(list[2]["value"].is_null());
        assert_eq!(read(texts(&["a\"\n\u{1}ö"]))[0]["value"], "a\"\n\u{1}ö");
        assert_eq!(written(Lines::Json, texts(&[])), "[]\n");
    }

    #[test]
    fn json_cannot_drive_a_terminal() {
        let text = "\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{61c}\u{2028}\u{2066}\\u009b";
        let json = written(Lines::Json, texts(&[text]));
        let shown = r#""\u001b[2J\u007f\u009b31m\u202e\u061c\u2028\u2066\\u009b""#;
        assert!(json.contains(shown), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()[0]["value"], text);
    }
}
