// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages and subscriptions.

use super::*;
use crate::broker::Verdict;
use crate::broker::session::{Handle, HandleId, Incoming};
use crate::error::ErrorCode;

/// A message to `t` at QoS 1.
fn message(id: u8, body: u8, again: bool) -> [u8; 8] {
    [if again { 0x3a } else { 0x32 }, 6, 0, 1, b't', 0, id, body]
}

fn incoming(session: &mut Session) -> Vec<Incoming> {
    let message = |signal| match signal {
        Signal::Incoming(incoming) => incoming,
        other => panic!("{other:?}"),
    };
    signals(session).into_iter().map(message).collect()
}

#[test]
fn qos_0_needs_no_answer() {
    let mut session = open(&options());
    session.receive(&[0x31, 7, 0, 3, b'a', b'/', b'b', b'x', b'y'], ZERO).unwrap();
    let messages = incoming(&mut session);
    assert_eq!((messages[0].destination.as_str(), messages[0].body.as_slice()), ("a/b", &b"xy"[..]));
    assert_eq!((&messages[0].handle.id, messages[0].redelivered), (&HandleId::None, false));
    session.settle(&messages[0].handle, Verdict::Taken);
    assert!(session.output().is_empty());
}

#[test]
fn qos_1_is_acknowledged_once_it_is_taken() {
    let mut session = open(&options());
    session.receive(&[message(1, 10, false), message(2, 20, true)].concat(), ZERO).unwrap();
    let messages = incoming(&mut session);
    assert_eq!(
        messages.iter().map(|m| (m.body[0], m.redelivered)).collect::<Vec<_>>(),
        [(10, false), (20, true)]
    );
    assert!(session.output().is_empty());
    session.settle(&messages[1].handle, Verdict::Taken);
    session.settle(&messages[1].handle, Verdict::Taken);
    assert_eq!(sent(&mut session), [[0x40, 2, 0, 2]]);
    session.settle(&messages[0].handle, Verdict::Refused);
    session.settle(&messages[0].handle, Verdict::Taken);
    let never = Handle { era: messages[0].handle.era, id: HandleId::Packet(9) };
    session.settle(&never, Verdict::Taken);
    assert!(session.output().is_empty());
}

#[test]
fn handles_of_an_earlier_connection_are_ignored() {
    let mut session = open(&options());
    session.receive(&message(1, 10, false), ZERO).unwrap();
    let old = incoming(&mut session).remove(0).handle;
    again(&mut session);
    session.receive(&message(1, 11, false), ZERO).unwrap();
    session.settle(&old, Verdict::Taken);
    assert!(session.output().is_empty());
    let new = incoming(&mut session).remove(0).handle;
    session.settle(&new, Verdict::Taken);
    assert_eq!(sent(&mut session), [[0x40, 2, 0, 1]]);
}

#[test]
fn an_identifier_comes_again() {
    let mut session = open(&options());
    session.receive(&message(1, 10, false), ZERO).unwrap();
    session.receive(&message(1, 10, true), ZERO).unwrap(); // the same message, while the first is being handled
    let first = incoming(&mut session);
    assert_eq!(first.len(), 1);
    session.settle(&first[0].handle, Verdict::Taken);
    assert_eq!(sent(&mut session).len(), 1);
    session.receive(&message(1, 10, true), ZERO).unwrap(); // a new one, whatever the flag says
    let second = incoming(&mut session);
    session.settle(&second[0].handle, Verdict::Refused);
    session.receive(&message(1, 10, true), ZERO).unwrap(); // the broker tries the refused one again
    assert_eq!((second.len(), incoming(&mut session).len()), (1, 1));
    let error = session.receive(&message(1, 11, false), ZERO).unwrap_err(); // two at once
    assert_eq!(error.code(), ErrorCode::InvalidAnswer);
}

#[test]
fn subscriptions_are_asked_for_once_a_connection() {
    let mut session = Session::new(&options()).unwrap();
    session.subscribe("b/#").unwrap();
    session.subscribe("a").unwrap();
    session.subscribe("a").unwrap();
    let asked = [vec![0x82, 6, 0, 1, 0, 1, b'a', 1], vec![0x82, 8, 0, 2, 0, 3, b'b', b'/', b'#', 1]];
    assert_eq!(again(&mut session), asked);
    session.subscribe("a").unwrap();
    session.subscribe("c").unwrap();
    assert_eq!(sent(&mut session), [[0x82, 6, 0, 3, 0, 1, b'c', 1]]);
    assert_eq!(again(&mut session).len(), 3);
}

#[test]
fn the_broker_says_which_subscriptions_it_took() {
    let mut session = open(&options());
    ["a", "b", "c"].iter().for_each(|filter| session.subscribe(filter).unwrap());
    session.receive(&[0x90, 3, 0, 2, 0x80, 0x90, 3, 0, 1, 1, 0x90, 3, 0, 3, 0], ZERO).unwrap();
    let told = signals(&mut session);
    let [Signal::NotSubscribed(b, error), Signal::Subscribed(a), Signal::Subscribed(c)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!((a.as_str(), b.as_str(), c.as_str(), error.code()), ("a", "b", "c", ErrorCode::Forbidden));
    let error = session.receive(&[0x90, 3, 0, 1, 1], ZERO).unwrap_err();
    assert!(error.message().contains("SUBACK"), "{error}");
}

#[test]
fn a_refused_subscription_may_be_asked_for_again() {
    let mut session = open(&options());
    ["a", "b"].iter().for_each(|filter| session.subscribe(filter).unwrap());
    session.receive(&[0x90, 3, 0, 1, 1, 0x90, 3, 0, 2, 0x80], ZERO).unwrap();
    sent(&mut session);
    ["a", "b"].iter().for_each(|filter| session.subscribe(filter).unwrap());
    assert_eq!(sent(&mut session).len(), 1);
    assert_eq!(again(&mut session).len(), 2);
}

#[test]
fn answers_of_another_kind_leave_an_identifier_taken() {
    let mut session = open(&options());
    session.subscribe("a").unwrap();
    puback(&mut session, 1);
    session.receive(&[0x90, 3, 0, 1, 1], ZERO).unwrap();
    assert!(matches!(&signals(&mut session)[..], [Signal::Subscribed(filter)] if filter == "a"));
    publish(&mut session, 1);
    assert!(session.receive(&[0x90, 3, 0, 2, 1], ZERO).is_err());
}

#[test]
fn bad_filters_are_refused() {
    let mut session = open(&options());
    for filter in ["", "a#", "+a", "#/a", "\0"] {
        assert_eq!(session.subscribe(filter).unwrap_err().code(), ErrorCode::InvalidArgument, "{filter}");
    }
    assert!(session.output().is_empty() && again(&mut session).is_empty());
}
