// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What [`crate::fuzzing`] sees of the brokers: a client without its connection, and the reading of a message.

use std::time::Duration;

use super::session::{Handle, HandleId, Incoming, Publication, Session, Signal};
use super::{BrokerOptions, Delivery, Protocol, Verdict, mqtt, stomp};
use crate::error::Result;
use crate::model::Timestamp;

/// The time of everything here.
const NOW: Duration = Duration::from_secs(1);

/// A client of a broker, by either protocol, whose bytes come from a caller.
pub struct Party {
    session: Box<dyn Session>,
    deliveries: Vec<Handle>,
}

impl Party {
    /// A client that has published and subscribed to something, and was not connected yet.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorCode::InvalidArgument).
    pub fn new(options: &BrokerOptions) -> Result<Party> {
        let mut session: Box<dyn Session> = match options.protocol {
            Protocol::Mqtt => Box::new(mqtt::Session::new(options)?),
            Protocol::Stomp => Box::new(stomp::Session::new(options)),
        };
        session.subscribe("ns/dev")?;
        for (ticket, confirm) in [(1, true), (2, false), (3, true), (4, true)] {
            let body = vec![b'0'; ticket as usize].into();
            session.publish(ticket, Publication { destination: "to".into(), body, confirm })?;
        }
        Ok(Party { session, deliveries: Vec::new() })
    }

    /// A new connection is up.
    pub fn connect(&mut self) {
        self.session.start(NOW);
    }

    /// Bytes came from the broker.
    ///
    /// # Errors
    /// Where the connection is to be ended.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<()> {
        self.session.receive(bytes, NOW)
    }

    /// What happened since the last look, a line each; deliveries wait for [`Party::settle`].
    pub fn signals(&mut self) -> Vec<String> {
        let signals: Vec<Signal> = std::iter::from_fn(|| self.session.next_signal()).collect();
        for signal in &signals {
            if let Signal::Incoming(incoming) = signal {
                self.deliveries.push(incoming.handle.clone());
            }
        }
        signals.iter().map(|signal| format!("{signal:?}")).collect()
    }

    /// Tells the broker that all deliveries so far were taken, or not; gives how many of them it waited to hear of.
    pub fn settle(&mut self, verdict: Verdict) -> usize {
        let deliveries = std::mem::take(&mut self.deliveries);
        deliveries.iter().filter(|handle| self.session.settle(handle, verdict)).count()
    }

    /// What is to be sent since the last look.
    pub fn output(&mut self) -> Vec<u8> {
        std::mem::take(self.session.output())
    }

    /// Whether its next deed is due at some time.
    pub fn is_timed(&self) -> bool {
        self.session.due().is_some()
    }

    /// The connection is gone.
    pub fn lose(&mut self) {
        self.session.lost();
    }
}

/// What a message with this body is read as.
pub fn delivery(body: &[u8], now: Timestamp) -> Delivery {
    let handle = Handle { era: 1, id: HandleId::None };
    let destination = "ns/dev".to_owned();
    let incoming =
        Incoming { handle, destination, headers: Vec::new(), body: body.to_vec(), redelivered: false };
    Delivery::read(incoming, now)
}
