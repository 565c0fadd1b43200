// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Byteport's brokers, by MQTT and STOMP (HTTP API v1, section 6): storing in bulk, and messages to devices.

mod options;
mod outgoing;
mod session;
mod stomp;
mod will;

pub use options::{BrokerOptions, Channel, Protocol};
pub use will::Will;

/// What became of a message, as the broker is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Verdict {
    /// It was handled: the broker forgets it.
    Taken = 1,
    /// It was not handled. STOMP: the broker delivers it again, or does with it what it was told to do with such messages. MQTT
    /// has no such word: the broker delivers it again after the next connection, if the session is persistent.
    Refused = 2,
}
