// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the service answers, as a table, as CSV or as its own JSON text.
//!
//! Invariants: what could drive a terminal never reaches one; secrets are shown only where they are asked for.

use std::collections::BTreeSet;
use std::io::{self, Write};

use byteport_core::{Error, ErrorCode};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::{format, json, output, screen};

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns under a header
    Table,
    /// RFC 4180, with a header
    Csv,
    /// The service's own JSON text
    Json,
}

#[derive(Args)]
pub struct ListArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Every column in a table, not only the usual ones; CSV and JSON have them all
    #[arg(long)]
    pub all: bool,
}

#[derive(Args)]
pub struct SecretListArgs {
    #[command(flatten)]
    pub list: ListArgs,
    /// Show keys and codes too
    #[arg(long)]
    pub secrets: bool,
}

/// One thing that is listed.
pub type Row = Map<String, Value>;

/// An answer, and how it becomes rows.
pub struct Listing<'a> {
    /// The answer.
    pub text: &'a str,
    /// The columns that come first.
    pub columns: &'a [&'a str],
    /// The rows in it; none where its shape is another.
    pub rows: fn(Value) -> Option<Vec<Row>>,
    /// Whether secrets are shown.
    pub secrets: bool,
}

impl Listing<'_> {
    /// Prints it on standard output.
    pub fn print(&self, args: &ListArgs) -> Result<(), Failure> {
        let is_terminal = output::is_terminal();
        if args.format == Format::Json {
            let mut out = output::open()?;
            json::write(
                &mut out,
                self.text,
                json::Style { pretty: is_terminal, hide_secrets: !self.secrets },
            )?;
            return Ok(out.flush()?);
        }
        let rows = self.rows()?;
        let columns = self.columns(&rows, args);
        let mut out = output::open()?;
        match args.format {
            Format::Csv => csv(&mut out, &columns, &rows, is_terminal)?,
            _ => table(&mut out, &columns, &rows)?,
        }
        Ok(out.flush()?)
    }

    fn rows(&self) -> Result<Vec<Row>, Failure> {
        let mut answer: Option<Value> = serde_json::from_str(self.text).ok();
        if !self.secrets {
            answer.iter_mut().for_each(hide_secrets);
        }
        answer.and_then(self.rows).ok_or_else(|| {
            let message = "the answer has another shape than it should: --format json shows it";
            Error::new(ErrorCode::InvalidAnswer, message).into()
        })
    }

    /// The usual columns, then, if they are to be seen, the others by their names. A table has only those with a value.
    fn columns(&self, rows: &[Row], args: &ListArgs) -> Vec<String> {
        let mut columns: Vec<String> = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let mut others: BTreeSet<&String> = rows.iter().flat_map(Map::keys).collect();
        others.retain(|name| !self.columns.contains(&name.as_str()));
        others.retain(|name| args.all || args.format == Format::Csv || json::is_secret(name));
        columns.extend(others.into_iter().cloned());
        if args.format == Format::Table {
            columns.retain(|name| rows.is_empty() || rows.iter().any(|row| text(row, name).is_some()));
        }
        columns
    }
}

/// Takes out every secret, however deep: JSON text of this kind has a bounded depth.
fn hide_secrets(answer: &mut Value) {
    match answer {
        Value::Object(object) => {
            object.retain(|name, _| !json::is_secret(name));
            object.values_mut().for_each(hide_secrets);
        }
        Value::Array(list) => list.iter_mut().for_each(hide_secrets),
        _ => {}
    }
}

/// A list of objects; what is no object is a row with one value.
pub fn list(answer: Value) -> Option<Vec<Row>> {
    let Value::Array(list) = answer else { return None };
    Some(list.into_iter().map(|item| row(item, "uid")).collect())
}

/// One object.
pub fn one(answer: Value) -> Option<Vec<Row>> {
    let Value::Object(row) = answer else { return None };
    Some(vec![row])
}

/// An object as a row; anything else under a name.
pub fn row(item: Value, name: &str) -> Row {
    match item {
        Value::Object(row) => row,
        other => Row::from_iter([(name.to_owned(), other)]),
    }
}

/// What stands in a cell; none where the service has nothing. Lists and objects are JSON text.
fn text(row: &Row, name: &str) -> Option<String> {
    match row.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| text != "None"),
        other => Some(other.to_string()),
    }
}

/// Columns as wide as what is in them.
fn table(out: &mut impl Write, columns: &[String], rows: &[Row]) -> io::Result<()> {
    let mut lines = vec![columns.iter().map(|name| screen::printable(name)).collect::<Vec<_>>()];
    for row in rows {
        lines.push(
            columns.iter().map(|name| format::printable(&text(row, name).unwrap_or_default())).collect(),
        );
    }
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns.len()).map(|column| width(column).unwrap_or_default()).collect();
    for line in &lines {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// RFC 4180. What the service has not is empty, and an empty text is quoted.
fn csv(out: &mut impl Write, columns: &[String], rows: &[Row], is_terminal: bool) -> io::Result<()> {
    let cell = if is_terminal { format::quoted_for_terminal } else { format::quoted };
    let names: Vec<String> = columns.iter().map(|name| cell(name)).collect();
    write!(out, "{}\r\n", names.join(","))?;
    for row in rows {
        let cells: Vec<String> =
            columns.iter().map(|name| text(row, name).map_or_else(String::new, |text| cell(&text))).collect();
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"[{"uid": "a", "n": 1.50, "none": "None", "access_key": "S1", "\u001b": "x",
                            "deep": [{"reg_code": "S2", "b": 1}]}, {"uid": "\u001b[2J,", "n": null}, "c"]"#;

    fn shown(format: Format, all: bool, secrets: bool) -> String {
        let listing = Listing { text: TEXT, columns: &["uid", "n", "none"], rows: list, secrets };
        let rows = listing.rows().unwrap();
        let columns = listing.columns(&rows, &ListArgs { format, all });
        let mut out = Vec::new();
        match format {
            Format::Csv => csv(&mut out, &columns, &rows, false).unwrap(),
            _ => table(&mut out, &columns, &rows).unwrap(),
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn tables_have_the_usual_columns_with_a_value() {
        assert_eq!(shown(Format::Table, false, false), "uid         n\na           1.5\n\\u{1b}[2J,\nc\n");
        let all = shown(Format::Table, true, false);
        assert_eq!(
            all.lines().next().unwrap().split_whitespace().collect::<Vec<_>>(),
            ["uid", "n", "\\u{1b}", "deep"]
        );
        assert!(!all.contains('\u{1b}') && !all.contains('S'), "{all}");
    }

    #[test]
    fn csv_has_every_column() {
        let text = shown(Format::Csv, false, false);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], "uid,n,none,\u{1b},deep");
        assert_eq!(lines[1], "a,1.5,,x,\"[{\"\"b\"\":1}]\"");
        assert_eq!(lines[2], "\"\u{1b}[2J,\",,,,");
        assert!(!text.contains('S'), "{text}");
    }

    #[test]
    fn secrets_are_shown_where_they_are_asked_for() {
        assert!(shown(Format::Table, false, true).contains("S1"));
        let csv = shown(Format::Csv, false, true);
        assert!(csv.contains("S1") && csv.contains("S2"), "{csv}");
    }

    #[test]
    fn another_shape_is_told() {
        for text in ["{}", "5", "null"] {
            let listing = Listing { text, columns: &["uid"], rows: list, secrets: false };
            assert!(listing.rows().is_err(), "{text}");
        }
        assert_eq!(list(serde_json::json!([])), Some(Vec::new()));
    }
}
