// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The body of an answer, read as each of the things that the service answers with.

use byteport_core::http::{Answer, SeriesValues};
use byteport_core::manage::{self, Ask, FromAnswer, Registration, Setting, TypicalQuery, ValueRef};
use byteport_core::{Error, ErrorCode, Phase, Result, Series, fuzzing};

/// Any body: its JSON text, its series, and every type of the calls that manage.
pub fn answer(body: &[u8]) {
    let answer = || Answer { status: 200, headers: Default::default(), body: body.to_vec() };
    json(answer());
    series(&answer());
    types(&answer());
}

/// What is handed on as JSON is JSON for everybody.
fn json(answer: Answer) {
    let is_json = answer.json("/x/").map(|text| assert_eq!(text.as_bytes(), answer.body)).map_err(check);
    match answer.into_json("/x/") {
        Ok(text) => {
            serde_json::from_str::<serde::de::IgnoredAny>(&text).unwrap();
            is_json.unwrap();
        }
        Err(error) => check(error),
    }
}

/// The fast reader says what serde_json says, or nothing.
fn series(answer: &Answer) {
    let (fast, slow) = (answer.series("/x/"), fuzzing::series_by_serde(answer, "/x/"));
    match (fast, slow) {
        (Ok(fast), Ok(slow)) => {
            assert!(is_same(&fast, &slow), "{fast:?} is not {slow:?}");
            let count = fast.len();
            let (times, numbers, skipped) = fast.into_numbers();
            assert_eq!((times.len(), times.len() + skipped), (numbers.len(), count));
            assert!(numbers.iter().all(|number| !number.is_nan()));
        }
        (Err(fast), Err(slow)) => {
            assert_eq!(fast.to_string(), slow.to_string());
            check(fast);
        }
        (fast, slow) => panic!("{fast:?} is not {slow:?}"),
    }
}

/// Whether two series are the same to the last bit, a number that there is not included.
fn is_same(one: &Series, other: &Series) -> bool {
    let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
    let values = match (&one.values, &other.values) {
        (SeriesValues::Numbers(one), SeriesValues::Numbers(other)) => bits(one) == bits(other),
        (one, other) => one == other,
    };
    let length = match &one.values {
        SeriesValues::Numbers(numbers) => numbers.len(),
        SeriesValues::Texts(texts) => texts.len(),
    };
    values && one.times == other.times && one.times.len() == length
}

fn types(answer: &Answer) {
    let value = ValueRef { namespace: "n", device: "d", field: "f", reference: "1" };
    read(Ok(manage::echo(&[])), answer);
    read(Ok(manage::session()), answer);
    read(Ok(manage::namespaces(None)), answer);
    read(manage::activity("n"), answer);
    read(manage::devices("n", None, None), answer);
    read(manage::device("n", "d"), answer);
    read(Ok(manage::search_guids("x", 1)), answer);
    read(Ok(manage::search_devices("x", 1)), answer);
    read(manage::configure("n", "d", &[Setting::parse("active", "true").unwrap()]), answer);
    read(manage::set_fields("n", "d", &[("a", "b")]), answer);
    read(manage::register("n", &Registration { uids: "d", ..Registration::default() }), answer);
    read(manage::device_types("n", None, None), answer);
    read(manage::firmwares("n", 1, None), answer);
    read(manage::field_definitions("n", 1, None), answer);
    read(manage::send_message("n", "d", "text"), answer);
    read(manage::value(&value), answer);
    read(manage::statistics("n", "d", "f", true), answer);
    read(manage::distance_to_typical("n", "d", "f", &TypicalQuery::default()), answer);
    if let Ok(messages) = manage::messages("n", "d", None, None).unwrap().read(answer) {
        messages.iter().for_each(|message| drop(message.packets()));
    }
}

fn read<T: FromAnswer>(ask: Result<Ask<T>>, answer: &Answer) {
    if let Err(error) = ask.unwrap().read(answer) {
        check(error);
    }
}

/// A body that is not what it should be is one of two errors, in one line of bounded length.
fn check(error: Error) {
    assert!(matches!(error.code(), ErrorCode::InvalidAnswer | ErrorCode::NotAllowed), "{error:?}");
    assert_eq!(error.phase(), Phase::Decode);
    let text = format!("{error} {:?}", error.causes());
    assert!(text.len() < 2000 && !text.contains('\n'), "{text}");
}
