// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! From when to when a series is read.
//!
//! Choices where the API is silent: both ends are part of the range; without any parameter it
//! is the call's usual span before now; `to` alone means that span before it, `from` alone until
//! now, or only that one moment where it is in the future; what reaches beyond the years 1 to 9999
//! is cut there; `timedelta_*` counts back from now, is a decimal number above 0, and cannot be
//! joined with the other parameters.

use byteport_core::model::Timestamp;
use byteport_core::model::value::parse_number;

use crate::answer::Failure;
use crate::form::Form;

/// A day in microseconds.
pub const DAY: i64 = 24 * 3600 * 1_000_000;
const DELTAS: [(&str, i64); 3] =
    [("timedelta_minutes", 60 * 1_000_000), ("timedelta_hours", 3600 * 1_000_000), ("timedelta_days", DAY)];

/// The parameters that give a range.
pub const PARAMETERS: [&str; 5] = ["from", "to", "timedelta_minutes", "timedelta_hours", "timedelta_days"];

/// The first and the last time with a year of four digits.
const FIRST: Timestamp = Timestamp::from_micros(-62_135_596_800_000_000);
const LAST: Timestamp = Timestamp::from_micros(253_402_300_799_999_999);

/// A range of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first microsecond.
    pub from: Timestamp,
    /// The last microsecond.
    pub to: Timestamp,
}

impl Range {
    /// Everything that is stored.
    pub const ALL: Self =
        Self { from: Timestamp::from_micros(i64::MIN), to: Timestamp::from_micros(i64::MAX) };

    /// Reads the parameters of a call that comes now, and whose usual span has these microseconds.
    pub fn from_query(query: &Form, span: i64) -> Result<Self, Failure> {
        Self::at(query, Timestamp::now(), span)
    }

    fn at(query: &Form, now: Timestamp, span: i64) -> Result<Self, Failure> {
        let from = query.time("from")?;
        let to = query.time("to")?;
        let deltas = DELTAS.iter().filter(|(name, _)| query.get(name).is_some());
        let deltas: Vec<_> = deltas.collect();
        let (from, to) = match (from, to, deltas.as_slice()) {
            (from, to, []) => {
                let to = to.unwrap_or_else(|| from.map_or(now, |from| from.max(now)));
                (from.unwrap_or_else(|| before(to, span)), to)
            }
            (None, None, [(name, unit)]) => (before(now, delta(query, name, *unit)?), now),
            _ => return Err(Failure::bad("give from and to, or one of timedelta_minutes, _hours, _days")),
        };
        if from > to {
            return Err(Failure::bad("from is later than to"));
        }
        Ok(Self { from: from.clamp(FIRST, LAST), to: to.clamp(FIRST, LAST) })
    }

    /// What is left of it after this microsecond.
    #[must_use]
    pub fn after(self, micros: i64) -> Option<Self> {
        let from = micros.checked_add(1).map(Timestamp::from_micros);
        from.filter(|from| *from <= self.to).map(|from| Self { from, ..self })
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let micros = i128::from(self.to.as_micros()) - i128::from(self.from.as_micros());
        micros as f64 / 1e6
    }
}

fn before(time: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(time.as_micros().saturating_sub(micros))
}

fn delta(query: &Form, name: &str, unit: i64) -> Result<i64, Failure> {
    let number = query.single(name)?.and_then(parse_number);
    let micros = number.map(|number| (number * unit as f64).round());
    // A thousand years, so that the sum fits.
    let micros = micros.filter(|micros| *micros > 0.0 && *micros <= 365_250.0 * DAY as f64);
    let micros =
        micros.ok_or_else(|| Failure::bad(format!("{name} is not a number above 0, or too large")))?;
    Ok(micros as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_430_438_400_000_000;

    fn range(query: &str) -> Result<(i64, i64), String> {
        let query = Form::parse(query.as_bytes()).expect("a form");
        let range = Range::at(&query, Timestamp::from_micros(NOW), DAY);
        let micros = range.map(|range| (range.from.as_micros(), range.to.as_micros()));
        micros.map_err(|failure| failure.reason().to_owned())
    }

    #[test]
    fn good_ranges() {
        assert_eq!(range(""), Ok((NOW - DAY, NOW)));
        assert_eq!(range("callback=x&_=123"), Ok((NOW - DAY, NOW)));
        assert_eq!(range("timedelta_minutes=1.5"), Ok((NOW - 90_000_000, NOW)));
        assert_eq!(range("timedelta_days=2"), Ok((NOW - 2 * DAY, NOW)));
        assert_eq!(range("from=1970-01-01T00:00:02"), Ok((2_000_000, NOW)));
        assert_eq!(range("to=1970-01-02T00:00:00.5"), Ok((500_000, DAY + 500_000)));
        assert_eq!(range("from=1970-01-01T00:00:00&to=1970-01-01T00:00:00.000001"), Ok((0, 1)));
        assert_eq!(range("from=2015-05-01T02:00:00%2B02:00"), Ok((NOW, NOW)));
    }

    #[test]
    fn a_range_keeps_to_four_digits_of_a_year() {
        let far = [FIRST, LAST].map(Timestamp::as_micros);
        assert!(FIRST.has_date() && !Timestamp::from_micros(far[0] - 1).has_date());
        assert!(LAST.has_date() && !Timestamp::from_micros(far[1] + 1).has_date());
        assert_eq!(range("to=0001-01-01T00:00:00"), Ok((far[0], far[0])));
        let beyond = "from=0001-01-01T00:00:00%2B23:59&to=9999-12-31T23:59:59-23:59";
        assert_eq!(range(beyond), Ok((far[0], far[1])));
    }

    #[test]
    fn from_alone_may_be_in_the_future() {
        assert_eq!(range("from=2015-05-01T00:00:01"), Ok((NOW + 1_000_000, NOW + 1_000_000)));
    }

    #[test]
    fn bad_ranges() {
        let bad = [
            "from=x",
            "from=2015-02-30T00:00:00",
            "from=",
            "to=1",
            "from=2016-01-01T00:00:00&to=2015-01-01T00:00:00",
            "timedelta_hours=0",
            "timedelta_hours=-1",
            "timedelta_hours=nan",
            "timedelta_days=1e9",
            "timedelta_hours=",
            "timedelta_hours=1&timedelta_days=1",
            "timedelta_hours=1&from=2015-01-01T00:00:00",
            "timedelta_hours=1&timedelta_hours=2",
        ];
        for query in bad {
            assert!(range(query).is_err(), "{query}");
        }
    }
}
