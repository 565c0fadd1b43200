// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The conformance vectors for names, timestamps and packet data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use byteport_core::model::{NameKind, Timestamp, name, packet};
use byteport_core::{ErrorCode, Result};
use support::vectors;

#[test]
fn names() {
    for case in vectors("names.json")["cases"].as_array().unwrap() {
        let (text, ok) = (case["name"].as_str().unwrap(), case["ok"].as_bool().unwrap());
        assert_eq!(name::is_valid(text), ok, "{text:?}");
        let checked = name::check(NameKind::Field, text);
        assert_eq!(
            checked.as_ref().map_err(|error| error.code()).err(),
            (!ok).then_some(ErrorCode::InvalidName)
        );
    }
}

#[test]
fn timestamps() {
    for case in vectors("timestamps.json")["cases"].as_array().unwrap() {
        let input = &case["in"];
        let result: Result<Timestamp> = match case["kind"].as_str().unwrap() {
            "int" => Timestamp::from_secs(input.as_i64().unwrap()),
            "float" => Timestamp::from_secs_f64(
                input.as_f64().unwrap_or_else(|| input.as_str().unwrap().parse().unwrap()),
            ),
            "datetime" => Timestamp::parse_iso8601(input.as_str().unwrap()),
            other => panic!("kind {other}"),
        };
        match (result, case["out"].as_str()) {
            (Ok(timestamp), Some(out)) => {
                assert_eq!(timestamp.to_string(), out, "{case}");
                assert_eq!(Timestamp::parse(out).unwrap(), timestamp, "{case}");
            }
            (Err(error), None) => {
                assert_eq!(error.code(), ErrorCode::InvalidTimestamp);
                assert!(error.to_string().contains(case["error"].as_str().unwrap()), "{error}");
            }
            (result, _) => panic!("{case}: {result:?}"),
        }
    }
}

#[test]
fn packet_data() {
    let vectors = vectors("packet_data.json");
    for case in vectors["cases"].as_array().unwrap() {
        let fields: Vec<(String, String)> = serde_json::from_value(case["fields"].clone()).unwrap();
        let data = case["data"].as_str().unwrap();
        assert_eq!(
            packet::format_data(fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            data
        );
        let also: Vec<&str> =
            case["also"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        for text in also.into_iter().chain([data]) {
            assert_eq!(packet::parse_data(text).unwrap(), fields, "{text:?}");
        }
    }
    let malformed = vectors["malformed"].as_array().unwrap();
    assert!(!malformed.is_empty());
    for text in malformed {
        let error = packet::parse_data(text.as_str().unwrap()).unwrap_err();
        assert!(matches!(error.code(), ErrorCode::InvalidPacket | ErrorCode::InvalidName), "{text}: {error}");
    }
}
