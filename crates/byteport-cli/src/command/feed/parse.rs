// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One line of text as a reading: `speed=12.5;state="at rest"`, or the JSON object that `outbox export` writes.

use byteport_core::model::{Reading, packet};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::command::store::add;
use crate::exit::Failure;
use crate::span;

/// What a line in JSON may hold. An unknown key is an error, for a time under a misspelt one would be lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    time: Option<Value>,
    namespace: Option<String>,
    device: Option<String>,
    fields: Map<String, Value>,
    /// Of a reading without a time of day.
    uptime: Option<Value>,
    #[serde(rename = "boot")]
    _boot: Option<String>,
    #[serde(rename = "sequence")]
    _sequence: Option<u64>,
}

/// The reading in a line, without a time unless the line says when; readings go to `namespace` only.
pub fn reading(line: &str, namespace: &str) -> Result<Reading, Failure> {
    if line.trim_start().starts_with('{') { from_json(line, namespace) } else { from_data(line) }
}

fn from_data(line: &str) -> Result<Reading, Failure> {
    if has_bare_blank(line) {
        let why = "a blank outside of quotes: write name=value;name=\"value with blanks\"";
        return Err(Failure::input(why));
    }
    let mut reading = Reading::unstamped();
    for (field, value) in packet::parse_data(line)? {
        add(&mut reading, &field, value)?;
    }
    Ok(reading)
}

/// Blanks that would silently become part of a value, where another field was meant.
fn has_bare_blank(line: &str) -> bool {
    let (mut is_quoted, mut is_escaped) = (false, false);
    line.chars().any(|c| {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        c.is_whitespace() && !is_quoted
    })
}

fn from_json(line: &str, namespace: &str) -> Result<Reading, Failure> {
    let object: Object =
        serde_json::from_str(line).map_err(|error| Failure::input(format!("no reading: {error}")))?;
    if let Some(other) = object.namespace.filter(|other| other != namespace) {
        let why = format!("it is of the namespace {other:?}, and the others go to {namespace:?}");
        return Err(Failure::input(why));
    }
    let mut reading = Reading::unstamped();
    match object.time {
        Some(time) => reading.set_timestamp(Some(span::moment(&text(time)?)?)),
        None if object.uptime.is_some() => return Err(Failure::input("its time of day is not known")),
        None => &mut reading,
    };
    if let Some(device) = object.device {
        reading.set_device(&device)?;
    }
    for (field, value) in object.fields {
        add(&mut reading, &field, text(value)?)?;
    }
    Ok(reading)
}

/// A text or a number, as it travels.
fn text(value: Value) -> Result<String, Failure> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(Failure::input("a value is a text or a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Vec<(String, String)> {
        let reading = reading(line, "ns").unwrap_or_else(|failure| panic!("{line}: {}", failure.text()));
        let text = |(name, value): &(String, byteport_core::model::Value)| {
            (name.clone(), value.to_wire().unwrap().into_owned())
        };
        reading.fields().iter().map(text).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn both_forms() {
        assert_eq!(fields("a=1.50;b=\"at; \\\"rest\""), pairs(&[("a", "1.50"), ("b", "at; \"rest")]));
        assert_eq!(fields("a=1;"), pairs(&[("a", "1")]));
        assert_eq!(fields(r#"{"fields":{"a":12.5,"b":"x y"}}"#), pairs(&[("a", "12.5"), ("b", "x y")]));
        let line =
            r#"{"sequence":3,"time":"2015-05-01T00:00:00.5Z","namespace":"ns","device":"d","fields":{}}"#;
        let reading = reading(line, "ns").unwrap();
        assert_eq!(reading.timestamp().unwrap().as_micros(), 1_430_438_400_500_000);
        assert_eq!((reading.device(), reading.fields().len()), (Some("d"), 0));
        for time in ["1430438400.012345", "\"1430438400.012345\""] {
            let reading = super::reading(&format!(r#"{{"time":{time},"fields":{{"a":1}}}}"#), "ns").unwrap();
            assert_eq!(reading.timestamp().unwrap().as_micros(), 1_430_438_400_012_345);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (line, part) in [
            ("a=1 b=2", "blank"),
            ("a=1; b=2", "blank"),
            ("a", "no ="),
            ("a=1;a=2", "given twice"),
            ("_key=1", "invalid field name"),
            ("a=\"1", "does not end"),
            ("{", "no reading"),
            ("{}", "fields"),
            (r#"{"fields":{"a":true}}"#, "a text or a number"),
            (r#"{"fields":{"a":[1]}}"#, "a text or a number"),
            (r#"{"fields":{},"timestmap":1}"#, "timestmap"),
            (r#"{"fields":{},"time":"noon"}"#, "is not a time"),
            (r#"{"fields":{},"boot":"b","uptime":1.5}"#, "time of day is not known"),
            (r#"{"fields":{},"namespace":"other"}"#, "\"other\""),
            (r#"{"fields":{},"device":"a/b"}"#, "invalid device"),
        ] {
            let text = reading(line, "ns").unwrap_err().text();
            assert!(text.contains(part), "{line}: {text}");
        }
    }
}
