// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Texts that people and programs write: packets, names, times, numbers, addresses.

use byteport_core::broker::BrokerOptions;
use byteport_core::http::{Form, Operation};
use byteport_core::model::{Packet, Timestamp, name, packet, value};
use byteport_core::{Client, Options, Proxy};

/// The most fields of a packet here.
const MOST: usize = 20;

/// A `data` string, and a list of packets.
pub fn packet(data: &[u8]) {
    let items: Vec<_> = packet::items(data, usize::MAX).collect();
    let mut rest = data;
    for item in &items {
        let at = find(rest, item.text).expect("an item's text is in the list, after those before it");
        rest = &rest[at + item.text.len()..];
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(fields) = packet::parse_data(text) {
        let written = packet::format_data(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!(packet::parse_data(&written).unwrap(), fields);
        assert!(fields.iter().all(|(field, _)| name::is_valid(field)));
    }
    let Ok(list) = packet::parse_list(text) else { return };
    assert_eq!(list, items.into_iter().map(|item| item.packet.unwrap()).collect::<Vec<Packet>>());
    let fields: usize = list.iter().map(|packet| packet.fields.len()).sum();
    let few = packet::parse_list_up_to(text, MOST).unwrap();
    assert_eq!(few.is_some(), fields <= MOST);
}

/// Where a part of a text begins in it: the part itself, not its like.
fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}

/// One text, read as everything that is a text.
pub fn text(data: &[u8]) {
    pairs(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    times(text);
    addresses(text);
    let letters = text.chars().count();
    assert!(!name::is_valid(text) || (letters == text.len() && letters <= name::MAX_LEN));
    assert!(value::parse_number(text).is_none_or(f64::is_finite));
    if let Ok(operation) = Operation::parse(text) {
        assert_eq!(operation.text(), text);
    }
}

fn times(text: &str) {
    if let Ok(time) = Timestamp::parse(text) {
        assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
        let dated = Timestamp::parse_iso8601(&time.to_iso8601());
        assert!(!time.has_date() || dated.is_ok_and(|dated| dated == time), "{time:?}");
    }
    if let Ok(time) = Timestamp::parse_iso8601(text) {
        assert!(time.to_iso8601().is_ascii());
        assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
    }
}

fn addresses(text: &str) {
    if let Ok(proxy) = Proxy::parse(text) {
        assert!(!format!("{proxy:?}").contains('@') || text.contains('@'));
    }
    let _ = Client::new(Options::new().host(text).namespace("n").key("k").device("d").no_proxy());
    let _ = BrokerOptions::from_url(text);
}

/// A form, written again.
fn pairs(data: &[u8]) {
    let pairs = Form::parse(data);
    let mut form = Form::new();
    for (name, value) in &pairs {
        form.add(name, value);
    }
    assert_eq!(Form::parse(form.into_string().as_bytes()), pairs);
}
