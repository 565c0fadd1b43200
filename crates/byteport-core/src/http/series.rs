// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A time series as columns, read from `data.ts_data` without an object for each point.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};

use crate::model::Timestamp;

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
        let mut series = Series { times: Vec::new(), values: SeriesValues::Numbers(Vec::new()) };
        while let Some(Point { t, v }) = points.next_element::<Point<'_>>()? {
            series.times.try_reserve(1).map_err(A::Error::custom)?; // memory may be short: that is an error, not an end
            series.times.push(Timestamp::parse_iso8601(&t).map_err(A::Error::custom)?.as_micros());
            series.values.push(v);
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
        Ok(Scalar::Text(Cow::Borrowed(if value { "true" } else { "false" })))
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
    fn push(&mut self, value: Scalar<'_>) {
        match (&mut *self, value) {
            (Self::Numbers(numbers), Scalar::Number(number)) => numbers.push(number),
            (Self::Numbers(numbers), Scalar::Null) => numbers.push(f64::NAN),
            (Self::Texts(texts), value) => texts.push(value.into_text()),
            (Self::Numbers(numbers), value) => {
                let mut texts: Vec<String> =
                    numbers.iter().map(|number| Scalar::from(*number).into_text()).collect();
                texts.push(value.into_text());
                *self = Self::Texts(texts);
            }
        }
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
