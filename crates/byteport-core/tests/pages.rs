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

/// An answer with these points; each takes this many bytes at least.
fn listed(times: impl IntoIterator<Item = i64>, padding: usize, meta: &str) -> Vec<u8> {
    let point = |time: i64| {
        let time_text = Timestamp::from_micros(time).to_iso8601();
        format!(r#"{{"t":"{time_text}","v":{time},"pad":"{}"}}"#, "x".repeat(padding))
    };
    let points: Vec<String> = times.into_iter().map(point).collect();
    json(&format!(r#"{{"data":{{"ts_data":[{}],"ts_meta":{{{meta}}}}}}}"#, points.join(",")))
}

/// A server that holds these points; each is answered in a text of this many bytes at least.
fn server(times: Vec<i64>, padding: usize) -> Recorder {
    Recorder::start(move |seen| {
        let (from, to) = asked(seen);
        listed(times.iter().copied().filter(|time| (from..=to).contains(time)), padding, "")
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
    let (seen, _) = walk(&server.client(), range(start, start + 4000 * DAY));
    assert_eq!(seen, times);
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

/// What a server makes of the times that it holds, from one moment to another.
type Habit = fn(&[i64], i64, i64) -> Vec<i64>;

fn pick(times: &[i64], wanted: impl Fn(i64) -> bool) -> Vec<i64> {
    times.iter().copied().filter(|time| wanted(*time)).collect()
}

const HABITS: [Habit; 5] = [
    |times, from, to| pick(times, |time| (from..=to).contains(&time)).into_iter().rev().collect(),
    |times, from, to| pick(times, |time| (from..to).contains(&time)),
    |times, from, to| pick(times, |time| (from / 1000 * 1000..=to / 1000 * 1000).contains(&time)),
    |times, from, to| pick(times, |time| (from..=(to + 500) / 1000 * 1000).contains(&time)),
    // The point before and the one after, too.
    |times, from, to| {
        let before = times.partition_point(|time| *time < from).saturating_sub(1);
        let after = (times.partition_point(|time| *time <= to) + 1).min(times.len());
        times[before..after].to_vec()
    },
];

#[test]
fn whatever_a_services_habits_every_point_comes_once_and_in_order() {
    let times: Vec<i64> = (0..6000).map(|index| index * 1000).chain([DAY / 2 + 7000]).collect();
    for (number, habit) in HABITS.into_iter().enumerate() {
        let held = times.clone();
        let server = Recorder::start(move |seen| {
            let (from, to) = asked(seen);
            listed(habit(&held, from, to), 0, "")
        });
        let client = Client::new(server.options().max_answer(60_000)).unwrap();
        assert!(walk(&client, range(0, DAY)).0 == times, "habit {number}");
        let some = walk(&client, range(1000, 5_998_000)).0;
        assert!(some == times[1..5999] || number == 1 && some == times[1..5998], "habit {number}");
    }
}

#[test]
fn a_service_that_knows_no_end_gives_every_point_once() {
    let times: Vec<i64> = (0..100).map(|index| index * 600_000_000).collect();
    let held = times.clone();
    let server = Recorder::start(move |seen| listed(pick(&held, |time| time >= asked(seen).0), 0, ""));
    assert_eq!(walk(&server.client(), range(0, 50 * 600_000_000)).0, times[..51]);
}

#[test]
fn a_value_in_the_first_or_last_millisecond_is_in_the_range() {
    let server = server(vec![12_000, 15_000], 0);
    let rounding = Recorder::start(|_| listed([12_000, 15_000, 16_000], 0, ""));
    assert_eq!(
        walk(&server.client(), range(12_600, 15_000)).0,
        [15_000],
        "a service that keeps microseconds"
    );
    assert_eq!(walk(&rounding.client(), range(12_600, 14_400)).0, [12_000, 15_000]);
}

#[test]
fn what_the_service_leaves_out_is_asked_for_in_less() {
    let times: Vec<i64> = (0..5000).map(|index| index * 250_000).collect();
    for (yes, no) in [("\"True\"", "\"False\""), ("true", "false")] {
        let held = times.clone();
        let server = Recorder::start(move |seen| {
            let (from, to) = asked(seen);
            let all = pick(&held, |time| (from..=to).contains(&time));
            let each = all.len().div_ceil(200).max(1);
            let reduced = if each > 1 { yes } else { no };
            listed(all.into_iter().step_by(each), 0, &format!("\"reduced\":{reduced}"))
        });
        assert!(walk(&server.client(), range(0, DAY)).0 == times, "{yes}");
    }
}

#[test]
fn a_service_that_answers_too_much_or_nothing_is_left() {
    let server = Recorder::start(|seen| {
        let (from, to) = asked(seen);
        if from == to { listed([], 0, "") } else { listed([from], 100_000, "") }
    });
    let client = Client::new(server.options().max_answer(50_000)).unwrap();
    let mut pages = client.series_pages(["n", "d", "f"], range(0, DAY)).unwrap();
    assert_eq!(pages.next().unwrap().unwrap_err().code(), ErrorCode::InvalidAnswer);
    assert_eq!(server.seen().len(), 1000);
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
