// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages that come, and what the broker is told of them.

use super::*;
use crate::broker::Verdict;
use crate::broker::session::{HandleId, Incoming};
use crate::error::ErrorCode;

fn deliver(bench: &mut Bench, ack: &str) -> Incoming {
    let headers =
        [("subscription", "1"), ("destination", "/topic/t:1"), ("redelivered", "true"), ("ack", ack)];
    bench.tell("MESSAGE", &headers, "a\0b").unwrap();
    match bench.session.next_signal() {
        Some(Signal::Incoming(incoming)) => incoming,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_comes_whole_and_is_settled_once() {
    let mut bench = Bench::open(&options());
    let incoming = deliver(&mut bench, "T_1@@session:x@@1");
    assert_eq!((incoming.destination.as_str(), incoming.body.as_slice()), ("/topic/t:1", b"a\0b".as_slice()));
    assert!(incoming.redelivered && incoming.headers.contains(&("subscription".to_owned(), "1".to_owned())));
    let other = deliver(&mut bench, "2");
    bench.session.settle(&incoming.handle, Verdict::Taken);
    bench.session.settle(&incoming.handle, Verdict::Refused);
    bench.session.settle(&other.handle, Verdict::Refused);
    let sent = bench.sent();
    let told: Vec<_> =
        sent.iter().map(|frame| (frame.command.as_str(), frame.header("id").unwrap())).collect();
    assert_eq!(told, [("ACK", "T_1@@session:x@@1"), ("NACK", "2")]);
}

#[test]
fn what_an_earlier_connection_brought_is_not_settled_on_a_later_one() {
    let mut bench = Bench::open(&options());
    let old = deliver(&mut bench, "1");
    bench.reconnect();
    let new = deliver(&mut bench, "1");
    bench.session.settle(&old.handle, Verdict::Taken);
    assert!(bench.sent().is_empty());
    bench.session.settle(&new.handle, Verdict::Taken);
    assert_eq!(bench.commands(), ["ACK"]);
    let last = deliver(&mut bench, "2");
    bench.session.stop();
    bench.session.settle(&last.handle, Verdict::Taken);
    assert_eq!(bench.commands(), ["DISCONNECT"]);
}

#[test]
fn a_message_without_ack_is_not_settled_and_one_without_destination_is_none() {
    let mut bench = Bench::open(&options());
    bench.tell("MESSAGE", &[("destination", "d")], "").unwrap();
    let Some(Signal::Incoming(incoming)) = bench.session.next_signal() else { panic!() };
    assert_eq!((&incoming.handle.id, incoming.redelivered), (&HandleId::None, false));
    bench.session.settle(&incoming.handle, Verdict::Taken);
    assert!(bench.sent().is_empty());
    let error = bench.tell("MESSAGE", &[("ack", "1")], "").unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidAnswer);
}

#[test]
fn a_message_that_is_too_large_ends_the_connection_when_it_is_announced() {
    let mut bench = Bench::open(&options());
    let head = b"MESSAGE\ndestination:d\nack:1\ncontent-length:1000000000\n\n";
    let error = bench.session.receive(head, bench.now).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
}
