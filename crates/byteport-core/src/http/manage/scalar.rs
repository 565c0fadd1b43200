// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Scalars of an answer, whichever way the service writes them: `"180"` or `180`, `"True"` or `true`, `"None"` or `null`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::Value;

use crate::model::Timestamp;
use crate::model::value::parse_number;

/// A scalar's text; `None` for `null`.
struct Scalar(Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true, false or null")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(Some(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar(None))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar(Some(value.to_string())))
    }
}

fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    what: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    let Some(text) = text(deserializer)? else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    parse(&text).map(Some).ok_or_else(|| Error::custom(format!("is not {what}")))
}

/// Text, if it does not say that there is none.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Scalar::deserialize(deserializer).map(|scalar| scalar.0.filter(|text| text != "None"))
}

/// Text that must be there: `None` is a text as any other then, for values, messages and names may be it.
pub(super) fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let Scalar(text) = Scalar::deserialize(deserializer)?;
    text.ok_or_else(|| Error::custom("is missing"))
}

/// Text that must be there, or JSON in its place, which becomes text.
pub(super) fn text_or_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Err(Error::custom("is missing")),
        Value::String(text) => Ok(text),
        json => Ok(json.to_string()),
    }
}

/// What may be missing or nothing, and is empty then.
pub(super) fn or_empty<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A whole number.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    read(deserializer, "a whole number", |text| text.trim().parse().ok())
}

/// A whole number that must be there.
pub(super) fn some_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    integer(deserializer)?.ok_or_else(|| Error::custom("is missing"))
}

/// A whole number that is not negative.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    read(deserializer, "a whole number from 0 on", |text| text.trim().parse().ok())
}

/// A number.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    read(deserializer, "a number", parse_number)
}

/// True or false.
pub(super) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    read(deserializer, "True or False", |text| match text {
        "True" | "true" | "1" => Some(true),
        "False" | "false" | "0" => Some(false),
        _ => None,
    })
}

/// True; what says nothing is false.
pub(in crate::http) fn is_true<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    truth(deserializer).map(Option::unwrap_or_default)
}

/// A moment: ISO 8601, or UNIX seconds.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    read(deserializer, "a moment", moment)
}

/// A moment: ISO 8601, or UNIX seconds.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse_iso8601(text).or_else(|_| Timestamp::parse(text)).ok()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq, Default)]
    struct All {
        #[serde(default, deserialize_with = "text")]
        text: Option<String>,
        #[serde(default, deserialize_with = "integer")]
        integer: Option<i64>,
        #[serde(default, deserialize_with = "count")]
        count: Option<u64>,
        #[serde(default, deserialize_with = "number")]
        number: Option<f64>,
        #[serde(default, deserialize_with = "truth")]
        truth: Option<bool>,
        #[serde(default, deserialize_with = "time")]
        time: Option<Timestamp>,
    }

    fn all(json: &str) -> Result<All, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn texts_become_what_they_mean() {
        let expected = All {
            text: Some("180".into()),
            integer: Some(-180),
            count: Some(u64::MAX),
            number: Some(0.5),
            truth: Some(true),
            time: Some(Timestamp::from_micros(1_430_438_400_012_345)),
        };
        let texts = r#"{"text": "180", "integer": "-180", "count": "18446744073709551615", "number": "0.5", "truth": "True",
                        "time": "2015-05-01T00:00:00.012345"}"#;
        assert_eq!(all(texts).unwrap(), expected);
        let typed = r#"{"text": 180, "integer": -180, "count": 18446744073709551615, "number": 0.5, "truth": true,
                        "time": 1430438400.012345}"#;
        assert_eq!(all(typed).unwrap(), expected);
    }

    #[test]
    fn nothing_has_several_words() {
        for nothing in ["\"None\"", "null"] {
            let keys = ["text", "integer", "count", "number", "truth", "time"];
            let pairs = keys.map(|key| format!("\"{key}\": {nothing}")).join(", ");
            assert_eq!(all(&format!("{{{pairs}}}")).unwrap(), All::default());
        }
        assert_eq!(all("{\"integer\": \"\", \"text\": \"\"}").unwrap().text.as_deref(), Some(""));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for json in [
            r#"{"integer": "1.5"}"#,
            r#"{"count": -1}"#,
            r#"{"number": "fast"}"#,
            r#"{"truth": "yes"}"#,
            r#"{"time": "noon"}"#,
            r#"{"text": []}"#,
        ] {
            assert!(all(json).is_err(), "{json}");
        }
    }
}
