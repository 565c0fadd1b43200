// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a broker sends: MQTT packets, STOMP frames, and the messages in them.

use std::time::Duration;

use byteport_core::broker::{BrokerOptions, Protocol, Verdict};
use byteport_core::fuzzing::{self, Party};
use byteport_core::model::{Timestamp, packet};

use crate::pieces;

/// The longest message of a session here, so that inputs reach the limit.
const LONGEST_MESSAGE: usize = 500;

const PASSWORD: &str = "a-password-that-nobody-tells";

/// Bytes of an MQTT broker.
pub fn mqtt(data: &[u8]) {
    session(Protocol::Mqtt, data);
}

/// Bytes of a STOMP broker.
pub fn stomp(data: &[u8]) {
    session(Protocol::Stomp, data);
}

/// All ways to cut the bytes give the same signals, the same answers and the same end.
fn session(protocol: Protocol, data: &[u8]) {
    let said: Vec<_> =
        pieces::ways(pieces::short(data)).iter().map(|pieces| listen(protocol, pieces)).collect();
    assert_eq!(said[0], said[1], "in one piece, and byte by byte");
    assert_eq!(said[0], said[2], "in one piece, and in uneven ones");
    assert!(said[0].iter().all(|line| !line.contains(PASSWORD)));
}

fn options(protocol: Protocol) -> BrokerOptions {
    BrokerOptions::new(protocol)
        .namespace("ns")
        .device("dev")
        .login("joe", PASSWORD)
        .client_id("fuzz")
        .keep_alive(Duration::from_secs(60))
        .max_message(LONGEST_MESSAGE)
        .max_in_flight(2)
}

/// What a client makes of the pieces, and how it goes on over a second connection.
fn listen(protocol: Protocol, pieces: &[&[u8]]) -> Vec<String> {
    let mut party = Party::new(&options(protocol)).unwrap();
    let mut said = Vec::new();
    party.connect();
    assert!(!party.output().is_empty(), "a greeting");
    let result = pieces.iter().try_for_each(|piece| party.receive(piece));
    said.extend(party.signals());
    let came = said.iter().filter(|signal| signal.starts_with("Incoming")).count();
    said.push(format!("{:?}", result.as_ref().map_err(|error| (error.code(), error.to_string()))));
    said.push(format!("{:?}", party.output()));
    assert!(party.settle(Verdict::Taken) <= came);
    said.push(format!("{:?}", party.output()));
    party.lose();
    assert!(party.output().is_empty());
    party.connect();
    said.push(format!("{:?} {}", party.output(), party.is_timed()));
    said
}

/// The body of a message to a device.
pub fn message(body: &[u8]) {
    let now = Timestamp::from_micros(1_430_438_400_012_345);
    let delivery = fuzzing::delivery(body, now);
    assert_eq!(delivery.body(), body);
    let messages = delivery.messages();
    assert!(!messages.is_empty(), "nothing is lost in reading it");
    for message in messages {
        assert_eq!(message.age.is_some(), message.timestamp.is_some());
        if message.uid.is_none() {
            assert_eq!((messages.len(), message.body.as_slice()), (1, body));
        }
        if let (Ok(fields), Some(text)) = (message.fields(), message.text()) {
            assert_eq!(packet::parse_data(text).unwrap(), fields);
        }
    }
}
