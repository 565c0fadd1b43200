// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a broker's client has done so far.

/// How the way to the broker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum BrokerState {
    /// A connection is being made.
    Connecting = 1,
    /// The broker has let us in.
    Open = 2,
    /// No connection: the next try comes after a pause, or when something is published.
    Waiting = 3,
    /// The client was closed.
    Closed = 4,
}

impl BrokerState {
    /// The state in one word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
        }
    }
}

/// Numbers since the client was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub published: u64,
    pub refused: u64,
    pub received: u64,
    pub taken: u64,
    pub not_taken: u64,
    pub stale: u64,
    pub ahead: u64,
    pub connections: u64,
}

/// The numbers of a [`Broker`](super::Broker) at one moment, since it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokerStats {
    /// How the way to the broker is.
    pub state: BrokerState,
    /// Publications that the broker has; without confirmation, those that were handed to the connection.
    pub published: u64,
    /// Publications that the broker refused, that failed with the connection where it is not made again, or that were given up
    /// when the time-out was over or the client was closed. What was taken on is `published`, `refused` or `pending`.
    pub refused: u64,
    /// Publications that wait for the broker's answer.
    pub pending: u64,
    /// Messages that came, those counted next included.
    pub received: u64,
    /// Messages that were not handed on because they were too old, or too far in the future.
    pub stale: u64,
    /// See `stale`.
    pub ahead: u64,
    /// Deliveries that were handled.
    pub taken: u64,
    /// Deliveries that were not handled.
    pub not_taken: u64,
    /// Connections that the broker let in.
    pub connections: u64,
    /// Why the last connection ended, or could not be made, in one line; empty while it is open.
    pub last_error: String,
}
