// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The client's side of STOMP.
//!
//! Invariants: before the broker's greeting nothing but ours is sent. Whatever went out with a receipt is in [`Asks`] until the
//! broker answers or the connection ends. Of the password nothing is kept but the options, and it is in no error.

use std::collections::{HashSet, VecDeque};
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
/// So many times in a row an ERROR that says nothing may meet the same lone suspect, before that is refused.
const MOST_DOUBTS: u32 = 3;

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
#[derive(Debug)]
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

    fn greet(&mut self) {
        let interval = beat::wanted(self.options.keep_alive);
        let headers = [
            ("accept-version", "1.2"),
            ("host", self.options.stomp_host()),
            ("login", self.options.login.as_deref().unwrap_or_default()),
            ("passcode", self.options.password.as_deref().unwrap_or_default()),
            ("heart-beat", &format!("{interval},{interval}")),
        ];
        write(&mut self.output, "CONNECT", &headers, None);
    }

    /// Sends what may be sent now.
    fn pump(&mut self) {
        while self.stage == Stage::Open && !(self.is_careful && !self.asks.is_empty()) {
            if let Some(at) = self.subscriptions.iter().position(|one| one.progress == Progress::Unsent) {
                self.send_subscription(at);
                continue;
            }
            let next = self.outgoing.next();
            if !matches!(next, Some((.., true))) {
                // Nothing that was sent before is left to suspect.
                self.is_careful = false;
                self.suspects.clear();
            }
            let Some((ticket, publication, _)) = next else { return };
            self.send(ticket, &publication);
        }
    }

    fn send_subscription(&mut self, at: usize) {
        let Some(subscription) = self.subscriptions.get_mut(at) else { return };
        subscription.progress = Progress::Sent;
        let destination = subscription.destination.clone();
        let receipt = self.asks.add(Ask { ticket: None, destination: destination.clone() });
        let headers = [
            ("id", subscription.id.to_string()),
            ("destination", destination.to_string()),
            ("ack", "client-individual".to_owned()),
            ("prefetch-count", self.options.prefetch.to_string()),
            ("receipt", receipt),
        ];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        write(&mut self.output, "SUBSCRIBE", &headers, None);
    }

    fn send(&mut self, ticket: Ticket, publication: &Publication) {
        let destination = &publication.destination;
        let is_json = matches!(publication.body.first(), Some(b'[' | b'{'));
        let content_type = if is_json { "application/json" } else { "text/plain" };
        let mut headers = vec![("destination", &**destination), ("content-type", content_type)];
        if destination.starts_with("/queue/") {
            headers.push(("persistent", "true")); // RabbitMQ: what waits in the queue outlives the broker
        }
        let receipt;
        if publication.confirm {
            receipt = self.asks.add(Ask { ticket: Some(ticket), destination: destination.clone() });
            headers.push(("receipt", &receipt));
        } else {
            self.asks.add_loose();
            self.signals.push_back(Signal::Confirmed(ticket));
        }
        write(&mut self.output, "SEND", &headers, Some(&publication.body));
    }

    fn take(&mut self, frame: Frame, now: Duration) -> Result<()> {
        match (self.stage, frame.command.as_str()) {
            (Stage::Greeting, "CONNECTED") => self.take_greeting(&frame, now),
            (Stage::Greeting, "ERROR") => Err(rejected(&frame, self.password())),
            (Stage::Greeting, _) => Err(malformed("its first frame is no greeting")),
            (_, "MESSAGE") => self.take_message(frame),
            (_, "RECEIPT") => self.take_receipt(&frame),
            (_, "ERROR") => Err(self.take_error(&frame)),
            _ => Err(malformed("it sent a frame that no broker sends, or not at this time")),
        }
    }

    fn take_greeting(&mut self, frame: &Frame, now: Duration) -> Result<()> {
        if frame.header("version") != Some("1.2") {
            return Err(malformed("it chose another version"));
        }
        let interval = beat::wanted(self.options.keep_alive);
        self.beat = Beat::agree(interval, frame.header("heart-beat"), now)?;
        self.stage = Stage::Open;
        self.signals.push_back(Signal::Open);
        self.pump();
        Ok(())
    }

    fn take_message(&mut self, mut frame: Frame) -> Result<()> {
        let destination =
            frame.header("destination").ok_or_else(|| malformed("a message has no destination"))?.to_owned();
        let redelivered = frame.header("redelivered") == Some("true");
        let id = match frame.header("ack") {
            None => HandleId::None,
            Some(ack) => HandleId::Ack(ack.to_owned()),
        };
        if let HandleId::Ack(ack) = &id {
            self.deliveries.insert(ack.clone());
        }
        let headers = std::mem::take(&mut frame.headers);
        let handle = Handle { era: self.era, id };
        let incoming = Incoming { handle, destination, headers, body: frame.body, redelivered };
        self.signals.push_back(Signal::Incoming(incoming));
        Ok(())
    }

    fn take_receipt(&mut self, frame: &Frame) -> Result<()> {
        let receipt = frame.header("receipt-id").ok_or_else(|| malformed("a receipt has no receipt-id"))?;
        // One that is not known is that of the farewell.
        let Some(ask) = self.asks.answer(receipt) else { return Ok(()) };
        self.doubts = 0;
        match ask.ticket {
            Some(ticket) if self.outgoing.finish(ticket) => self.signals.push_back(Signal::Confirmed(ticket)),
            Some(_) => {} // withdrawn
            None => self.confirm_subscription(&ask.destination),
        }
        self.pump();
        Ok(())
    }

    fn confirm_subscription(&mut self, destination: &Arc<str>) {
        if let Some(known) = self.subscriptions.iter_mut().find(|one| one.destination == *destination) {
            known.progress = Progress::Taken;
            self.signals.push_back(Signal::Subscribed(destination.to_string()));
        }
    }

    /// Refuses what the broker refuses, and gives the error that ends the connection.
    fn take_error(&mut self, frame: &Frame) -> Error {
        let complaint = Complaint::new(frame, self.password());
        let blamed = self.blame(&complaint);
        if !blamed.is_empty() {
            // With a culprit found the rest is free of suspicion.
            (self.is_careful, self.doubts) = (false, 0);
            self.suspects.clear();
        } else if !self.is_careful && complaint.about != About::Broker {
            self.suspects = self.asks.drain();
            self.is_careful = !self.suspects.is_empty();
        }
        blamed.iter().for_each(|ask| self.refuse(ask, &complaint));
        complaint.farewell()
    }

    /// What an ERROR frame is about for certain; empty where that is not known yet.
    fn blame(&mut self, complaint: &Complaint) -> Vec<Ask> {
        let Some((mut blamed, is_named)) = self.asks.blame(complaint) else { return Vec::new() };
        if complaint.about == About::Unknown && !is_named {
            self.doubts += 1;
            if self.doubts < MOST_DOUBTS {
                return Vec::new();
            }
        }
        if let Some(first) = blamed.first().filter(|_| complaint.about == About::Destination).cloned() {
            blamed.extend(self.suspects.iter().filter(|ask| ask.is_alike(&first)).cloned());
        }
        blamed
    }

    fn refuse(&mut self, ask: &Ask, complaint: &Complaint) {
        if let Some(ticket) = ask.ticket {
            if self.outgoing.finish(ticket) {
                self.signals.push_back(Signal::Refused(ticket, complaint.refusal("publication")));
            }
            return;
        }
        let before = self.subscriptions.len();
        self.subscriptions.retain(|one| one.destination != ask.destination);
        if self.subscriptions.len() < before {
            let error = complaint.refusal("subscription");
            self.signals.push_back(Signal::NotSubscribed(ask.destination.to_string(), error));
        }
    }

    fn take_all(&mut self, mut bytes: &[u8], now: Duration) -> Result<()> {
        while let Some(frame) = self.parser.next(&mut bytes)? {
            self.take(frame, now)?;
        }
        Ok(())
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

    fn settle(&mut self, handle: &Handle, verdict: Verdict) {
        let HandleId::Ack(id) = &handle.id else { return };
        if self.stage == Stage::Open && handle.era == self.era && self.deliveries.remove(id) {
            let command = match verdict {
                Verdict::Taken => "ACK",
                Verdict::Refused => "NACK",
            };
            write(&mut self.output, command, &[("id", id)], None);
        }
    }

    fn receive(&mut self, bytes: &[u8], now: Duration) -> Result<()> {
        if self.stage == Stage::None {
            let message = "the connection to the broker was to be ended";
            return Err(Error::new(ErrorCode::Disconnected, message).in_phase(Phase::Receive));
        }
        self.beat.hear(now);
        self.take_all(bytes, now).inspect_err(|_| self.stage = Stage::None)
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
