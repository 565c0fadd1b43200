// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker answers, is killed, and answers again where it was; `tests/brokers` has the rest.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use byteport_testing::{Broker, Kind};

/// What the broker answers to a CONNECT of MQTT 3.1.1: 0 if it lets the user in.
fn connect(broker: &Broker, user: &str, password: &str) -> u8 {
    let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
    let options: &[u8] = &[4, 0b1100_0010, 0, 60]; // level, user and password in a clean session, seconds of keep-alive
    let body = [&text("MQTT"), options, &text("a-client"), &text(user), &text(password)].concat();
    let packet = [&[0x10, u8::try_from(body.len()).unwrap()][..], &body].concat();
    let mut socket = TcpStream::connect(broker.mqtt()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    socket.write_all(&packet).unwrap();
    let mut answer = [0; 4];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(answer[..3], [0x20, 2, 0]);
    answer[3]
}

fn serves_until_it_is_killed(kind: Kind) -> Broker {
    let mut broker = Broker::start(kind);
    let told = [broker.mqtt(), broker.mqtts(), broker.password()].map(str::to_owned);
    let name = format!("{}:{}", broker.vhost(), broker.user());
    assert_eq!(connect(&broker, &name, broker.password()), 0);
    assert_ne!(connect(&broker, &name, "another"), 0);
    broker.kill();
    assert!(TcpStream::connect(broker.mqtt()).is_err());
    broker.start_again();
    assert_eq!(told, [broker.mqtt(), broker.mqtts(), broker.password()]);
    assert_eq!(connect(&broker, &name, broker.password()), 0);
    broker
}

#[test]
fn mosquitto_serves_and_ends_when_it_is_dropped() {
    let broker = serves_until_it_is_killed(Kind::Mosquitto);
    broker.wait_for_log("a-client");
    let address = broker.mqtt().to_owned();
    drop(broker);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn rabbitmq_serves_and_counts_its_messages() {
    let broker = serves_until_it_is_killed(Kind::RabbitMq);
    assert_eq!(broker.depth(broker.queue(), broker.vhost()), 0);
    assert!(TcpStream::connect(broker.stomp()).is_ok());
}

#[test]
#[should_panic(expected = "a Mosquitto has no STOMP")]
fn what_a_kind_has_not_is_told() {
    let _ = Broker::start(Kind::Mosquitto).stomp();
}
