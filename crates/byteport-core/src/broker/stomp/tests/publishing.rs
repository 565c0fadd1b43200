// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Publications, their receipts, and subscriptions.

use super::*;
use crate::error::ErrorCode;

#[test]
fn a_publication_carries_any_bytes_and_asks_for_a_receipt() {
    let mut bench = Bench::open(&options());
    let body = [0, 255, b'\n', 0];
    bench.session.publish(7, publication("/queue/a:b", &body, true)).unwrap();
    bench.session.publish(8, publication("/topic/t", b"[1]", true)).unwrap();
    let sent = bench.sent();
    assert_eq!((sent[0].command.as_str(), sent[0].body.as_slice()), ("SEND", body.as_slice()));
    let header = |at: usize, name| sent[at].header(name);
    assert_eq!(header(0, "destination"), Some("/queue/a:b"));
    assert_eq!((header(0, "content-length"), header(0, "content-type")), (Some("4"), Some("text/plain")));
    assert_eq!((header(0, "persistent"), header(1, "persistent")), (Some("true"), None));
    assert_eq!(header(1, "content-type"), Some("application/json"));
    assert!(bench.signals().is_empty());
    bench.confirm(&sent[1]);
    bench.confirm(&sent[0]);
    bench.confirm(&sent[0]);
    assert_eq!(bench.signals(), ["confirmed 8", "confirmed 7"]);
}

#[test]
fn without_confirmation_it_is_told_at_once() {
    let mut bench = Bench::open(&options());
    bench.session.publish(1, publication("/queue/q", b"", false)).unwrap();
    assert_eq!(bench.sent()[0].header("receipt"), None);
    assert_eq!(bench.signals(), ["confirmed 1"]);
    bench.reconnect();
    assert!(bench.commands().is_empty());
}

#[test]
fn what_no_header_can_carry_is_refused_before_anything_is_sent() {
    let mut bench = Bench::open(&options());
    let long = "x".repeat(4097);
    for destination in ["", "a\0b", "a\nb", "a\rb", &long] {
        let error = bench.session.publish(1, publication(destination, b"x", true)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert!(bench.session.subscribe(destination).is_err());
    }
    assert!(bench.session.output().is_empty());
    assert!(!bench.session.withdraw(1));
}

#[test]
fn a_new_connection_sends_again_in_order_subscriptions_first() {
    let mut bench = Bench::open(&options().max_in_flight(2));
    (1..=4).for_each(|ticket| bench.publish(ticket, "/queue/q"));
    bench.session.subscribe("/topic/t").unwrap();
    bench.session.subscribe("/topic/t").unwrap();
    let sent = bench.sent();
    let commands: Vec<&str> = sent.iter().map(|frame| frame.command.as_str()).collect();
    assert_eq!(commands, ["SEND", "SEND", "SUBSCRIBE"]);
    let subscription = &sent[2];
    let expected =
        [("id", "1"), ("destination", "/topic/t"), ("ack", "client-individual"), ("prefetch-count", "100")];
    assert!(
        expected.iter().all(|(name, value)| subscription.header(name) == Some(value)),
        "{subscription:?}"
    );
    bench.confirm(subscription);
    assert_eq!(bench.signals(), ["subscribed /topic/t"]);
    bench.reconnect();
    let sent = bench.sent();
    assert_eq!(sent.len(), 3);
    assert_eq!((sent[0].command.as_str(), sent[0].header("id")), ("SUBSCRIBE", Some("1")));
    bench.confirm(&sent[1]);
    assert_eq!(bench.sent().len(), 1, "there is room for the third");
    assert!(bench.session.withdraw(4) && !bench.session.withdraw(2));
    bench.confirm(&sent[2]);
    assert_eq!(bench.signals(), ["confirmed 1"]);
    assert!(bench.sent().is_empty());
}

#[test]
fn a_withdrawal_makes_room() {
    let mut bench = Bench::open(&options().max_in_flight(1));
    (1..=2).for_each(|ticket| bench.publish(ticket, "/queue/q"));
    assert_eq!(bench.sent().len(), 1);
    assert!(!bench.session.withdraw(1));
    assert_eq!(bench.sent().len(), 1);
}
