// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The session against a broker that is written down: no socket, no clock.

mod beats;
mod blame;
mod deliveries;
mod greeting;
mod hostile;
mod model;
mod publishing;

use std::time::Duration;

use super::Session;
use super::frame::Frame;
use super::parser::Parser;
use super::writer::write;
use crate::broker::session::{Publication, Session as _, Signal, Ticket};
use crate::broker::{BrokerOptions, Protocol};
use crate::error::Result;

/// A session, and what the broker has made of its bytes.
struct Bench {
    session: Session,
    /// Reads what the session sends.
    reader: Parser,
    now: Duration,
}

fn options() -> BrokerOptions {
    BrokerOptions::new(Protocol::Stomp)
        .namespace("ns1")
        .device("d-1")
        .login("joe", "s3cret")
        .max_message(1000)
}

impl Bench {
    /// One that has sent its greeting.
    fn new(options: &BrokerOptions) -> Bench {
        let mut bench = Bench {
            session: Session::new(options),
            reader: Parser::new(1 << 20),
            now: Duration::from_secs(100),
        };
        bench.start();
        bench
    }

    /// One that is let in.
    fn open(options: &BrokerOptions) -> Bench {
        let mut bench = Bench::new(options);
        bench.let_in();
        bench
    }

    fn start(&mut self) {
        self.reader = Parser::new(1 << 20);
        self.session.start(self.now);
    }

    /// The broker answers the greeting.
    fn let_in(&mut self) {
        assert_eq!(self.commands(), ["CONNECT"]);
        self.tell("CONNECTED", &[("version", "1.2"), ("heart-beat", "0,0")], "").unwrap();
        assert!(matches!(self.session.next_signal(), Some(Signal::Open)));
    }

    /// A new connection, up to the broker's answer to the greeting.
    fn reconnect(&mut self) {
        self.start();
        self.let_in();
    }

    /// The frames that the session has sent since the last call.
    fn sent(&mut self) -> Vec<Frame> {
        let bytes = std::mem::take(self.session.output());
        let mut rest = bytes.as_slice();
        std::iter::from_fn(|| self.reader.next(&mut rest).unwrap()).collect()
    }

    fn commands(&mut self) -> Vec<String> {
        self.sent().into_iter().map(|frame| frame.command).collect()
    }

    /// The broker sends a frame.
    fn tell(&mut self, command: &str, headers: &[(&str, &str)], body: &str) -> Result<()> {
        let mut bytes = Vec::new();
        write(&mut bytes, command, headers, Some(body.as_bytes()));
        bytes.push(b'\n');
        self.session.receive(&bytes, self.now)
    }

    /// The broker confirms a frame that the session sent.
    fn confirm(&mut self, frame: &Frame) {
        self.tell("RECEIPT", &[("receipt-id", frame.header("receipt").unwrap())], "").unwrap();
    }

    /// The broker complains as RabbitMQ does, and the connection ends; the error's text.
    fn complain(&mut self, message: &str, body: &str) -> String {
        self.tell("ERROR", &[("message", message)], body).unwrap_err().to_string()
    }

    fn publish(&mut self, ticket: Ticket, destination: &str) {
        self.session.publish(ticket, publication(destination, b"x", true)).unwrap();
    }

    /// The signals since the last call, in short.
    fn signals(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.session.next_signal()).map(|signal| short(&signal)).collect()
    }
}

fn publication(destination: &str, body: &[u8], confirm: bool) -> Publication {
    Publication { destination: destination.into(), body: body.into(), confirm }
}

fn short(signal: &Signal) -> String {
    match signal {
        Signal::Open => "open".to_owned(),
        Signal::Confirmed(ticket) => format!("confirmed {ticket}"),
        Signal::Refused(ticket, error) => format!("refused {ticket} {:?}", error.code()),
        Signal::Subscribed(destination) => format!("subscribed {destination}"),
        Signal::NotSubscribed(destination, error) => {
            format!("not subscribed {destination} {:?}", error.code())
        }
        Signal::Incoming(incoming) => format!("incoming {}", incoming.destination),
    }
}
