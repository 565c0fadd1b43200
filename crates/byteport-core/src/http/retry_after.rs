// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The header `Retry-After`: after how long the service wants to be asked again, in seconds or as a date (RFC 9110, 10.2.3).

use std::time::{Duration, SystemTime};

use httpdate::parse_http_date;
use ureq::http::header::{DATE, RETRY_AFTER};

use super::Answer;

/// More is not believed: a typing error of a server shall not silence a device for years.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How long the service asked to be left alone. A date counts from the answer's own, where it has one, for this device's clock
/// may be wrong; one that is past is none at all. What makes no sense is ignored.
pub(super) fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.header(RETRY_AFTER)?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().map_or(Duration::MAX, Duration::from_secs); // more digits than fit are a long time
        return Some(seconds.min(LONGEST));
    }
    let until = parse_http_date(text).ok()?;
    let sent =
        answer.header(DATE).and_then(|text| parse_http_date(text).ok()).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(sent).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::http::HeaderMap;

    fn after(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        date.map(|date| headers.insert(DATE, date.parse().unwrap()));
        super::retry_after(&Answer { status: 503, headers, body: Vec::new() }).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_are_taken_up_to_a_day() {
        assert_eq!(after("0", None), Some(0));
        assert_eq!(after(" 120 ", None), Some(120));
        assert_eq!(after("86401", None), Some(86_400));
        assert_eq!(after("99999999999999999999999999", None), Some(86_400));
    }

    #[test]
    fn a_date_counts_from_the_answers_own() {
        let sent = Some("Fri, 31 Dec 1999 23:59:59 GMT");
        assert_eq!(after("Sat, 01 Jan 2000 00:00:09 GMT", sent), Some(10));
        assert_eq!(after("Sunday, 06-Nov-94 08:49:37 GMT", Some("Sun Nov  6 08:49:07 1994")), Some(30));
        assert_eq!(after("Fri, 31 Dec 1999 23:59:58 GMT", sent), Some(0));
        assert_eq!(after("Fri, 31 Dec 2100 23:59:59 GMT", sent), Some(86_400));
    }

    #[test]
    fn without_a_date_of_its_own_the_systems_clock_counts() {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(1000));
        for sent in [None, Some("yesterday")] {
            let wait = after(&date, sent).unwrap();
            assert!((900..=1000).contains(&wait), "{wait}");
        }
        assert_eq!(after("Fri, 31 Dec 1999 23:59:59 GMT", None), Some(0));
    }

    #[test]
    fn the_error_of_a_status_tells_it() {
        use crate::http::{Call, Client, Options, Request};
        let client = Client::new(Options::new().host("127.0.0.1").no_proxy()).unwrap();
        let mut headers = HeaderMap::new();
        let mut wait = |text: Option<&str>| {
            text.map(|text| headers.insert(RETRY_AFTER, text.parse().unwrap()));
            let answer = Answer { status: 429, headers: headers.clone(), body: Vec::new() };
            let error = client.answered(&mut Call::new(Request::get("/")), answer).map(|_| ()).unwrap_err();
            error.retry_after()
        };
        assert_eq!((wait(None), wait(Some("7"))), (None, Some(Duration::from_secs(7))));
    }

    #[test]
    fn what_makes_no_sense_is_ignored() {
        for text in ["", "-1", "1.5", "soon", "0x10", "1 2", "Fri, 99 Dec 1999 23:59:59 GMT"] {
            assert_eq!(after(text, None), None, "{text}");
        }
    }
}
