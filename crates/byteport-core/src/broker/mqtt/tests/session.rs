// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Connections: the greeting, its answers, signs of life, and a broker that breaks the rules.

use super::*;
use crate::broker::Will;
use crate::error::{Error, ErrorCode};

/// What a broker's bytes after the greeting come to.
fn greeted(bytes: &[u8]) -> Error {
    let mut session = Session::new(&options()).unwrap();
    session.start(ZERO);
    let error = session.receive(bytes, ZERO).unwrap_err();
    assert!(signals(&mut session).is_empty());
    error
}

#[test]
fn refused_connections_say_why() {
    let codes = [
        (1, ErrorCode::InvalidAnswer),
        (2, ErrorCode::InvalidArgument),
        (3, ErrorCode::Server),
        (4, ErrorCode::LoginFailed),
        (5, ErrorCode::LoginFailed),
        (6, ErrorCode::InvalidAnswer),
    ];
    let mut texts = std::collections::BTreeSet::new();
    for (code, expected) in codes {
        let error = greeted(&[0x20, 2, 0, code]);
        assert_eq!((error.code(), error.is_retryable()), (expected, code == 3), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        texts.insert(error.to_string());
    }
    assert_eq!(texts.len(), codes.len());
}

#[test]
fn only_connack_answers_the_greeting() {
    for bytes in [&b"HTTP/1.1 400 Bad"[..], &[0xd0, 0], &[0x40, 2, 0, 1], &[0x15, 3, 3, 0, 2]] {
        let error = greeted(bytes);
        assert_eq!(error.code(), ErrorCode::InvalidAnswer);
        assert!(error.message().contains("check host, port"), "{error}");
    }
    let mut session = open(&options());
    assert_eq!(session.receive(&CONNACK, ZERO).unwrap_err().code(), ErrorCode::InvalidAnswer);
    assert!(session.receive(&CONNACK, ZERO).is_ok(), "what comes after an error is not looked at");
    assert_eq!(again(&mut session).len(), 0);
}

#[test]
fn a_session_that_the_broker_knows_makes_no_difference() {
    let mut session = Session::new(&options()).unwrap();
    session.start(ZERO);
    session.receive(&[0x20, 2, 1, 0], ZERO).unwrap();
    assert!(matches!(signals(&mut session)[..], [Signal::Open]));
}

#[test]
fn broken_packets_end_the_connection() {
    let broken: [&[u8]; 27] = [
        &[0x20, 2, 2, 0], // CONNACK's flags (and a second CONNACK)
        &[0x21, 2],       // flags where none are
        &[0x42, 2],
        &[0x40, 1], // lengths
        &[0x40, 3],
        &[0x90, 2],
        &[0x90, 4],
        &[0xd0, 1],
        &[0x40, 0x80, 0x80, 0x80, 0x80], // a length of five bytes
        &[0x40, 2, 0, 0],                // identifiers of zero
        &[0x90, 3, 0, 0, 1],
        &[0x32, 5, 0, 1, b't', 0, 0],
        &[0x90, 3, 0, 1, 3], // a return code that does not exist
        &[0x34],
        &[0x36],
        &[0x38],    // QoS 2, QoS 3, QoS 0 that was sent before
        &[0x30, 0], // topics
        &[0x30, 1, 0],
        &[0x30, 2, 0, 0],
        &[0x30, 3, 0, 2, b't'],
        &[0x30, 3, 0, 1, 0],
        &[0x30, 3, 0, 1, b'+'],
        &[0x30, 3, 0, 1, 0xff],
        &[0x30, 5, 0, 3, 0xed, 0xa0, 0x80], // a surrogate
        &[0x32, 4, 0, 1, b't', 0],          // no identifier
        &[0x00],
        &[0xf0], // kinds that do not exist
    ];
    for bytes in broken {
        let error = open(&options()).receive(bytes, ZERO).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidAnswer, "{bytes:x?}: {error}");
    }
    for kind in [0x10, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xb0, 0xc0, 0xe0] {
        let error = open(&options()).receive(&[kind], ZERO).unwrap_err();
        assert!(error.message().contains(&format!("0x{kind:02x}")), "{error}");
    }
}

#[test]
fn what_came_before_an_error_counts() {
    let mut session = open(&options());
    publish(&mut session, 1);
    assert!(session.receive(&[0x40, 2, 0, 1, 0xff, 0xff], ZERO).is_err());
    assert_eq!(confirmed(&mut session), [1]);
}

#[test]
fn a_message_is_as_large_as_the_limit_and_no_larger() {
    let limit = options().max_message(200);
    let message = |length: u8| {
        let mut packet = vec![0x30, (length + 3) | 0x80, (length + 3) >> 7, 0, 1, b't'];
        packet.resize(packet.len() + usize::from(length), 7);
        packet
    };
    let mut session = open(&limit);
    session.receive(&message(200), ZERO).unwrap();
    assert!(matches!(&signals(&mut session)[..], [Signal::Incoming(incoming)] if incoming.body == [7; 200]));
    let error = session.receive(&message(201), ZERO).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
    let error = open(&limit).receive(&[0x30, 0xff, 0xff, 0xff, 0x7f], ZERO).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
}

#[test]
fn silence_is_asked_about_and_ends_the_connection() {
    let mut session = open(&options());
    assert_eq!(session.due(), Some(at(60)));
    session.tick(at(59)).unwrap();
    assert!(session.output().is_empty());
    session.tick(at(60)).unwrap();
    assert_eq!((sent(&mut session), session.due()), (vec![vec![0xc0, 0]], Some(at(90))));
    session.receive(&[0xd0, 0], at(61)).unwrap();
    session.tick(at(120)).unwrap();
    session.receive(&[0xd0], at(149)).unwrap(); // half an answer is a sign of life
    session.tick(at(151)).unwrap();
    assert_eq!((sent(&mut session).len(), session.due()), (1, Some(at(180))));
    session.tick(at(180)).unwrap();
    assert_eq!(session.tick(at(210)).unwrap_err().code(), ErrorCode::Timeout);
    assert_eq!((session.due(), session.tick(at(999)).is_ok()), (None, true));
}

#[test]
fn without_keep_alive_nothing_is_due() {
    let mut session = open(&options().keep_alive(ZERO));
    assert!(session.due().is_none() && session.tick(at(1 << 40)).is_ok() && session.output().is_empty());
}

#[test]
fn a_farewell_before_the_answer_is_sent_too_but_none_without_a_connection() {
    let mut session = Session::new(&options()).unwrap();
    session.stop();
    assert!(session.output().is_empty());
    session.start(ZERO);
    session.stop();
    assert_eq!(sent(&mut session)[1], [0xe0, 0]);
    assert!(session.receive(&CONNACK, ZERO).is_ok() && signals(&mut session).is_empty());
}

#[test]
fn options_that_mqtt_cannot_carry_are_refused() {
    let bad = [
        options().will(Will::new("a/#", "x")),
        options().will(Will::new("", "x")),
        options().will(Will::new("t", vec![0; 65_536])),
        options().client_id(&"i".repeat(65_536)),
        options().login("a\0", "b"),
        options().login("a", "b\0"),
    ];
    for options in bad {
        assert_eq!(Session::new(&options).unwrap_err().code(), ErrorCode::InvalidArgument, "{options:?}");
    }
}

#[test]
fn debug_shows_neither_password_nor_messages() {
    let mut session = Session::new(&options()).unwrap();
    session.start(ZERO);
    let shown = format!("{session:?}");
    assert!(shown.contains("Greeting") && !shown.contains("s3cret") && !shown.contains("115, 51"), "{shown}");
}
