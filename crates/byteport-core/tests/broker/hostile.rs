// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Brokers that break the protocol, say nothing, or stop reading.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use byteport_core::broker::{Broker, BrokerOptions, Protocol};
use byteport_core::{ErrorCode, Proxy};

use crate::support::*;

fn failure(options: BrokerOptions) -> byteport_core::Error {
    let client = Broker::open(options).unwrap();
    let error = client.publish("/queue/a", b"x").unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    error
}

#[test]
fn what_is_no_broker_is_an_unexpected_answer() {
    for protocol in [Protocol::Mqtt, Protocol::Stomp] {
        for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"\0\0\0\0", &[0xff; 4096], b"ERROR"] {
            let error = failure(scripted(protocol, move |mut socket| {
                hear(&mut socket);
                let _ = socket.write_all(answer);
            }));
            let codes = [ErrorCode::InvalidAnswer, ErrorCode::Disconnected, ErrorCode::AnswerTooLarge];
            assert!(codes.contains(&error.code()), "{protocol:?} {answer:?}: {error:?}");
        }
    }
}

#[test]
fn a_message_of_a_gigabyte_is_refused_when_it_is_announced() {
    const PUBLISH: &[u8] = &[0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, b'a'];
    let error = failure(scripted(Protocol::Mqtt, move |mut socket| {
        hear(&mut socket);
        let _ = socket.write_all(&[CONNACK, PUBLISH].concat());
        let _ = socket.read(&mut [0; 1]);
    }));
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge, "{error}");
    let error = failure(scripted(Protocol::Stomp, |mut socket| {
        hear(&mut socket);
        let message =
            b"MESSAGE\nsubscription:0\nmessage-id:1\nack:1\ndestination:/a\ncontent-length:1000000000\n\n";
        let _ = socket.write_all(&[CONNECTED, message].concat());
        let _ = socket.read(&mut [0; 1]);
    }));
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge, "{error}");
}

#[test]
fn a_broker_that_never_answers_the_login_is_left() {
    for protocol in [Protocol::Mqtt, Protocol::Stomp] {
        let options =
            scripted(protocol, |mut socket| while socket.read(&mut [0; 64]).is_ok_and(|got| got > 0) {});
        let error = failure(options.connect_timeout(Duration::from_millis(200)));
        assert_eq!(error.code(), ErrorCode::Timeout, "{error}");
    }
}

#[test]
fn half_a_frame_and_a_cut_is_a_broken_connection() {
    for (protocol, half) in [(Protocol::Mqtt, &[0x20, 2, 0, 0, 0x32][..]), (Protocol::Stomp, b"CONNEC")] {
        let error = failure(scripted(protocol, move |mut socket| {
            hear(&mut socket);
            let _ = socket.write_all(half);
        }));
        assert_eq!(error.code(), ErrorCode::Disconnected, "{protocol:?} {error}");
    }
}

#[test]
fn one_that_stops_reading_stops_nobody_for_longer_than_the_time_out() {
    let brokers = [(Protocol::Mqtt, CONNACK), (Protocol::Stomp, CONNECTED)];
    let ways = brokers.into_iter().flat_map(|broker| [(broker, true), (broker, false)]);
    for ((protocol, greeting), confirm) in ways {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let options = scripted(protocol, move |mut socket| {
            hear(&mut socket);
            socket.write_all(greeting).unwrap();
            let _ = ended.recv();
        });
        let options = options.timeout(Duration::from_millis(500)).confirm(confirm);
        let client = Broker::open(options).unwrap();
        client.wait_open(LONG).unwrap();
        let body = vec![b'x'; 1 << 20];
        let mut posted = 0;
        let error = loop {
            match client.post("/queue/a", &body) {
                Ok(()) => posted += 1,
                Err(error) => break error,
            }
            assert!(posted < 100, "it takes without end");
        };
        assert_eq!(error.code(), ErrorCode::Timeout, "{error}");
        assert_eq!(client.close(Duration::ZERO).unwrap() > 0, confirm);
        drop(end);
    }
}

#[test]
fn one_that_is_closed_while_it_connects_says_nothing_to_the_broker() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("socks5://{}", listener.local_addr().unwrap());
    let options = BrokerOptions::new(Protocol::Mqtt).host("mqtt://b.example").login("joe", "s3cret");
    let options = options.clean_session(true).connect_timeout(LONG);
    let client = Broker::open(options.proxy(Proxy::parse(&proxy).unwrap())).unwrap();
    let (mut socket, _) = listener.accept().unwrap();
    hear_some(&mut socket);
    socket.write_all(&[5, 0]).unwrap();
    hear_some(&mut socket);
    drop(client);
    socket.write_all(b"\x05\x00\x00\x01\0\0\0\0\0\0").unwrap();
    let mut heard = Vec::new();
    socket.read_to_end(&mut heard).unwrap();
    assert!(heard.is_empty(), "{heard:?}");
}

fn hear_some(socket: &mut TcpStream) {
    assert!(socket.read(&mut [0; 64]).unwrap() > 0);
}
