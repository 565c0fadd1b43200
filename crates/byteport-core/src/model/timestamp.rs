// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Points in time: whole microseconds since 1970-01-01T00:00:00 UTC, and their texts on the wire.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorCode, Result};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// A point in time, in whole microseconds since the UNIX epoch (UTC). Range: years -290,308 to 294,247.
///
/// `Display` writes the wire text of HTTP API v1, section 2: UNIX seconds with at most six decimals and no trailing zeros.
///
/// ```
/// use byteport_core::model::Timestamp;
/// assert_eq!(Timestamp::from_micros(2_012_345).to_string(), "2.012345");
/// assert_eq!(Timestamp::parse_iso8601("2015-05-01T02:00:00.5+02:00")?.to_string(), "1430438400.5");
/// # Ok::<(), byteport_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

fn unsupported(text: impl fmt::Display) -> Error {
    Error::new(ErrorCode::InvalidTimestamp, format!("unsupported timestamp: {text}"))
}

impl Timestamp {
    /// A timestamp from microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The system clock's time.
    pub fn now() -> Timestamp {
        let clock = |after: std::time::Duration| i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
        Timestamp(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => clock(after),
            Err(before) => -clock(before.duration()),
        })
    }

    /// The system clock's time, and never the same twice in a process: the service takes two values of a field at one time for
    /// one. Where many are asked for within a microsecond, they run ahead of the clock, by a second at the most, so that a clock
    /// that is set back is followed.
    pub(crate) fn next() -> Timestamp {
        static LAST: AtomicI64 = AtomicI64::new(i64::MIN);
        Timestamp::now().after(&LAST)
    }

    /// This time, or the one after the last that was given out, which it becomes.
    pub(crate) fn after(self, last: &AtomicI64) -> Timestamp {
        let unlike = |last: i64| {
            let next = last.saturating_add(1);
            if self.0 > last || next.saturating_sub(self.0) > MICROS { self.0 } else { next }
        };
        let before = last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(unlike(last)));
        Timestamp(before.map_or(self.0, unlike))
    }

    /// A timestamp from whole UNIX seconds.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTimestamp`] where the microseconds do not fit 64 bits.
    pub fn from_secs(secs: i64) -> Result<Timestamp> {
        let micros =
            secs.checked_mul(MICROS).ok_or_else(|| unsupported(format!("{secs} s is out of range")))?;
        Ok(Timestamp(micros))
    }

    /// A timestamp from UNIX seconds, rounded to the nearest microsecond.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTimestamp`] for NaN, an infinity, or what does not fit.
    pub fn from_secs_f64(secs: f64) -> Result<Timestamp> {
        if !secs.is_finite() {
            return Err(unsupported(format!("{secs} is not a time")));
        }
        // The decimal text is rounded exactly; a product with 1e6 is not.
        Timestamp::parse(&format!("{secs:.6}"))
    }

    /// Reads the wire text: decimal UNIX seconds, such as `1430438400.012345`, rounded to the nearest microsecond.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTimestamp`] for any other text, or what does not fit.
    pub fn parse(text: &str) -> Result<Timestamp> {
        let bad = || unsupported(format!("{:?} is not decimal UNIX seconds", shorten(text)));
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        if whole.is_empty() || fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(bad());
        }
        let whole: i64 = whole.parse().map_err(|_| bad())?;
        let micros = whole
            .checked_mul(MICROS)
            .and_then(|micros| micros.checked_add(fraction_micros(fraction.as_bytes())))
            .ok_or_else(bad)?;
        Ok(Timestamp(if negative { -micros } else { micros }))
    }

    /// Reads ISO 8601: `2015-05-01`, `2015-05-01T02:00:00`, with a fraction, with `Z`, `+02:00` or `+0200`. No zone means
    /// UTC; a blank may stand for the `T`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTimestamp`] for any other text, or a date that does not exist.
    pub fn parse_iso8601(text: &str) -> Result<Timestamp> {
        iso8601(text.as_bytes()).ok_or_else(|| {
            unsupported(format!("{:?} is not a date and time such as 2015-05-01T02:00:00.5", shorten(text)))
        })
    }

    /// Whether the date has a year from 1 to 9999, outside of which its texts are no ISO 8601.
    pub const fn has_date(self) -> bool {
        self.0 >= -62_135_596_800_000_000 && self.0 <= 253_402_300_799_999_999
    }

    /// An error for a time that cannot be written as a date, and so neither stored nor asked for.
    pub(crate) fn check_date(self) -> Result<()> {
        if self.has_date() {
            return Ok(());
        }
        Err(unsupported(format!("{} us is outside the years 1 to 9999", self.0)))
    }

    /// ISO 8601 in UTC with six decimals and no zone, as the service writes it: `2015-05-01T00:00:00.012345`.
    pub fn to_iso8601(self) -> String {
        let (secs, micros) = (self.0.div_euclid(MICROS), self.0.rem_euclid(MICROS));
        let (days, time) = (secs.div_euclid(DAY), secs.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, micros) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, fraction) = (micros / 1_000_000, micros % 1_000_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The microseconds in the digits after a decimal point, rounded half up.
fn fraction_micros(digits: &[u8]) -> i64 {
    let digit = |i: usize| i64::from(digits.get(i).map_or(0, |d| d - b'0'));
    (0..6).fold(0, |sum, i| sum * 10 + digit(i)) + i64::from(digit(6) >= 5)
}

fn number(text: &[u8]) -> Option<i64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| text.iter().fold(0, |sum, d| sum * 10 + i64::from(d - b'0')))
}

fn iso8601(text: &[u8]) -> Option<Timestamp> {
    let date = text.get(..10)?;
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let days = days_from_civil(number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?)?;
    let rest = &text[10..];
    let time = match rest {
        [] => 0,
        [b'T' | b't' | b' ', time @ ..] => time_of_day(time)?,
        _ => return None,
    };
    Some(Timestamp(days * DAY * MICROS + time))
}

/// Microseconds since midnight UTC of `HH:MM[:SS[.ffffff]][zone]`.
fn time_of_day(text: &[u8]) -> Option<i64> {
    let zone_at = text.iter().position(|b| matches!(b, b'Z' | b'z' | b'+' | b'-')).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let (clock, micros) = match clock.iter().position(|b| *b == b'.') {
        Some(8) => {
            number(clock.get(9..10)?)?;
            let digits = &clock[9..];
            (&clock[..8], digits.iter().all(u8::is_ascii_digit).then(|| fraction_micros(digits))?)
        }
        Some(_) => return None,
        None => (clock, 0),
    };
    let seconds = match clock.len() {
        5 => 0,
        8 if clock[5] == b':' => number(&clock[6..])?,
        _ => return None,
    };
    let (hours, minutes) = (number(&clock[..2])?, number(&clock[3..5])?);
    if clock[2] != b':' || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - zone_seconds(zone)?) * MICROS + micros)
}

fn zone_seconds(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign @ (b'+' | b'-'), h1, h2] => (sign, [*h1, *h2], [b'0', b'0']),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] | [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
            (sign, [*h1, *h2], [*m1, *m2])
        }
        _ => return None,
    };
    let (hours, minutes) = (number(&hours)?, number(&minutes)?);
    let seconds = hours * 3600 + minutes * 60;
    (hours <= 23 && minutes <= 59).then_some(if *sign == b'-' { -seconds } else { seconds })
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, counted in years that begin in March so that the
/// leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || day < 1 || day > month_days(year, month) {
        return None;
    }
    let march_year = year - i64::from(month <= 2);
    let (era, year_of_era) = (march_year.div_euclid(400), march_year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// The reverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_given_out_twice_and_a_clock_that_is_set_back_is_followed() {
        let last = AtomicI64::new(i64::MIN);
        let at = |micros: i64| Timestamp::from_micros(micros).after(&last).as_micros();
        assert_eq!([at(5), at(5), at(4), at(9)], [5, 6, 7, 9]);
        assert_eq!([at(-2_000_000), at(-2_000_000)], [-2_000_000, -1_999_999]);
    }

    #[test]
    fn every_day_of_a_thousand_years_goes_there_and_back() {
        let first = days_from_civil(1599, 12, 31).unwrap();
        let last = days_from_civil(2600, 1, 1).unwrap();
        for days in first..=last {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), Some(days));
        }
        assert_eq!(last - first, 365_244);
        assert_eq!(civil_from_days(0), (1970, 1, 1));
    }

    #[test]
    fn iso_text_goes_there_and_back() {
        for micros in [0, 1, -1, 1_430_438_400_012_345, -62_135_596_800_000_000, 253_402_300_799_999_999] {
            let timestamp = Timestamp::from_micros(micros);
            assert_eq!(Timestamp::parse_iso8601(&timestamp.to_iso8601()).unwrap(), timestamp);
            assert!(timestamp.has_date());
            assert_eq!(Timestamp::parse(&timestamp.to_string()).unwrap(), timestamp);
        }
    }

    #[test]
    fn iso_text_that_is_no_time_is_refused() {
        for text in [
            "",
            "2015",
            "2015-13-01",
            "2015-02-29",
            "2015-05-01T",
            "2015-05-01T24:00",
            "2015-05-01T00:00:60",
            "2015-05-01T00:00.5",
            "2015-05-01T00:00:00.",
            "2015-05-01T00:00:00.x",
            "2015-05-01T00:00:00+2",
            "2015-05-01T00:00:00+25:00",
            "2015-05-01x",
            "2015-05-01T00:00:00ZZ",
            "é015-05-01",
            "2015-05-0\u{e9}",
            "2015-05-01T0:00:00",
            "+015-05-01",
        ] {
            let error = Timestamp::parse_iso8601(text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidTimestamp, "{text}");
        }
    }

    #[test]
    fn wire_text_that_is_no_time_is_refused() {
        for text in ["", "-", "1.", ".5", "1e3", " 1", "0x1", "1.2.3", "9223372036855", "NaN", "1,5", "--1"] {
            assert_eq!(Timestamp::parse(text).unwrap_err().code(), ErrorCode::InvalidTimestamp, "{text}");
        }
        for micros in [-62_135_596_800_000_001, 253_402_300_800_000_000, i64::MIN, i64::MAX] {
            assert!(Timestamp::from_micros(micros).check_date().is_err());
        }
        assert!(Timestamp::from_secs_f64(1e300).is_err());
        assert!(Timestamp::from_secs(i64::MAX).is_err());
    }
}
