// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Byteport's brokers, by MQTT and STOMP (HTTP API v1, section 6): storing in bulk, and messages to devices.

mod driver;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod handle;
mod line;
mod listen;
mod message;
#[cfg(feature = "mqtt")]
mod mqtt;
mod options;
mod outgoing;
mod publish;
mod receive;
mod session;
mod shared;
mod state;
mod stats;
#[cfg(feature = "stomp")]
mod stomp;
mod store;
mod wait;
mod wake;
mod will;

pub use handle::Broker;
pub use message::{Delivery, Message};
pub use options::{BrokerOptions, Channel, Protocol};
pub use stats::{BrokerState, BrokerStats};
pub use will::Will;

/// What became of a message, as the broker is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Verdict {
    /// It was handled: the broker forgets it.
    Taken = 1,
    /// It was not handled, and is to be delivered again. STOMP: the broker does so at once, unless it was set up otherwise. MQTT
    /// has no word for it: where the session is persistent, the client makes a new connection after a pause, over which the
    /// broker delivers again what it was not told is taken; one that does not reconnect by itself gets it again over its next.
    Refused = 2,
}
