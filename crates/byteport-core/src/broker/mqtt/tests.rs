// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The client against bytes written by hand from the standard, against any bytes at all, and against a model.

mod bytes;
mod delivery;
mod model;
mod publishing;
mod session;

use std::time::Duration;

use super::Session;
use crate::broker::session::{Publication, Session as _, Signal, Ticket};
use crate::broker::{BrokerOptions, Protocol};

const ZERO: Duration = Duration::ZERO;
const CONNACK: [u8; 4] = [0x20, 2, 0, 0];

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn options() -> BrokerOptions {
    BrokerOptions::new(Protocol::Mqtt).namespace("ns1").device("d-1").login("joe", "s3cret")
}

/// A session that the broker has let in, without output and signals.
fn open(options: &BrokerOptions) -> Session {
    let mut session = Session::new(options).unwrap();
    again(&mut session);
    session
}

/// One more connection that the broker lets in: what goes out then.
fn again(session: &mut Session) -> Vec<Vec<u8>> {
    session.start(ZERO);
    assert_eq!(sent(session).len(), 1, "nothing but CONNECT goes out before CONNACK");
    session.receive(&CONNACK, ZERO).unwrap();
    assert!(signals(session).iter().any(|signal| matches!(signal, Signal::Open)));
    sent(session)
}

fn publication(topic: &str, body: &[u8], confirm: bool) -> Publication {
    Publication { destination: topic.into(), body: body.into(), confirm }
}

/// Publishes at QoS 1 to `t`, the ticket's low byte as the body.
fn publish(session: &mut Session, ticket: Ticket) {
    session.publish(ticket, publication("t", &ticket.to_le_bytes()[..1], true)).unwrap();
}

/// What [`publish`] sends.
fn published(ticket: u8, id: u8, again: bool) -> Vec<u8> {
    vec![if again { 0x3a } else { 0x32 }, 6, 0, 1, b't', 0, id, ticket]
}

/// Takes out the output, packet by packet; those of the tests are shorter than 128 bytes or 16 KiB.
fn sent(session: &mut Session) -> Vec<Vec<u8>> {
    let output = std::mem::take(session.output());
    let (mut left, mut packets) = (output.as_slice(), Vec::new());
    while !left.is_empty() {
        let length = match left[1] {
            short @ ..0x80 => 2 + usize::from(short),
            low => 3 + usize::from(low & 0x7f) + (usize::from(left[2]) << 7),
        };
        let (packet, rest) = left.split_at(length);
        packets.push(packet.to_vec());
        left = rest;
    }
    packets
}

fn signals(session: &mut Session) -> Vec<Signal> {
    std::iter::from_fn(|| session.next_signal()).collect()
}

/// The tickets that are confirmed, where nothing else is signalled.
fn confirmed(session: &mut Session) -> Vec<Ticket> {
    let ticket = |signal| match signal {
        Signal::Confirmed(ticket) => ticket,
        other => panic!("{other:?}"),
    };
    signals(session).into_iter().map(ticket).collect()
}

fn puback(session: &mut Session, id: u8) {
    session.receive(&[0x40, 2, 0, id], ZERO).unwrap();
}
