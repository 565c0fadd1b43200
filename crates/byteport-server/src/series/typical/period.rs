// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Hours, days, weeks and months in UTC, by their names.
//!
//! Invariant: the names are those of `byteport.scientific` in Python: `2016-03-03 11`,
//! `2016-03-03`, `2016-W09` (ISO 8601, from Monday), `2016-03`.

use byteport_core::model::Timestamp;

use crate::series::range::DAY;

const HOUR: i64 = DAY / 24;

/// What the calendar is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// From hour to hour.
    Hourly,
    /// From midnight.
    Daily,
    /// From Monday.
    Weekly,
    /// From the first.
    Monthly,
}

impl Grouping {
    /// The words of the parameter.
    pub const WORDS: [(&str, Self); 4] = [
        ("hourly", Self::Hourly),
        ("daily", Self::Daily),
        ("weekly", Self::Weekly),
        ("monthly", Self::Monthly),
    ];

    /// The word of the parameter.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, grouping)| *grouping == self).map_or("", |(word, _)| word)
    }

    /// The length of what lies in one period whole: an hour or a day.
    fn unit(self) -> i64 {
        if self == Self::Hourly { HOUR } else { DAY }
    }

    /// The name of the period that holds this hour or day.
    fn name(self, unit: i64) -> String {
        let text = Timestamp::from_micros(unit.saturating_mul(self.unit())).to_iso8601();
        let first = |length: usize| text.get(..length).unwrap_or_default();
        match self {
            Self::Hourly => first(13).replace('T', " "),
            Self::Daily => first(10).to_owned(),
            Self::Weekly => week(unit),
            Self::Monthly => first(7).to_owned(),
        }
    }
}

/// The ISO 8601 week of a day; the year is that of the week's Thursday.
fn week(day: i64) -> String {
    let thursday = day - (day + 3).rem_euclid(7) + 3;
    let text = Timestamp::from_micros(thursday.saturating_mul(DAY)).to_iso8601();
    let year = text.get(..4).unwrap_or_default();
    let january = Timestamp::parse_iso8601(&format!("{year}-01-01"));
    let first = january.map_or(thursday, |time| time.as_micros().div_euclid(DAY));
    format!("{year}-W{:02}", (thursday - first) / 7 + 1)
}

/// Follows times from period to period.
#[derive(Debug)]
pub struct Periods {
    grouping: Grouping,
    /// The hour or day that was seen last.
    unit: Option<i64>,
    name: String,
}

impl Periods {
    /// Before the first time.
    #[must_use]
    pub fn new(grouping: Grouping) -> Self {
        Self { grouping, unit: None, name: String::new() }
    }

    /// Takes a time that is not earlier than the one before; gives the name of its period where
    /// that is a new one.
    pub fn enter(&mut self, micros: i64) -> Option<&str> {
        let unit = micros.div_euclid(self.grouping.unit());
        if self.unit.replace(unit) == Some(unit) {
            return None;
        }
        let name = self.grouping.name(unit);
        let is_new = name != self.name;
        self.name = name;
        is_new.then_some(self.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(grouping: Grouping, times: &[&str]) -> Vec<String> {
        let mut periods = Periods::new(grouping);
        let micros = |text: &&str| Timestamp::parse_iso8601(text).expect("a time").as_micros();
        let times = times.iter().map(micros);
        times.filter_map(|time| periods.enter(time).map(str::to_owned)).collect()
    }

    #[test]
    fn periods_have_names() {
        let times =
            ["2015-12-31T23:59:59.999999", "2016-01-01", "2016-01-03T12:00", "2016-01-04", "2016-02-29"];
        let all = |grouping| names(grouping, &times);
        let days = ["2015-12-31", "2016-01-01", "2016-01-03", "2016-01-04", "2016-02-29"];
        assert_eq!(all(Grouping::Daily), days);
        assert_eq!(all(Grouping::Weekly), ["2015-W53", "2016-W01", "2016-W09"]);
        assert_eq!(all(Grouping::Monthly), ["2015-12", "2016-01", "2016-02"]);
        let hours = ["1969-12-31T23:00", "1969-12-31T23:59:59", "1970-01-01T00:00", "1970-01-01T00:30"];
        assert_eq!(names(Grouping::Hourly, &hours), ["1969-12-31 23", "1970-01-01 00"]);
    }
}
