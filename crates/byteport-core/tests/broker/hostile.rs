// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Brokers that break the protocol, say nothing, or stop reading.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use byteport_core::ErrorCode;
use byteport_core::broker::{Broker, BrokerOptions, Protocol};

use crate::support::*;

/// A broker that does to its first connection what it is told, and then listens no more.
fn broker(protocol: Protocol, act: impl FnOnce(TcpStream) + Send + 'static) -> BrokerOptions {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || act(listener.accept().unwrap().0));
    let options = BrokerOptions::new(protocol).host(&address).namespace("my_garage").device("cart-1");
    options.login("joe", "s3cret").reconnect(false).timeout(LONG)
}

/// Takes the greeting in.
fn hear(socket: &mut TcpStream) {
    assert!(socket.read(&mut [0; 4096]).unwrap() > 10);
}

const CONNACK: &[u8] = &[0x20, 2, 0, 0];

const CONNECTED: &[u8] = b"CONNECTED\nversion:1.2\n\n\0";

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
            let error = failure(broker(protocol, move |mut socket| {
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
    let error = failure(broker(Protocol::Mqtt, move |mut socket| {
        hear(&mut socket);
        let _ = socket.write_all(&[CONNACK, PUBLISH].concat());
        let _ = socket.read(&mut [0; 1]);
    }));
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge, "{error}");
    let error = failure(broker(Protocol::Stomp, |mut socket| {
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
            broker(protocol, |mut socket| while socket.read(&mut [0; 64]).is_ok_and(|got| got > 0) {});
        let error = failure(options.connect_timeout(Duration::from_millis(200)));
        assert_eq!(error.code(), ErrorCode::Timeout, "{error}");
    }
}

#[test]
fn half_a_frame_and_a_cut_is_a_broken_connection() {
    for (protocol, half) in [(Protocol::Mqtt, &[0x20, 2, 0, 0, 0x32][..]), (Protocol::Stomp, b"CONNEC")] {
        let error = failure(broker(protocol, move |mut socket| {
            hear(&mut socket);
            let _ = socket.write_all(half);
        }));
        assert_eq!(error.code(), ErrorCode::Disconnected, "{protocol:?} {error}");
    }
}

#[test]
fn one_that_stops_reading_stops_nobody_for_longer_than_the_time_out() {
    for (protocol, greeting) in [(Protocol::Mqtt, CONNACK), (Protocol::Stomp, CONNECTED)] {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let options = broker(protocol, move |mut socket| {
            hear(&mut socket);
            socket.write_all(greeting).unwrap();
            let _ = ended.recv();
        });
        let client = Broker::open(options.timeout(Duration::from_millis(500))).unwrap();
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
        assert!(client.close(Duration::ZERO).unwrap() > 0);
        drop(end);
    }
}
