// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The client's side of STOMP.
//!
//! Invariants: before the broker's greeting nothing but ours is sent. Whatever went out with a receipt is in [`Asks`] until the
//! broker answers or the connection ends. No error has the password in it.

mod refuse;
mod send;
mod take;

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::asks::{Ask, Asks};
use super::beat::{self, Beat};
use super::complaint::{About, Complaint, rejected};
use super::frame::{Frame, malformed};
use super::parser::Parser;
use super::writer::write;
use crate::broker::outgoing::Outgoing;
use crate::broker::session::{self, Handle, HandleId, Incoming, Publication, Signal, Ticket};
use crate::broker::{BrokerOptions, Verdict};
use crate::error::{Error, ErrorCode, Phase, Result};

/// The longest destination, in bytes.
const LONGEST_DESTINATION: usize = 4096;

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// There is none, or it is to be ended.
    None,
    /// Our greeting is out.
    Greeting,
    Open,
    /// Our farewell is out.
    Leaving,
}

/// How far a subscription has come on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Unsent,
    Sent,
    Taken,
}

#[derive(Debug)]
struct Subscription {
    /// Its header `id`, the same on each connection.
    id: u64,
    destination: Arc<str>,
    progress: Progress,
}

/// See the module, and the trait of the same name.
pub(in crate::broker) struct Session {
    options: BrokerOptions,
    stage: Stage,
    /// Counts the connections.
    era: u64,
    parser: Parser,
    beat: Beat,
    output: Vec<u8>,
    signals: VecDeque<Signal>,
    outgoing: Outgoing,
    subscriptions: Vec<Subscription>,
    last_subscription: u64,
    asks: Asks,
    /// The `ack` headers of this connection's deliveries that are not settled.
    deliveries: HashSet<String>,
    /// One frame at a time, for one of them is one that the broker refuses.
    is_careful: bool,
    /// What was unanswered when that began: what is said of a destination holds for these, too.
    suspects: Vec<Ask>,
    /// How often in a row an ERROR that says nothing met a lone suspect.
    doubts: u32,
}

impl Session {
    /// A session that was never connected. It subscribes to nothing yet.
    pub(in crate::broker) fn new(options: &BrokerOptions) -> Session {
        Session {
            options: options.clone(),
            stage: Stage::None,
            era: 0,
            parser: Parser::new(options.max_message),
            beat: Beat::default(),
            output: Vec::new(),
            signals: VecDeque::new(),
            outgoing: Outgoing::new(options.max_in_flight),
            subscriptions: Vec::new(),
            last_subscription: 0,
            asks: Asks::default(),
            deliveries: HashSet::new(),
            is_careful: false,
            suspects: Vec::new(),
            doubts: 0,
        }
    }

    fn password(&self) -> &str {
        self.options.password.as_deref().unwrap_or_default()
    }

    fn take_all(&mut self, mut bytes: &[u8], now: Duration) -> Result<()> {
        while let Some(frame) = self.parser.next(&mut bytes)? {
            self.take(frame, now)?;
        }
        Ok(())
    }
}

/// The output holds the password, the rest holds messages.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("stomp::Session")
            .field("stage", &self.stage)
            .field("era", &self.era)
            .field("beat", &self.beat)
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}

/// A destination that a header can carry.
fn check_destination(destination: &str) -> Result<()> {
    if destination.is_empty()
        || destination.len() > LONGEST_DESTINATION
        || destination.contains(char::is_control)
    {
        let message =
            format!("a destination is a text of 1 to {LONGEST_DESTINATION} bytes without control characters");
        return Err(Error::new(ErrorCode::InvalidArgument, message));
    }
    Ok(())
}

impl session::Session for Session {
    fn start(&mut self, _now: Duration) {
        self.era += 1;
        self.stage = Stage::Greeting;
        self.parser = Parser::new(self.options.max_message);
        self.beat = Beat::default();
        self.asks = Asks::default();
        self.deliveries.clear();
        self.output.clear();
        self.outgoing.restart();
        self.subscriptions.iter_mut().for_each(|one| one.progress = Progress::Unsent);
        self.greet();
    }

    fn lost(&mut self) {
        self.stage = Stage::None;
        self.output.clear();
    }

    fn publish(&mut self, ticket: Ticket, publication: Publication) -> Result<()> {
        check_destination(&publication.destination)?;
        self.outgoing.add(ticket, publication);
        self.pump();
        Ok(())
    }

    fn withdraw(&mut self, ticket: Ticket) -> bool {
        let was_unsent = self.outgoing.withdraw(ticket);
        self.pump(); // there may be room for another
        was_unsent
    }

    fn subscribe(&mut self, destination: &str) -> Result<()> {
        check_destination(destination)?;
        if self.subscriptions.iter().all(|one| &*one.destination != destination) {
            self.last_subscription += 1;
            self.subscriptions.push(Subscription {
                id: self.last_subscription,
                destination: destination.into(),
                progress: Progress::Unsent,
            });
            self.pump();
        }
        Ok(())
    }

    fn settle(&mut self, handle: &Handle, verdict: Verdict) -> bool {
        let HandleId::Ack(id) = &handle.id else { return false };
        let is_known = self.stage == Stage::Open && handle.era == self.era && self.deliveries.remove(id);
        if is_known {
            let command = match verdict {
                Verdict::Taken => "ACK",
                Verdict::Refused => "NACK",
            };
            write(&mut self.output, command, &[("id", id)], None);
        }
        is_known
    }

    fn receive(&mut self, bytes: &[u8], now: Duration) -> Result<()> {
        if self.stage == Stage::None {
            let message = "the connection to the broker was to be ended";
            return Err(Error::new(ErrorCode::Disconnected, message).in_phase(Phase::Receive));
        }
        self.beat.hear(now);
        self.take_all(bytes, now).inspect_err(|_| self.stage = Stage::None)
    }

    fn excuse(&mut self, now: Duration) {
        self.beat.hear(now);
    }

    fn tick(&mut self, now: Duration) -> Result<()> {
        if self.due().is_none() {
            return Ok(());
        }
        let is_due = self.beat.tick(now).inspect_err(|_| self.stage = Stage::None)?;
        if is_due && self.stage == Stage::Open {
            self.output.push(b'\n');
        }
        Ok(())
    }

    fn due(&self) -> Option<Duration> {
        matches!(self.stage, Stage::Open | Stage::Leaving).then(|| self.beat.due()).flatten()
    }

    fn stop(&mut self) {
        if self.stage == Stage::Open {
            write(&mut self.output, "DISCONNECT", &[("receipt", "farewell")], None);
            self.stage = Stage::Leaving;
        }
    }

    fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    fn next_signal(&mut self) -> Option<Signal> {
        self.signals.pop_front()
    }
}
