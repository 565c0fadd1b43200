// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One client of one broker: what goes out when, and what comes in.
//!
//! Invariants: only CONNECT is sent before the broker's CONNACK. What is in flight keeps its packet identifier over all connections,
//! and is sent again, marked as such, before anything that waits. A message at QoS 1 is acknowledged only once it is settled.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::alive::{Alive, Step};
use super::decode::{self, Flaw, Packet, Publish};
use super::encode::{self, Connect};
use super::frame::Inbox;
use super::identifiers::Identifiers;
use super::{failure, name};
use crate::broker::outgoing::Outgoing;
use crate::broker::session::{self, Handle, HandleId, Incoming, Publication, Signal, Ticket};
use crate::broker::{BrokerOptions, Verdict, Will};
use crate::error::{Error, ErrorCode, Result};

/// How far the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is none, or it is to be ended.
    Closed,
    /// CONNECT went out.
    Greeting,
    /// The broker let us in.
    Open,
    /// DISCONNECT went out, after which nothing may (section 3.14.4).
    Stopped,
}

/// See the module.
pub(in crate::broker) struct Session {
    /// The CONNECT packet, with the password.
    greeting: Vec<u8>,
    max_message: usize,
    state: State,
    /// Counts the connections.
    era: u64,
    alive: Alive,
    inbox: Inbox,
    output: Vec<u8>,
    signals: VecDeque<Signal>,
    outgoing: Outgoing,
    identifiers: Identifiers,
    subscriptions: BTreeSet<Arc<str>>,
    /// Subscriptions that this connection's broker was not asked for yet.
    unasked: VecDeque<Arc<str>>,
    /// Packet identifiers of messages that were handed on and are not settled.
    unsettled: HashSet<u16>,
}

impl Session {
    /// A session without a connection.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] where the options have what MQTT cannot carry, such as a last will with a wildcard.
    pub(in crate::broker) fn new(options: &BrokerOptions) -> Result<Session> {
        Ok(Session {
            greeting: greeting(options)?,
            max_message: options.max_message,
            state: State::Closed,
            era: 0,
            alive: Alive::new(options.keep_alive),
            inbox: Inbox::default(),
            output: Vec::new(),
            signals: VecDeque::new(),
            outgoing: Outgoing::new(options.max_in_flight),
            identifiers: Identifiers::default(),
            subscriptions: BTreeSet::new(),
            unasked: VecDeque::new(),
            unsettled: HashSet::new(),
        })
    }

    #[cfg(test)]
    pub(super) fn inbox_capacity(&self) -> usize {
        self.inbox.capacity()
    }

    /// The broker's answer to the greeting. Whether it still knows the session makes no difference: to subscribe twice is to
    /// subscribe once, but for messages that are kept for new subscribers (section 3.8.4).
    fn greeted(&mut self, code: u8) -> Result<()> {
        failure::of_greeting(code)?;
        self.state = State::Open;
        self.signals.push_back(Signal::Open);
        self.ask();
        for _ in 0..self.identifiers.publications() {
            self.send_next();
        }
        self.pump();
        Ok(())
    }

    /// Sends all that can be sent now.
    fn pump(&mut self) {
        if self.state == State::Open {
            self.ask();
            while !self.identifiers.is_full() && self.send_next() {}
        }
    }

    /// Subscribes to what the broker was not asked for yet.
    fn ask(&mut self) {
        while let Some(filter) = self.unasked.front() {
            let Some(id) = self.identifiers.subscription(filter) else { return };
            encode::subscribe(&mut self.output, filter, id);
            self.alive.sent();
            self.unasked.pop_front();
        }
    }

    /// Sends the next publication; `false` where none is next.
    fn send_next(&mut self) -> bool {
        let Some((ticket, publication, again)) = self.outgoing.next() else { return false };
        let id = publication.confirm.then(|| self.identifiers.publication(ticket)).flatten();
        encode::publish(&mut self.output, &publication.destination, &publication.body, id, again);
        self.alive.sent();
        if !publication.confirm {
            self.signals.push_back(Signal::Confirmed(ticket));
        }
        true
    }

    fn take_in(&mut self, inbox: &mut Inbox, mut bytes: &[u8]) -> Result<()> {
        let longest = self.max_message.saturating_add(decode::OVERHEAD);
        while self.state != State::Closed {
            let frame = inbox.next(&mut bytes, longest).map_err(|flaw| self.failure(flaw))?;
            let Some(frame) = frame else { return Ok(()) };
            let packet = decode::decode(frame).map_err(|flaw| self.failure(flaw))?;
            self.handle(packet, frame.first)?;
        }
        Ok(())
    }

    fn failure(&self, flaw: Flaw) -> Error {
        failure::of_flaw(flaw, self.state == State::Greeting)
    }

    fn handle(&mut self, packet: Packet<'_>, first: u8) -> Result<()> {
        match (packet, self.state) {
            (Packet::ConnAck(code), State::Greeting) => self.greeted(code),
            (Packet::ConnAck(_), State::Stopped) => Ok(()),
            (Packet::ConnAck(_), _) | (_, State::Greeting) => Err(self.failure(Flaw::Unexpected(first))),
            (Packet::PubAck(id), _) => {
                self.published(id);
                Ok(())
            }
            (Packet::SubAck(id, taken), _) => self.subscribed(id, taken),
            (Packet::Publish(publish), State::Open) => self.deliver(&publish),
            // A message that comes after the farewell cannot be acknowledged any more: the broker will deliver it again.
            (Packet::Publish(_) | Packet::PingResp, _) => Ok(()),
        }
    }

    /// The broker has a publication. One that was withdrawn meanwhile is nobody's.
    fn published(&mut self, id: u16) {
        if let Some(ticket) = self.identifiers.published(id) {
            if self.outgoing.finish(ticket) {
                self.signals.push_back(Signal::Confirmed(ticket));
            }
            self.pump();
        }
    }

    fn subscribed(&mut self, id: u16, taken: bool) -> Result<()> {
        let flaw = Flaw::Broken("SUBACK answers no SUBSCRIBE");
        let filter = self.identifiers.subscribed(id).ok_or_else(|| self.failure(flaw))?;
        if !taken {
            self.subscriptions.remove(&filter); // it may be asked for again
        }
        let filter = String::from(&*filter);
        self.signals.push_back(if taken {
            Signal::Subscribed(filter)
        } else {
            let message = "the broker refuses the subscription: this login may not read from there";
            Signal::NotSubscribed(filter, Error::new(ErrorCode::Forbidden, message))
        });
        self.pump();
        Ok(())
    }

    /// Hands a message on. The identifier of one that is not settled yet can come again in two ways (section 4.3.2): marked as sent
    /// before, it is the same message, and whatever becomes of the first settles it, too; not marked, the broker uses the
    /// identifier for two messages at once, and no acknowledgement could tell them apart.
    fn deliver(&mut self, publish: &Publish<'_>) -> Result<()> {
        if publish.body.len() > self.max_message {
            return Err(self.failure(Flaw::TooLarge(publish.body.len() - self.max_message)));
        }
        if publish.id.is_some_and(|id| !self.unsettled.insert(id)) {
            let flaw =
                Flaw::Broken("a message has the packet identifier of another that is not acknowledged yet");
            return if publish.again { Ok(()) } else { Err(self.failure(flaw)) };
        }
        self.signals.push_back(Signal::Incoming(Incoming {
            handle: Handle { era: self.era, id: publish.id.map_or(HandleId::None, HandleId::Packet) },
            destination: publish.topic.to_owned(),
            headers: Vec::new(),
            body: publish.body.to_vec(),
            redelivered: publish.again,
        }));
        Ok(())
    }
}

impl session::Session for Session {
    fn start(&mut self, now: Duration) {
        self.era += 1;
        self.state = State::Greeting;
        self.alive.restart(now);
        self.inbox.clear();
        self.output.clear();
        self.output.extend_from_slice(&self.greeting);
        self.outgoing.restart();
        self.identifiers.restart();
        self.unasked = self.subscriptions.iter().cloned().collect();
        self.unsettled.clear();
    }

    fn lost(&mut self) {
        self.state = State::Closed;
        self.output.clear();
    }

    fn publish(&mut self, ticket: Ticket, publication: Publication) -> Result<()> {
        name::check_topic(&publication.destination)?;
        let Publication { destination, body, confirm } = &publication;
        if encode::publish_length(destination, body, *confirm) > encode::LONGEST_PACKET {
            let message = "an MQTT packet has at most 268,435,455 bytes: send less at once";
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        }
        self.outgoing.add(ticket, publication);
        self.pump();
        Ok(())
    }

    fn withdraw(&mut self, ticket: Ticket) -> bool {
        self.identifiers.withdraw(ticket);
        let never_sent = self.outgoing.withdraw(ticket);
        self.pump();
        never_sent
    }

    fn subscribe(&mut self, destination: &str) -> Result<()> {
        name::check_filter(destination)?;
        let filter = Arc::from(destination);
        if self.subscriptions.insert(Arc::clone(&filter)) {
            self.unasked.push_back(filter);
            self.pump();
        }
        Ok(())
    }

    fn settle(&mut self, handle: &Handle, verdict: Verdict) {
        let HandleId::Packet(id) = handle.id else { return };
        let is_known = handle.era == self.era && self.unsettled.remove(&id);
        if is_known && verdict == Verdict::Taken && self.state == State::Open {
            encode::puback(&mut self.output, id);
            self.alive.sent();
        }
    }

    fn receive(&mut self, bytes: &[u8], now: Duration) -> Result<()> {
        if !bytes.is_empty() {
            self.alive.heard(now);
        }
        let mut inbox = std::mem::take(&mut self.inbox);
        let result = self.take_in(&mut inbox, bytes);
        self.inbox = inbox;
        if result.is_err() {
            self.state = State::Closed;
        }
        result
    }

    fn tick(&mut self, now: Duration) -> Result<()> {
        if self.state != State::Open {
            return Ok(());
        }
        match self.alive.tick(now) {
            Step::Nothing => Ok(()),
            Step::Ask => {
                self.output.extend_from_slice(&encode::PINGREQ);
                Ok(())
            }
            Step::Silent => {
                self.state = State::Closed;
                Err(failure::of_silence())
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        if self.state == State::Open { self.alive.due() } else { None }
    }

    /// Before CONNACK, too: else a broker that has let us in already would take the broken connection for a death, and publish the
    /// last will.
    fn stop(&mut self) {
        if matches!(self.state, State::Greeting | State::Open) {
            self.output.extend_from_slice(&encode::DISCONNECT);
            self.state = State::Stopped;
        }
    }

    fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    fn next_signal(&mut self) -> Option<Signal> {
        self.signals.pop_front()
    }
}

/// Greeting and output hold the password, the rest holds messages.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("mqtt::Session")
            .field("state", &self.state)
            .field("era", &self.era)
            .field("alive", &self.alive)
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}

/// The CONNECT packet.
fn greeting(options: &BrokerOptions) -> Result<Vec<u8>> {
    let (id, user) = (options.id(), options.mqtt_user());
    name::check_text("client identifier", &id)?;
    name::check_text("user name", &user)?;
    if let Some(password) = &options.password {
        name::check_text("password", password)?;
    }
    options.will.as_ref().map_or(Ok(()), check_will)?;
    // Rounded up: 0 would be none at all.
    let seconds = options.keep_alive.as_secs() + u64::from(options.keep_alive.subsec_nanos() > 0);
    let connect = Connect {
        id: &id,
        clean: options.clean_session,
        user: &user,
        password: options.password.as_deref(),
        keep_alive: u16::try_from(seconds).unwrap_or(u16::MAX),
        will: options.will.as_ref(),
    };
    Ok(connect.encode())
}

fn check_will(will: &Will) -> Result<()> {
    name::check_topic(&will.topic)?;
    if will.body.len() > name::LONGEST {
        let message =
            format!("the last will is longer than {} bytes, which is all that MQTT carries", name::LONGEST);
        return Err(Error::new(ErrorCode::InvalidArgument, message));
    }
    Ok(())
}
