// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What was promised against what is on the server.

use std::collections::BTreeMap;

use byteport_core::model::Timestamp;
use byteport_core::model::packet::parse_list;
use byteport_core::{Client, ErrorCode, Range};

use crate::numbered::{self, FIELDS, NAMESPACE};
use crate::record::Told;

/// One value that the server has: where, and when.
type Place = (String, &'static str, i64);

/// Every value of every device, by its number; what is not one of our values is told in words.
pub fn on_server(client: &Client) -> (BTreeMap<u64, Vec<Place>>, Vec<String>) {
    let (mut found, mut strange) = (BTreeMap::<u64, Vec<Place>>::new(), Vec::new());
    for device in numbered::devices() {
        for field in FIELDS {
            for (time, value) in series(client, &device, field) {
                match numbered::number_of(value) {
                    Some(number) => found.entry(number).or_default().push((device.clone(), field, time)),
                    None => strange.push(format!("{device}.{field} at {time} is {value}")),
                }
            }
        }
    }
    (found, strange)
}

/// Every value in lists of packets, by its number, as a service has it that takes them all: a value of one field at one time is
/// there once. What is not one of our values is told in words.
pub fn in_lists<'a>(lists: impl Iterator<Item = &'a str>) -> (BTreeMap<u64, Vec<Place>>, Vec<String>) {
    let (mut found, mut strange) = (BTreeMap::<u64, Vec<Place>>::new(), Vec::new());
    for packet in lists.flat_map(|list| parse_list(list).unwrap_or_else(|error| panic!("{error}: {list}"))) {
        let number = match packet.fields.as_slice() {
            [(_, value)] => value.parse().ok().and_then(numbered::number_of),
            _ => None,
        };
        let field = FIELDS.into_iter().find(|field| packet.fields.iter().any(|(name, _)| name == field));
        let (Some(number), Some(field), Some(time)) = (number, field, packet.timestamp) else {
            strange.push(format!("{packet:?}"));
            continue;
        };
        let place = (packet.uid, field, time.as_micros());
        let places = found.entry(number).or_default();
        if !places.contains(&place) {
            places.push(place);
        }
    }
    (found, strange)
}

fn series(client: &Client, device: &str, field: &str) -> Vec<(i64, f64)> {
    let range = Range {
        from: Some(Timestamp::from_micros(1)),
        to: Some(Timestamp::parse_iso8601("2100-01-01").unwrap()),
    };
    let mut points = Vec::new();
    for page in client.series_pages([NAMESPACE, device, field], range).unwrap() {
        match page {
            Ok(page) => {
                let (times, values, skipped) = page.into_numbers();
                assert_eq!(skipped, 0, "{device}.{field}");
                points.extend(times.into_iter().zip(values));
            }
            Err(error) if error.code() == ErrorCode::NotFound => break, // no such device yet
            Err(error) => panic!("{error}"),
        }
    }
    points
}

/// How what the server has breaks the promises; empty where it keeps them.
pub fn breaches(told: &Told, found: &BTreeMap<u64, Vec<Place>>) -> Vec<String> {
    let missing = told.committed.iter().filter(|number| !found.contains_key(number));
    let mut breaches: Vec<String> =
        missing.map(|number| format!("{number} was promised and is missing")).collect();
    for (number, places) in found {
        let wrong = match (told.intents.get(number), places.as_slice()) {
            (None, _) => Some("was never handed in"),
            (Some(_), [_, _, ..]) => Some("is there twice"),
            (Some(intent), [place]) => {
                (!is_right(*number, place, *intent)).then_some("is at the wrong place or time")
            }
            (Some(_), []) => None,
        };
        breaches.extend(wrong.map(|wrong| format!("{number} {wrong}: {places:?}")));
    }
    breaches
}

fn is_right(number: u64, place: &Place, intent: i64) -> bool {
    let (device, field, time) = place;
    let right_time = if numbered::is_unstamped(number) {
        // The outbox stamped it when it was handed in, which was a moment after the intent was written.
        (intent..intent + 60_000_000).contains(time)
    } else {
        *time == numbered::time(number).as_micros()
    };
    right_time && *device == numbered::device(number) && *field == numbered::field(number)
}
