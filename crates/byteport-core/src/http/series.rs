// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A time series as columns, read from `data.ts_data` without an object for each point.
//!
//! Invariant: what an answer means is serde_json's word. `scan` reads the usual shape in half the time, and leaves every other
//! to it.

mod scan;

use std::borrow::Cow;
use std::collections::TryReserveError;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};

use crate::model::Timestamp;
use crate::model::value::parse_number;

/// One field's values and when they were measured: two columns of the same length, in the service's order (oldest first).
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Microseconds since the epoch, UTC.
    pub times: Vec<i64>,
    /// The values.
    pub values: SeriesValues,
}

/// The values of a series.
#[derive(Debug, Clone, PartialEq)]
pub enum SeriesValues {
    /// Every value is a number; one that the service has no value for (JSON `null`) is NaN.
    Numbers(Vec<f64>),
    /// At least one value is text: all are texts, numbers in their shortest decimal form.
    Texts(Vec<String>),
}

impl Series {
    /// The number of points.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The points that are numbers, as times and numbers, and how many are not: those of text that [`parse_number`] does not
    /// take, and those without a value.
    pub fn into_numbers(self) -> (Vec<i64>, Vec<f64>, usize) {
        let mut times = self.times;
        let mut numbers: Vec<f64> = match self.values {
            SeriesValues::Numbers(numbers) => numbers,
            SeriesValues::Texts(texts) => {
                texts.into_iter().map(|text| parse_number(&text).unwrap_or(f64::NAN)).collect()
            }
        };
        let all = times.len();
        let mut kept = numbers.iter().map(|number| !number.is_nan());
        times.retain(|_| kept.next().unwrap_or(false));
        numbers.retain(|number| !number.is_nan());
        let skipped = all - times.len();
        (times, numbers, skipped)
    }

    /// The series in the JSON text of an answer of the usual shape; `None` where serde_json is to read it.
    pub(super) fn scan(answer: &[u8]) -> Option<Series> {
        scan::series(answer)
    }

    const fn new() -> Series {
        Series { times: Vec::new(), values: SeriesValues::Numbers(Vec::new()) }
    }

    /// Memory may be short: that is an error, not an end.
    fn push(&mut self, time: Timestamp, value: Scalar<'_>) -> Result<(), TryReserveError> {
        self.times.try_reserve(1)?;
        self.values.push(value)?;
        self.times.push(time.as_micros());
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Series, D::Error> {
        #[derive(Deserialize)]
        struct Envelope {
            data: Data,
        }
        #[derive(Deserialize)]
        struct Data {
            ts_data: Columns,
        }
        let Columns(series) = Envelope::deserialize(deserializer)?.data.ts_data;
        Ok(series)
    }
}

struct Columns(Series);

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Columns, D::Error> {
        deserializer.deserialize_seq(ColumnsVisitor)
    }
}

struct ColumnsVisitor;

impl<'de> Visitor<'de> for ColumnsVisitor {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of points {t, v}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut points: A) -> Result<Columns, A::Error> {
        #[derive(Deserialize)]
        struct Point<'a> {
            #[serde(borrow)]
            t: Cow<'a, str>,
            #[serde(borrow)]
            v: Scalar<'a>,
        }
        let mut series = Series::new();
        while let Some(Point { t, v }) = points.next_element::<Point<'_>>()? {
            let time = Timestamp::parse_iso8601(&t).map_err(A::Error::custom)?;
            series.push(time, v).map_err(A::Error::custom)?;
        }
        Ok(Columns(series))
    }
}

enum Scalar<'a> {
    Number(f64),
    Text(Cow<'a, str>),
    Null,
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or text")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::from(value))
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar<'a>, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl SeriesValues {
    fn push(&mut self, value: Scalar<'_>) -> Result<(), TryReserveError> {
        match (&mut *self, value) {
            (Self::Numbers(numbers), Scalar::Number(number)) => push(numbers, number),
            (Self::Numbers(numbers), Scalar::Null) => push(numbers, f64::NAN),
            (Self::Texts(texts), value) => push(texts, value.into_text()),
            (Self::Numbers(numbers), value) => {
                let mut texts = Vec::new();
                texts.try_reserve(numbers.len() + 1)?;
                texts.extend(numbers.iter().map(|number| Scalar::from(*number).into_text()));
                texts.push(value.into_text());
                *self = Self::Texts(texts);
                Ok(())
            }
        }
    }
}

fn push<T>(column: &mut Vec<T>, value: T) -> Result<(), TryReserveError> {
    column.try_reserve(1)?;
    column.push(value);
    Ok(())
}

impl From<bool> for Scalar<'_> {
    fn from(value: bool) -> Self {
        Scalar::Text(Cow::Borrowed(if value { "true" } else { "false" }))
    }
}

impl From<f64> for Scalar<'_> {
    fn from(number: f64) -> Self {
        if number.is_nan() { Scalar::Null } else { Scalar::Number(number) }
    }
}

impl Scalar<'_> {
    fn into_text(self) -> String {
        match self {
            Self::Number(number) => format!("{number:?}"),
            Self::Text(text) => text.into_owned(),
            Self::Null => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(points: &str) -> serde_json::Result<Series> {
        serde_json::from_str(&format!(
            r#"{{"meta":{{"path":"a.b.c"}},"data":{{"ts_data":[{points}],"ts_meta":{{"len":0}}}}}}"#
        ))
    }

    #[test]
    fn numbers_and_texts() {
        let series = read(r#"{"t":"1970-01-01T00:00:02.012345","v":1.5,"r":"x","m":{"trv":"False","vlen":3,"hdts":"2012345"}},{"t":"1970-01-01T00:00:03","v":2}"#).unwrap();
        assert_eq!(
            series,
            Series { times: vec![2_012_345, 3_000_000], values: SeriesValues::Numbers(vec![1.5, 2.0]) }
        );
        let series = read(
            r#"{"t":"1970-01-01T00:00:02","v":1},{"t":"1970-01-01T00:00:03","v":"a\nb"},{"t":"1970-01-01T00:00:04","v":null}"#,
        );
        assert_eq!(
            series.unwrap().values,
            SeriesValues::Texts(vec!["1.0".into(), "a\nb".into(), String::new()])
        );
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn numbers_are_picked_out_of_texts() {
        let columns = |points: &[&str]| {
            let points: Vec<String> = (2..)
                .zip(points)
                .map(|(s, v)| format!(r#"{{"t":"1970-01-01T00:00:0{s}","v":{v}}}"#))
                .collect();
            read(&points.join(",")).unwrap().into_numbers()
        };
        assert_eq!(columns(&["1", "null", "-2.5"]), (vec![2_000_000, 4_000_000], vec![1.0, -2.5], 1));
        let mixed = columns(&[r#"" 7""#, "8", r#""rolling""#, "null", "true", r#""nan""#, r#""1e3""#]);
        assert_eq!(mixed, (vec![2_000_000, 3_000_000, 8_000_000], vec![7.0, 8.0, 1000.0], 4));
        assert_eq!(columns(&[]), (Vec::new(), Vec::new(), 0));
    }

    #[test]
    fn another_shape_is_an_error() {
        for points in [
            r#"{"t":"1970-01-01T00:00:02"}"#,
            r#"{"t":"tomorrow","v":1}"#,
            r#"{"t":5,"v":1}"#,
            r#"{"t":"1970-01-01","v":[]}"#,
            "7",
        ] {
            assert!(read(points).is_err(), "{points}");
        }
        assert!(serde_json::from_str::<Series>("[]").is_err());
        assert!(serde_json::from_str::<Series>(r#"{"data":{}}"#).is_err());
    }
}
