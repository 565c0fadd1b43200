// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Times and spans of time, as they are written on the command line.

use std::time::Duration;

use byteport_core::model::Timestamp;
use byteport_core::{Error, ErrorCode, Range};
use clap::Args;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// From the year 1 to the year 9999: what a date of four digits can say.
const DATES: std::ops::Range<i64> = -62_135_596_800 * SECOND..253_402_300_800 * SECOND;

/// A span of time on the command line.
#[derive(Args, Default)]
pub struct SpanArgs {
    /// The time up to now: 30s, 10m, 1h, 2d, 1w; without any span, read takes 1d and typical 7d
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to"], allow_hyphen_values = true)]
    pub since: Option<String>,
    /// The first moment, UNIX seconds or ISO 8601 [default: a day before --to]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// The last moment, UNIX seconds or ISO 8601 [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub to: Option<String>,
}

impl SpanArgs {
    /// Whether it names a span at all.
    pub fn is_given(&self) -> bool {
        self.since.is_some() || self.from.is_some() || self.to.is_some()
    }
}

fn unsupported(text: &str, want: &str) -> Error {
    let shown: String = text.chars().take(40).collect();
    Error::new(ErrorCode::InvalidTimestamp, format!("{shown:?} is not {want}"))
}

/// A moment: UNIX seconds such as `1430438400.5`, or ISO 8601 such as `2015-05-01T02:00:00+02:00` (UTC without a zone).
pub fn moment(text: &str) -> Result<Timestamp, Error> {
    let time = Timestamp::parse(text).or_else(|_| Timestamp::parse_iso8601(text)).ok();
    time.filter(|time| DATES.contains(&time.as_micros())).ok_or_else(|| {
        unsupported(
            text,
            "a time: write UNIX seconds or ISO 8601, such as 1430438400 or 2015-05-01T02:00:00Z",
        )
    })
}

/// The span that `--since`, `--from` and `--to` name; a day where they name none.
pub fn of(args: &SpanArgs, now: Timestamp) -> Result<Range, Error> {
    let to = args.to.as_deref().map(moment).transpose()?;
    let from = match (&args.since, &args.from) {
        (Some(since), _) => before(now, length(since)?),
        (None, Some(from)) => moment(from)?,
        (None, None) => before(to.unwrap_or(now), DAY),
    };
    match to {
        Some(to) if from > to => {
            Err(Error::new(ErrorCode::InvalidArgument, "--from is later than --to: exchange them"))
        }
        // An open end is left to the service, whose clock may differ from ours.
        _ => Ok(Range { from: Some(from), to }),
    }
}

fn before(time: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(time.as_micros().saturating_sub(micros).max(DATES.start))
}

/// A length of time such as `30s`, `10m`, `1h`, `2d` or `1w`.
pub fn duration(text: &str) -> Result<Duration, Error> {
    Ok(Duration::from_micros(length(text)?.unsigned_abs()))
}

/// Microseconds in a length of time such as `30s`, `10m`, `1h`, `2d` or `1w`.
fn length(text: &str) -> Result<i64, Error> {
    let bad = || unsupported(text, "a length of time: write a whole number and s, m, h, d or w, such as 1h");
    let unit = match text.chars().last() {
        Some('s') => SECOND,
        Some('m') => 60 * SECOND,
        Some('h') => 3600 * SECOND,
        Some('d') => DAY,
        Some('w') => 7 * DAY,
        _ => return Err(bad()),
    };
    let digits = &text[..text.len() - 1];
    let count = digits.parse::<i64>().ok().filter(|count| *count > 0 && !digits.starts_with('+'));
    count.and_then(|count| count.checked_mul(unit)).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("1h", 3600), ("2d", 172_800), ("1w", 604_800)] {
            assert_eq!(length(text).unwrap(), seconds * SECOND, "{text}");
        }
        for bad in
            ["", "h", "1", "0s", "-1h", "+1h", "1.5h", "1 h", "1H", "1ü", "h1", "9999999999999w", "1hh"]
        {
            assert_eq!(length(bad).unwrap_err().code(), ErrorCode::InvalidTimestamp, "{bad}");
        }
    }

    #[test]
    fn moments() {
        for text in
            ["1430438400.5", "2015-05-01T00:00:00.5", "2015-05-01T02:00:00.5+02:00", "2015-05-01 00:00:00.5Z"]
        {
            assert_eq!(moment(text).unwrap().as_micros(), 1_430_438_400_500_000, "{text}");
        }
        assert_eq!(moment("-1").unwrap().as_micros(), -SECOND);
        for bad in ["", "now", "1e9", "2015-02-30", "12:00", "999999999999999", "nan"] {
            assert_eq!(moment(bad).unwrap_err().code(), ErrorCode::InvalidTimestamp, "{bad}");
        }
    }

    #[test]
    fn spans() {
        let now = Timestamp::from_micros(10 * DAY);
        let span = |since: Option<&str>, from: Option<&str>, to: Option<&str>| {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let (since, from, to) = (owned(since), owned(from), owned(to));
            let range = of(&SpanArgs { since, from, to }, now).map_err(|error| error.code())?;
            Ok((range.from.map(Timestamp::as_micros), range.to.map(Timestamp::as_micros)))
        };
        assert_eq!(span(None, None, None), Ok((Some(9 * DAY), None)));
        assert_eq!(span(Some("2d"), None, None), Ok((Some(8 * DAY), None)));
        assert_eq!(span(None, None, Some("1970-01-06")), Ok((Some(4 * DAY), Some(5 * DAY))));
        assert_eq!(span(None, Some("0"), Some("0")), Ok((Some(0), Some(0))));
        assert_eq!(span(None, Some("1"), Some("0")), Err(ErrorCode::InvalidArgument));
        assert_eq!(span(Some("100000w"), None, None).unwrap().0, Some(10 * DAY - 700_000 * DAY));
        assert_eq!(span(Some("1000000w"), None, None).unwrap().0, Some(DATES.start));
    }
}
