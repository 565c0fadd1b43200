// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Calls as they would be sent, against those that the client makes of the same readings.

use super::super::line::{self, When};
use super::*;
use crate::http::{Body, MAX_GET_URL, Method, Options, Request};
use crate::model::packet::parse_list;
use crate::model::{Reading, Value};

const KEY: &str = "s3cret key&";

fn client(method: Method) -> Client {
    let options = Options::new().host("b.org").namespace("n").device("d").key(KEY).no_proxy();
    Client::new(options.store_method(method)).unwrap()
}

fn reading(fields: &[(&str, Value)]) -> Reading {
    let mut reading = Reading::unstamped();
    for (name, value) in fields {
        reading.set(name, value.clone()).unwrap();
    }
    reading.set_timestamp(Some(time())).clone()
}

fn time() -> Timestamp {
    Timestamp::from_micros(1_430_438_400_012_345)
}

/// The reading as it comes out of the queue, at `micros`.
fn entry_at(device: &str, micros: i64, reading: &Reading) -> Entry {
    let (mut text, timestamp) = (Vec::new(), Timestamp::from_micros(micros));
    line::write(&mut text, &When::Wall(timestamp), "n", device, reading).unwrap();
    Entry::new(7, &line::read(text.strip_suffix(b"\n").unwrap()).unwrap(), timestamp)
}

fn entry(fields: &[(&str, Value)]) -> Entry {
    entry_at("d", time().as_micros(), &reading(fields))
}

fn line_of(entry: &Entry) -> Line<'_> {
    Line { when: When::Wall(entry.timestamp), address: &entry.address, form: &entry.form }
}

/// Begins a parcel and says which of the others go along.
fn gather(client: &Client, first: &Entry, others: &[Entry]) -> Vec<bool> {
    let mut parcel = Parcel::stored(client, KEY, &line_of(first), first.timestamp);
    others.iter().map(|entry| parcel.add(&line_of(entry), entry.timestamp)).collect()
}

fn sent(request: &Request) -> (Method, String, String, Vec<u8>, bool, bool) {
    let Body::Bytes(body) = &request.body else { panic!("a long form") };
    let (path, query) = (request.path.clone(), request.query.clone());
    (request.method, path, query, body.clone(), request.idempotent, request.stores)
}

#[test]
fn a_single_reading_is_sent_as_the_client_sends_it() {
    let all: [(&str, Value); 5] = [
        ("i", (-7).into()),
        ("x:y", 0.1.into()),
        ("t", "é &=+%".into()),
        ("o", vec![0u8, 255].into()),
        ("e", "".into()),
    ];
    for method in [Method::Post, Method::Get] {
        for fields in [&all[..], &[]] {
            let client = client(method);
            let ours = store_call(&client, KEY, &[entry(fields)]).unwrap();
            let its = client.store_call(&reading(fields)).unwrap();
            assert_eq!(sent(ours.request()), sent(its.request()));
            assert_eq!(ours.address(), its.address());
        }
    }
}

#[test]
fn readings_go_together_in_one_form_with_another_key_too() {
    let entries = [entry(&[("a", 1.into())]), entry(&[]), entry(&[("b", 2.into()), ("c", 3.into())])];
    let client = client(Method::Post);
    let body = |key| sent(store_call(&client, key, &entries).unwrap().request()).3;
    assert_eq!(body("k"), b"_key=k&_ts=1430438400.012345&a=1&b=2&c=3");
    assert_eq!(body("k"), body("k"));
    assert_eq!(body("new key"), b"_key=new+key&_ts=1430438400.012345&a=1&b=2&c=3");
    let none: [&Entry; 0] = [];
    assert!(store_call(&client, KEY, &none).is_err() && packets_call(&client, KEY, &none).is_err());
}

#[test]
fn only_one_device_and_time_and_each_field_once() {
    let client = client(Method::Post);
    let others = [
        entry(&[("b", 1.into())]),
        entry(&[]),
        entry(&[("c", 1.into()), ("a", 2.into())]),
        entry(&[("c", 1.into())]),
        entry(&[("b", 2.into())]),
        entry_at("e", time().as_micros(), &reading(&[("x", 1.into())])),
        entry_at("d", 1, &reading(&[("y", 1.into())])),
    ];
    let got = gather(&client, &entry(&[("a", 1.into())]), &others);
    assert_eq!(got, [true, true, false, true, false, false, false]);
}

#[test]
fn a_form_of_several_is_bounded_and_a_first_one_is_not() {
    let client = client(Method::Post);
    let large = |name| entry(&[(name, "v".repeat(LONGEST_FORM / 2 - 50).into())]);
    let got = gather(&client, &large("a"), &[large("b"), large("c"), entry(&[("d", 1.into())])]);
    assert_eq!(got, [true, false, true]);
    let huge = entry(&[("a", "v".repeat(2 * LONGEST_FORM).into())]);
    assert_eq!(gather(&client, &huge, &[entry(&[("b", 1.into())])]), [false]);
    assert!(store_call(&client, KEY, &[huge]).is_ok());
}

#[test]
fn a_get_is_filled_to_its_last_byte() {
    let client = client(Method::Get);
    let mut entries = vec![entry(&[("a", 1.into())])];
    let mut parcel = Parcel::stored(&client, KEY, &line_of(&entries[0]), time());
    for length in [1000, 500, 250, 100, 50, 20, 10, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] {
        let next = entry(&[(&format!("f{:03}", entries.len()), "v".repeat(length).into())]);
        if parcel.add(&line_of(&next), time()) {
            entries.push(next);
        }
    }
    let call = store_call(&client, KEY, &entries).unwrap();
    let free = MAX_GET_URL - client.origin().len() - call.address().len();
    assert!(free < "&f000=v".len(), "{free}");
    entries.push(entry(&[("one", "too many".into())]));
    assert_eq!(store_call(&client, KEY, &entries).map(|_| ()).unwrap_err().code(), ErrorCode::TooLong);
}

#[test]
fn packets_hold_what_was_measured() {
    let client = client(Method::Post);
    let fields = [("a", Value::from(1.5)), ("t", "say \"hi\"; é\n\\ =".into()), ("e", "".into())];
    let entries =
        [entry(&fields), entry_at("e", 2_500_000, &reading(&[])), entry_at("d", 3, &reading(&fields))];
    let call = packets_call(&client, "legacy&key", &entries).unwrap();
    let (method, path, query, body, idempotent, stores) = sent(call.request());
    assert_eq!(
        (method, path.as_str(), query.as_str()),
        (Method::Post, "/api/legacy/packets/timeseries/", "")
    );
    assert!(idempotent && stores);
    let form = Form::parse(&body);
    assert_eq!(form[1], ("legacy_key".to_owned(), "legacy&key".to_owned()));
    assert!(form.len() == 2 && !form[0].1.contains("s3cret"));
    let packets = parse_list(&form[0].1).unwrap();
    assert_eq!(packets.len(), entries.len());
    for (packet, entry) in packets.iter().zip(&entries) {
        assert_eq!(format!("{}.{}", packet.namespace, packet.uid), entry.address);
        assert_eq!(packet.timestamp, Some(entry.timestamp));
        assert_eq!(packet.fields, Form::parse(entry.form.as_bytes()));
    }
    assert_eq!(sent(client.packets_call(&form[0].1, "legacy&key").unwrap().request()).3, body);
}

#[test]
fn a_list_of_packets_is_about_as_long_as_it_may_be() {
    let client = client(Method::Post);
    for fields in [&[("Speed1", Value::from(12.5))][..], &[("say", "\"quoted\" \"words\"".into())]] {
        let (mut parcel, mut entries) = (Parcel::packets(), Vec::new());
        loop {
            let next = entry_at("cart-44", time().as_micros() + entries.len() as i64, &reading(fields));
            if !parcel.add(&line_of(&next), next.timestamp) {
                break;
            }
            entries.push(next);
        }
        let length = sent(packets_call(&client, KEY, &entries).unwrap().request()).3.len();
        let bounds = LONGEST_LIST / 2..LONGEST_LIST * 5 / 4;
        assert!(entries.len() > 500 && bounds.contains(&length), "{} in {length}", entries.len());
    }
}

#[test]
fn no_list_for_a_broker_is_longer_than_it_may_be() {
    let nasty = "\u{1}\"\\\n ;=%\u{e5}\u{20ac}".repeat(9);
    let all: [&[(&str, Value)]; 5] = [
        &[("Speed1", Value::from(12.5)), ("b", 1.into())],
        &[("say", nasty.as_str().into()), ("e", "".into())],
        &[("c", "\u{1}".repeat(40).as_str().into())],
        &[("q", "\"".into()), ("r", "\\".into()), ("s", " ".into())],
        &[],
    ];
    for fields in all {
        for micros in [-62_135_596_800_000_000, -1, time().as_micros(), 253_402_300_799_999_999] {
            for most in [500, 5000] {
                let (mut parcel, mut entries) = (Parcel::published(most), Vec::new());
                let next = entry_at("cart-44", micros, &reading(fields));
                while parcel.add(&line_of(&next), next.timestamp) {
                    entries.push(next.clone());
                }
                let text = list(&entries).unwrap();
                assert!(entries.len() == 1 || text.len() <= most, "{} of {most}: {text}", text.len());
                assert_eq!(parse_list(&text).unwrap().len(), entries.len());
                let is_plain = text.contains("Speed1") && most > 4096;
                assert!(!is_plain || text.len() > most * 3 / 4, "{} of {most}", text.len());
            }
        }
    }
}
