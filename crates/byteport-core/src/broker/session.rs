// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What MQTT and STOMP have in common for whoever drives them: bytes, time and requests go in; bytes and signals come out.
//!
//! Invariants: a session reads no clock, no socket and no random number. `now` counts from some start and never goes back. What is
//! published stays with the session until the broker has answered for it: a new connection sends it again, in the same order.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{BrokerOptions, Protocol, Verdict};
use crate::error::{Error, Result};

/// Names a publication until the broker has answered for it. Rising in the order of publishing.
pub(super) type Ticket = u64;

/// What is to be published.
#[derive(Clone)]
pub(super) struct Publication {
    /// The MQTT topic or STOMP destination.
    pub destination: Arc<str>,
    pub body: Arc<[u8]>,
    /// Whether the broker is to say that it has it: QoS 1, a receipt.
    pub confirm: bool,
}

/// The body may hold what is nobody's business.
impl fmt::Debug for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publication")
            .field("destination", &self.destination)
            .field("length", &self.body.len())
            .field("confirm", &self.confirm)
            .finish()
    }
}

/// What a delivery is called when the broker is told what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handle {
    /// Counts the connections: a broker knows nothing of the deliveries of an earlier one, and makes them again.
    pub era: u64,
    pub id: HandleId,
}

/// See [`Handle`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HandleId {
    /// The broker wants to know nothing: MQTT QoS 0.
    None,
    /// An MQTT packet identifier.
    Packet(u16),
    /// The `ack` header of a STOMP message.
    Ack(String),
}

/// A message as it came from the broker.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Incoming {
    pub handle: Handle,
    /// The MQTT topic or STOMP destination.
    pub destination: String,
    /// The headers of a STOMP frame, unescaped, in order; empty for MQTT.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the broker says that it delivered this before.
    pub redelivered: bool,
}

/// The body may hold what is nobody's business.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("handle", &self.handle)
            .field("destination", &self.destination)
            .field("length", &self.body.len())
            .field("redelivered", &self.redelivered)
            .finish()
    }
}

/// What the bytes that came mean.
#[derive(Debug)]
pub(super) enum Signal {
    /// The broker has let us in. Subscriptions and what was not confirmed are already on their way again.
    Open,
    /// The broker has the publication; or, without `confirm`, it was handed to the connection.
    Confirmed(Ticket),
    /// The broker refuses this one publication, which is forgotten.
    Refused(Ticket, Error),
    /// The broker has taken a subscription.
    Subscribed(String),
    /// The broker refuses a subscription to this destination.
    NotSubscribed(String, Error),
    /// A message came.
    Incoming(Incoming),
}

/// One client of one broker, over any number of connections one after the other.
pub(super) trait Session: Send + fmt::Debug {
    /// A connection is up: what half came over the last one is forgotten, and the greeting goes into the output.
    fn start(&mut self, now: Duration);

    /// The connection is gone: the output is dropped, and nothing goes into it until the next start.
    fn lost(&mut self);

    /// Publishes at once if the session is open and fewer than the options' `max_in_flight` wait for an answer; else as soon as
    /// that is so.
    ///
    /// # Errors
    /// For a destination or body that the protocol cannot carry; the session is as it was.
    fn publish(&mut self, ticket: Ticket, publication: Publication) -> Result<()>;

    /// Forgets a publication; `true` where it never went into the output, so that the broker cannot have it. `false` also for a
    /// ticket that is not known.
    fn withdraw(&mut self, ticket: Ticket) -> bool;

    /// Subscribes, now and on every later connection. A destination that is there already changes nothing.
    ///
    /// # Errors
    /// For a destination that the protocol cannot carry.
    fn subscribe(&mut self, destination: &str) -> Result<()>;

    /// Tells the broker what became of a delivery; `false`, and nothing is told, if that came over an earlier connection, was told
    /// already, or is one that the broker does not wait to hear of.
    fn settle(&mut self, handle: &Handle, verdict: Verdict) -> bool;

    /// Takes in bytes from the connection, in pieces of any size.
    ///
    /// # Errors
    /// When the connection is to be ended: the broker refuses the login, breaks the protocol, sends more than the options'
    /// `max_message`, or tells an error of its own. What it refused by that is told by signals before.
    fn receive(&mut self, bytes: &[u8], now: Duration) -> Result<()>;

    /// Nothing was read for a while, though something may have come: the broker's silence up to now means nothing.
    fn excuse(&mut self, now: Duration);

    /// Does what is due: sends a sign of life, misses the broker's.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorCode::Timeout) where the broker has been silent for too long: the connection is to be ended.
    fn tick(&mut self, now: Duration) -> Result<()>;

    /// When `tick` has something to do; `None` where it never has.
    fn due(&self) -> Option<Duration>;

    /// The farewell goes into the output.
    fn stop(&mut self);

    /// Bytes for the connection; whoever writes them takes them out.
    fn output(&mut self) -> &mut Vec<u8>;

    /// The next thing that happened.
    fn next_signal(&mut self) -> Option<Signal>;
}

/// A session by the protocol of the options.
///
/// # Errors
/// [`ErrorCode::NotConfigured`](crate::ErrorCode::NotConfigured) for a protocol that the library was built without.
pub(super) fn new(options: &BrokerOptions) -> Result<Box<dyn Session>> {
    match options.protocol {
        #[cfg(feature = "mqtt")]
        Protocol::Mqtt => Ok(Box::new(super::mqtt::Session::new(options)?)),
        #[cfg(feature = "stomp")]
        Protocol::Stomp => Ok(Box::new(super::stomp::Session::new(options))),
        #[cfg(not(all(feature = "mqtt", feature = "stomp")))]
        absent => Err(Error::left_out(&absent.text().to_uppercase(), absent.text())),
    }
}
