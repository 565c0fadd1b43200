// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Getting in, and not.

use super::*;
use crate::error::ErrorCode;

#[test]
fn the_greeting_says_who_we_are_and_nothing_goes_before_the_answer() {
    let mut bench = Bench::new(&options().vhost("farm").keep_alive(Duration::from_millis(2500)));
    bench.session.subscribe("/topic/t").unwrap();
    bench.publish(1, "/queue/q");
    let sent = bench.sent();
    let headers: Vec<_> =
        sent[0].headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [
        ("accept-version", "1.2"),
        ("host", "farm"),
        ("login", "joe"),
        ("passcode", "s3cret"),
        ("heart-beat", "2500,2500"),
    ];
    assert_eq!(
        (sent.len(), sent[0].command.as_str(), headers.as_slice()),
        (1, "CONNECT", expected.as_slice())
    );
    bench.tell("CONNECTED", &[("version", "1.2")], "").unwrap();
    assert_eq!(bench.commands(), ["SUBSCRIBE", "SEND"]);
    assert_eq!(bench.signals(), ["open"]);
}

#[test]
fn a_backslash_is_doubled_and_a_colon_is_not() {
    let mut session = Session::new(&options().login("a:b", r"c\d"));
    session.start(Duration::ZERO);
    let text = String::from_utf8(session.output().clone()).unwrap();
    assert!(text.contains("\nlogin:a:b\n") && text.contains("\npasscode:c\\\\d\n"), "{text}");
}

#[test]
fn a_refused_login_is_told_without_the_password() {
    let cases = [
        ("Bad CONNECT", "Access refused for user 'joe' with s3cret\n", ErrorCode::LoginFailed),
        ("Bad CONNECT", "Virtual host 'farm' access denied", ErrorCode::LoginFailed),
        ("Authentication failed: s3cret", "", ErrorCode::LoginFailed),
        ("Version mismatch", "Supported versions are 1.0,1.1\n", ErrorCode::Status),
        ("too many\nguests", "", ErrorCode::Status),
    ];
    for (message, body, code) in cases {
        let mut bench = Bench::new(&options());
        let error = bench.tell("ERROR", &[("message", message)], body).unwrap_err();
        let text = error.to_string();
        assert_eq!((error.code(), error.is_retryable()), (code, code == ErrorCode::Status), "{text}");
        assert!(!text.contains("s3cret") && !text.contains('\n') && text.len() < 400, "{text}");
        assert!(bench.tell("RECEIPT", &[("receipt-id", "1")], "").is_err(), "it has ended");
    }
}

#[test]
fn another_version_or_another_frame_is_no_greeting() {
    let frames: [(&str, &[(&str, &str)]); 7] = [
        ("CONNECTED", &[("version", "1.1")]),
        ("CONNECTED", &[]),
        ("CONNECTED", &[("version", "1.2"), ("heart-beat", "1")]),
        ("CONNECTED", &[("version", "1.2"), ("heart-beat", "-1,0")]),
        ("MESSAGE", &[("destination", "d"), ("ack", "1")]),
        ("RECEIPT", &[("receipt-id", "1")]),
        ("HELLO", &[]),
    ];
    for (command, headers) in frames {
        let mut bench = Bench::new(&options());
        let error = bench.tell(command, headers, "").unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidAnswer, "{command} {headers:?}");
        assert!(bench.signals().is_empty() && bench.commands() == ["CONNECT"]);
    }
    let mut bench = Bench::open(&options());
    for command in ["CONNECTED", "HELLO", "SEND"] {
        let error = bench.tell(command, &[("version", "1.2")], "").unwrap_err();
        assert!([ErrorCode::InvalidAnswer, ErrorCode::Disconnected].contains(&error.code()), "{command}");
    }
}

#[test]
fn the_farewell_is_said_once_and_answers_still_count() {
    let mut bench = Bench::open(&options());
    bench.publish(1, "/queue/q");
    let sent = bench.sent();
    bench.session.stop();
    bench.session.stop();
    bench.publish(2, "/queue/q");
    let farewell = bench.sent();
    assert_eq!((farewell.len(), farewell[0].command.as_str()), (1, "DISCONNECT"));
    bench.confirm(&sent[0]);
    bench.confirm(&farewell[0]);
    assert_eq!(bench.signals(), ["confirmed 1"]);
    let mut early = Bench::new(&options());
    early.session.stop();
    assert_eq!(early.commands(), ["CONNECT"], "nothing goes before the answer");
}
