// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Parameters that are more than text.
//!
//! Invariant: what does not fit is an error that names the parameter and says what would; nothing
//! is taken for something near it.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use byteport_core::model::Timestamp;

use super::{Form, FormError, shown};

/// Parameters that every call takes: `callback` wraps an answer, `_` is what script loaders add
/// against caches.
const ALWAYS: [&str; 2] = ["callback", "_"];
/// How truth values are written.
const TRUTH: [(&str, bool); 6] =
    [("True", true), ("False", false), ("true", true), ("false", false), ("1", true), ("0", false)];

impl Form {
    /// Refuses every parameter but these and the ones that all calls have.
    pub fn allow_only(&self, names: &[&str]) -> Result<(), FormError> {
        match self.iter().find(|(name, _)| !names.contains(name) && !ALWAYS.contains(name)) {
            Some((name, _)) => Err(FormError(format!("the parameter {} is not supported", shown(name)))),
            None => Ok(()),
        }
    }

    /// A whole number, written in decimal digits only.
    pub fn count<N: FromStr + PartialOrd + Display>(
        &self,
        name: &str,
        range: RangeInclusive<N>,
    ) -> Result<Option<N>, FormError> {
        let Some(text) = self.single(name)? else { return Ok(None) };
        let number = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|text| text.parse().ok()).filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        let reason = || FormError(format!("{name} is not a whole number from {least} to {most}"));
        number.map(Some).ok_or_else(reason)
    }

    /// A truth value: `True`, `true` or `1`, or `False`, `false` or `0`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, FormError> {
        self.word(name, &TRUTH)
    }

    /// What one of these words stands for.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, FormError> {
        let Some(text) = self.single(name)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(FormError(format!("{name} is not one of {}", all.join(", "))))
            }
        }
    }

    /// A point in time, ISO 8601; without a zone it is UTC.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, FormError> {
        let Some(text) = self.single(name)? else { return Ok(None) };
        let time = Timestamp::parse_iso8601(text);
        time.map(Some).map_err(|error| FormError(format!("{name}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::parse(text.as_bytes()).expect("a form")
    }

    #[test]
    fn unknown_parameters_are_named() {
        assert_eq!(form("a=1&callback=x&_=2").allow_only(&["a"]), Ok(()));
        let error = form("a=1&b%0A=secret").allow_only(&["a"]).map_err(|error| error.to_string());
        assert_eq!(error, Err("the parameter \"b\\n\" is not supported".into()));
    }

    #[test]
    fn counts() {
        assert_eq!(form("").count("n", 1..=9_u32), Ok(None));
        assert_eq!(form("n=9").count("n", 1..=9_u32), Ok(Some(9)));
        for bad in
            ["n=", "n=0", "n=10", "n=-1", "n=%2B1", "n=1e0", "n=x", "n=1&n=1", "n=99999999999999999999"]
        {
            assert!(form(bad).count("n", 1..=9_u32).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_and_truth_values() {
        assert_eq!(form("").flag("f"), Ok(None));
        for (text, meaning) in TRUTH {
            assert_eq!(form(&format!("f={text}")).flag("f"), Ok(Some(meaning)));
        }
        for bad in ["f=", "f=TRUE", "f=yes", "f=2", "f=1&f=1"] {
            assert!(form(bad).flag("f").is_err(), "{bad}");
        }
        let error = form("w=c").word("w", &[("a", 1), ("b", 2)]).map_err(|error| error.to_string());
        assert_eq!(error, Err("w is not one of a, b".into()));
    }

    #[test]
    fn times() {
        let time = form("t=1970-01-01T00:00:01.5").time("t");
        assert_eq!(time, Ok(Some(Timestamp::from_micros(1_500_000))));
        assert!(form("t=1").time("t").is_err_and(|error| error.to_string().starts_with("t: ")));
    }
}
