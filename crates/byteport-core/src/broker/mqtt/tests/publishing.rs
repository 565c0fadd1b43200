// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Publishing: identifiers, limits, connections that break.

use super::*;
use crate::error::ErrorCode;

#[test]
fn unconfirmed_goes_out_at_qos_0_and_is_done() {
    let mut session = open(&options());
    session.publish(1, publication("a/b", b"xy", false)).unwrap();
    assert_eq!(sent(&mut session), [[0x30, 7, 0, 3, b'a', b'/', b'b', b'x', b'y']]);
    assert_eq!(confirmed(&mut session), [1]);
    assert_eq!(again(&mut session), Vec::<Vec<u8>>::new());
}

#[test]
fn confirmed_waits_for_the_broker() {
    let mut session = open(&options());
    publish(&mut session, 1);
    publish(&mut session, 2);
    assert_eq!(sent(&mut session), [published(1, 1, false), published(2, 2, false)]);
    assert!(signals(&mut session).is_empty());
    puback(&mut session, 2);
    assert_eq!(confirmed(&mut session), [2]);
    puback(&mut session, 2);
    puback(&mut session, 77);
    assert!(signals(&mut session).is_empty());
    puback(&mut session, 1);
    assert_eq!(confirmed(&mut session), [1]);
}

#[test]
fn nothing_goes_out_before_the_broker_let_us_in() {
    let mut session = Session::new(&options()).unwrap();
    publish(&mut session, 1);
    session.publish(2, publication("t", &[2], false)).unwrap();
    assert!(session.output().is_empty());
    let zero = [0x30, 4, 0, 1, b't', 2].to_vec();
    session.start(ZERO);
    publish(&mut session, 3);
    assert_eq!(sent(&mut session)[1..], Vec::<Vec<u8>>::new());
    assert!(session.tick(at(1000)).is_ok() && session.due().is_none() && session.output().is_empty());
    session.receive(&CONNACK, ZERO).unwrap();
    assert_eq!(sent(&mut session), [published(1, 1, false), zero, published(3, 2, false)]);
    assert!(matches!(signals(&mut session)[..], [Signal::Open, Signal::Confirmed(2)]));
}

#[test]
fn what_was_not_confirmed_is_sent_again_first_and_with_its_identifier() {
    let mut session = open(&options().max_in_flight(2));
    session.subscribe("s").unwrap();
    (1..=4).for_each(|ticket| publish(&mut session, ticket));
    assert_eq!(sent(&mut session)[1..], [published(1, 2, false), published(2, 3, false)]);
    session.receive(&[0x40, 2, 0], ZERO).unwrap(); // half a PUBACK, whose other half never comes
    for _ in 0..2 {
        let out = again(&mut session);
        assert_eq!(out[0][0], 0x82, "subscriptions come first");
        assert_eq!(out[1..], [published(1, 2, true), published(2, 3, true)]);
    }
    puback(&mut session, 2);
    assert_eq!(confirmed(&mut session), [1]);
    let out = sent(&mut session);
    assert_eq!((out.len(), out[0][0], out[0][7]), (1, 0x32, 3));
    assert!(![2, 3].contains(&out[0][6]));
}

#[test]
fn withdrawn_in_flight_keeps_its_identifier_until_the_broker_answers() {
    let mut session = open(&options().max_in_flight(1));
    (1..=3).for_each(|ticket| publish(&mut session, ticket));
    assert!(session.withdraw(2), "it never went out");
    assert!(!session.withdraw(1) && !session.withdraw(1) && !session.withdraw(9));
    assert_eq!(sent(&mut session), [published(1, 1, false), published(3, 2, false)]);
    puback(&mut session, 1);
    assert!(signals(&mut session).is_empty());
    puback(&mut session, 2);
    assert_eq!(confirmed(&mut session), [3]);
}

#[test]
fn withdrawn_in_flight_is_not_sent_again() {
    let mut session = open(&options());
    (1..=3).for_each(|ticket| publish(&mut session, ticket));
    assert!(!session.withdraw(2));
    session.start(ZERO);
    assert!(!session.withdraw(1));
    assert_eq!(sent(&mut session).len(), 1, "what was left of the old connection's output is gone");
    session.receive(&CONNACK, ZERO).unwrap();
    assert_eq!(sent(&mut session), [published(3, 3, true)]);
}

#[test]
fn identifiers_of_what_was_withdrawn_are_free_on_the_next_connection() {
    let mut session = open(&options().max_in_flight(65_535));
    for ticket in 1..=65_535 {
        publish(&mut session, ticket);
        session.withdraw(ticket);
    }
    publish(&mut session, 65_536);
    assert_eq!(sent(&mut session).len(), 65_535);
    assert_eq!(again(&mut session), [published(0, 1, false)]);
}

#[test]
fn every_identifier_in_flight_is_sent_again_and_subscriptions_wait_for_one() {
    let mut session = open(&options().max_in_flight(65_535));
    (1..=65_536).for_each(|ticket| publish(&mut session, ticket));
    assert_eq!(sent(&mut session).len(), 65_535);
    session.subscribe("s").unwrap();
    session.publish(70_000, publication("t", &[], false)).unwrap();
    assert!(session.output().is_empty());
    let out = again(&mut session);
    assert!(out.len() == 65_535 && out.iter().all(|packet| packet[0] == 0x3a));
    puback(&mut session, 5);
    assert_eq!(sent(&mut session), [[0x82, 6, 0, 5, 0, 1, b's', 1]]);
    puback(&mut session, 6);
    assert_eq!(sent(&mut session).len(), 1);
}

#[test]
fn identifiers_start_again_after_the_last_and_step_over_those_taken() {
    let mut session = open(&options());
    publish(&mut session, 1);
    for ticket in 2..=65_535 {
        publish(&mut session, ticket);
        let [high, low] = u16::try_from(ticket).unwrap().to_be_bytes();
        session.receive(&[0x40, 2, high, low], ZERO).unwrap();
    }
    sent(&mut session);
    publish(&mut session, 0);
    assert_eq!(sent(&mut session), [published(0, 2, false)]);
}

#[test]
fn bad_topics_and_bodies_change_nothing() {
    let mut session = open(&options());
    let long = "t".repeat(65_536);
    for topic in ["", "a/+", "#", "a\0b", &long] {
        let error = session.publish(1, publication(topic, b"", true)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{topic:.9}");
    }
    let large = vec![0; 268_435_452]; // with the topic one byte more than a packet may have
    assert_eq!(
        session.publish(1, publication("tt", &large, false)).unwrap_err().code(),
        ErrorCode::InvalidArgument
    );
    assert!(session.output().is_empty() && signals(&mut session).is_empty() && !session.withdraw(1));
}

#[test]
fn after_the_farewell_nothing_goes_out_but_confirmations_count() {
    let mut session = open(&options());
    publish(&mut session, 1);
    sent(&mut session);
    session.stop();
    session.stop();
    publish(&mut session, 2);
    session.subscribe("s").unwrap();
    assert_eq!(sent(&mut session), [[0xe0, 0]]);
    puback(&mut session, 1);
    assert_eq!(confirmed(&mut session), [1]);
    session.receive(&[0x32, 5, 0, 1, b't', 0, 9], ZERO).unwrap();
    assert!(signals(&mut session).is_empty() && session.output().is_empty() && session.due().is_none());
    let out = again(&mut session);
    assert_eq!((out[0][0], &out[1]), (0x82, &published(2, 3, false)));
}

#[test]
fn a_lost_connection_leaves_no_output_and_gets_none() {
    let mut session = open(&options());
    publish(&mut session, 1);
    session.lost();
    publish(&mut session, 2);
    session.publish(3, publication("t", &[3], false)).unwrap();
    session.stop();
    assert!(session.output().is_empty() && signals(&mut session).is_empty() && session.due().is_none());
    assert_eq!(again(&mut session)[..2], [published(1, 1, true), published(2, 2, false)]);
}
