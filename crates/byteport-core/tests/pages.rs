// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Long ranges in pages: every point once, in order, whatever the gaps and the crowds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::collections::BTreeMap;

use byteport_core::http::{Operation, PAGE_POINTS};
use byteport_core::model::Timestamp;
use byteport_core::{Client, ErrorCode, Range, SeriesValues};
use support::{Recorder, Seen, answer, json};

fn asked(seen: &Seen) -> (i64, i64) {
    let query: BTreeMap<String, String> = seen.query().into_iter().collect();
    let end = |name| Timestamp::parse_iso8601(&query[name]).unwrap().as_micros();
    (end("from"), end("to"))
}

/// A server that holds these points; each is answered in a text of this many bytes at least.
fn server(times: Vec<i64>, padding: usize) -> Recorder {
    Recorder::start(move |seen| {
        let (from, to) = asked(seen);
        let point = |time: &i64| {
            let time_text = Timestamp::from_micros(*time).to_iso8601();
            format!(r#"{{"t":"{time_text}","v":{time},"pad":"{}"}}"#, "x".repeat(padding))
        };
        let points: Vec<String> = times.iter().filter(|time| (from..=to).contains(time)).map(point).collect();
        json(&format!(r#"{{"data":{{"ts_data":[{}]}}}}"#, points.join(",")))
    })
}

fn range(from: i64, to: i64) -> Range {
    let [from, to] = [from, to].map(|micros| Some(Timestamp::from_micros(micros)));
    Range { from, to }
}

fn walk(client: &Client, range: Range) -> (Vec<i64>, usize) {
    let pages: Vec<_> =
        client.series_pages(["n", "d", "f"], range).unwrap().map(|page| page.unwrap()).collect();
    let longest = pages.iter().map(|page| page.len()).max().unwrap_or(0);
    (pages.into_iter().flat_map(|page| page.times).collect(), longest)
}

const DAY: i64 = 24 * 3_600_000_000;

#[test]
fn every_point_comes_once_and_in_order() {
    // Years of nothing, a crowd, a gap, single points at both ends.
    let start = 1_000_000_000_000_000;
    let crowd = (0..60_000).map(|index| start + 2000 * DAY + index * 250_000);
    let times: Vec<i64> = [start].into_iter().chain(crowd).chain([start + 4000 * DAY]).collect();
    let server = server(times.clone(), 0);
    let (seen, longest) = walk(&server.client(), range(start, start + 4000 * DAY));
    assert_eq!(seen, times);
    assert!(longest <= times.len());
    let questions: Vec<_> = server.seen().iter().map(asked).collect();
    assert!(questions.len() < 60, "{} questions", questions.len());
    assert!(questions.windows(2).all(|pair| pair[1].0 == pair[0].1 + 1), "gap or overlap");
    assert_eq!((questions[0].0, questions.last().unwrap().1), (start, start + 4000 * DAY));
}

#[test]
fn a_steady_series_comes_in_pages_of_about_the_same_length() {
    let times: Vec<i64> = (0..100_000).map(|second| second * 1_000_000).collect();
    let (seen, longest) = walk(&server(times.clone(), 0).client(), range(0, 100_000 * 1_000_000));
    assert_eq!(seen, times);
    assert!(longest <= 2 * PAGE_POINTS, "{longest}");
}

#[test]
fn an_answer_over_the_limit_is_asked_again_in_less() {
    let times: Vec<i64> = (0..1000).map(|index| index * 1000).collect();
    let server = server(times.clone(), 1000);
    let client = Client::new(server.options().max_answer(50_000)).unwrap();
    let (seen, longest) = walk(&client, range(0, DAY));
    assert_eq!(seen, times);
    assert!(longest < 50);
}

#[test]
fn one_point_over_the_limit_is_an_error_and_the_rest_is_known() {
    let server = server(vec![5, 10], 100_000);
    let client = Client::new(server.options().max_answer(50_000)).unwrap();
    let mut pages = client.series_pages(["n", "d", "f"], range(0, 1000)).unwrap();
    assert_eq!(pages.next().unwrap().unwrap_err().code(), ErrorCode::AnswerTooLarge);
    assert!(pages.next().is_none(), "a loop over pages ends");
    let rest = pages.rest().unwrap();
    assert_eq!((rest.from.unwrap().as_micros(), rest.to.unwrap().as_micros()), (5, 1000));
}

#[test]
fn an_error_in_the_middle_leaves_the_rest_to_be_read() {
    let server = Recorder::start(|seen| {
        let (from, to) = asked(seen);
        if from >= 1_800_000_000 {
            return answer("503 Service Unavailable", "", "");
        }
        let text = Timestamp::from_micros(to).to_iso8601();
        json(&format!(r#"{{"data":{{"ts_data":[{{"t":"{text}","v":"text"}}]}}}}"#))
    });
    let client = server.client();
    let mut pages = client.series_pages(["n", "d", "f"], range(0, DAY)).unwrap();
    let page = pages.next().unwrap().unwrap();
    assert_eq!(page.values, SeriesValues::Texts(vec!["text".into()]));
    assert_eq!(pages.next().unwrap().unwrap_err().code(), ErrorCode::Server);
    assert_eq!(pages.rest().unwrap().from.unwrap().as_micros(), page.times[0] + 1);
}

#[test]
fn ends_that_make_no_sense() {
    let server = server(vec![5], 0);
    let client = server.client();
    let open = Range { from: None, to: None };
    assert_eq!(client.series_pages(["n", "d", "f"], open).unwrap_err().code(), ErrorCode::InvalidArgument);
    let mut diff: byteport_core::http::SeriesQuery = range(0, 1).into();
    diff.operation = Some(Operation::Diff);
    assert_eq!(client.series_pages(["n", "d", "f"], diff).unwrap_err().code(), ErrorCode::InvalidArgument);
    assert_eq!(walk(&client, range(6, 5)).0, Vec::<i64>::new());
    let mut bad = client.series_pages(["n", "d", "_f"], range(0, 1)).unwrap();
    assert_eq!(bad.next().unwrap().unwrap_err().code(), ErrorCode::InvalidName);
    assert_eq!(walk(&client, range(5, 5)).0, [5]);
}
