// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the callers of a broker's client and its thread share, under one lock.
//!
//! Invariants: every ticket that was given out is in `pending` until the broker has answered for it, or its caller has given it
//! up; a delivery is in `inbox` until somebody takes it out, and then the broker waits for a verdict.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use super::line::Line;
use super::session::{HandleId, Publication, Session, Signal, Ticket};
use super::stats::{BrokerState, Counts};
use super::{BrokerOptions, Delivery};
use crate::backoff::Backoff;
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::model::Timestamp;

/// So many bytes of publications may wait for an answer, besides one that is longer.
const MOST_BYTES: usize = 4 << 20;

/// An error that several callers are told.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    code: ErrorCode,
    phase: Phase,
    retryable: bool,
    text: String,
}

impl Fault {
    pub(super) fn of(error: &Error) -> Fault {
        Fault {
            code: error.code(),
            phase: error.phase(),
            retryable: error.is_retryable(),
            text: error.to_string(),
        }
    }

    pub(super) fn error(&self) -> Error {
        Error::new(self.code, self.text.clone()).in_phase(self.phase).retryable(self.retryable)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether another try, unchanged, is likely to fail as this one did.
    pub(super) fn is_lasting(&self) -> bool {
        !self.retryable
    }
}

/// A publication that the broker has not answered for.
#[derive(Debug)]
struct Pending {
    length: usize,
    /// Whether somebody waits for the answer itself, and not only for there being one.
    waits: bool,
}

/// See the module.
pub(super) struct State {
    pub session: Box<dyn Session>,
    pub line: Option<Line>,
    pub link: BrokerState,
    /// Why the last connection ended, or could not be made; `None` since one was open.
    pub fault: Option<Fault>,
    pub backoff: Backoff,
    /// Whether a connection is made by itself, or only when one is wanted.
    pub reconnects: bool,
    /// Whether somebody waits for a connection.
    pub is_wanted: bool,
    /// When the open connection was made.
    pub open_since: Duration,
    /// When to connect anew, so that what was refused is delivered again.
    pub again_at: Option<Duration>,
    next_ticket: Ticket,
    pending: BTreeMap<Ticket, Pending>,
    pending_bytes: usize,
    answers: HashMap<Ticket, Result<(), Fault>>,
    /// Whether each destination that was asked for is subscribed to, or why not.
    pub subscriptions: HashMap<String, Option<Result<(), Fault>>>,
    /// Whether deliveries go to a handler.
    pub listens: bool,
    pub inbox: VecDeque<Delivery>,
    pub inbox_bytes: usize,
    pub counts: Counts,
    /// Lines for the log, which is written without the lock held: a host language's handler may call the client.
    pub notes: Vec<String>,
    /// Whether the thread was told that there is something to write.
    pub poked: bool,
    pub closing: bool,
    /// When to end at the latest, of a client that ends as soon as nothing waits for an answer.
    pub leaves_at: Option<Duration>,
    pub stop: bool,
    pub ended: bool,
}

impl State {
    pub(super) fn new(session: Box<dyn Session>, reconnects: bool, seed: u64) -> State {
        State {
            session,
            line: None,
            link: BrokerState::Connecting,
            fault: None,
            backoff: Backoff::new(seed),
            reconnects,
            is_wanted: false,
            open_since: Duration::ZERO,
            again_at: None,
            next_ticket: 1,
            pending: BTreeMap::new(),
            pending_bytes: 0,
            answers: HashMap::new(),
            subscriptions: HashMap::new(),
            listens: false,
            inbox: VecDeque::new(),
            inbox_bytes: 0,
            counts: Counts::default(),
            notes: Vec::new(),
            poked: false,
            closing: false,
            leaves_at: None,
            stop: false,
            ended: false,
        }
    }

    /// Whether one more publication of that length may wait for its answer.
    pub(super) fn has_room(&self, length: usize, options: &BrokerOptions) -> bool {
        let fits = self.pending_bytes.saturating_add(length) <= MOST_BYTES;
        self.pending.is_empty() || (fits && self.pending.len() < options.max_in_flight)
    }

    /// Hands a publication to the session.
    pub(super) fn publish(&mut self, publication: Publication, waits: bool) -> Result<Ticket> {
        let (ticket, length) = (self.next_ticket, publication.body.len());
        self.session.publish(ticket, publication)?;
        self.next_ticket += 1;
        self.pending.insert(ticket, Pending { length, waits });
        self.pending_bytes += length;
        self.collect(); // one that nobody confirms may be answered already
        Ok(ticket)
    }

    /// How many publications the broker has not answered for, of those up to this one.
    pub(super) fn waiting_up_to(&self, ticket: Ticket) -> usize {
        self.pending.range(..=ticket).count()
    }

    pub(super) fn last_ticket(&self) -> Ticket {
        self.next_ticket - 1
    }

    pub(super) fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// Ends a client that is to leave, if it is time.
    pub(super) fn leave(&mut self, now: Duration) {
        self.stop |= self.leaves_at.is_some_and(|at| self.is_idle() || now >= at);
    }

    /// Whether there is something that needs a connection.
    pub(super) fn wants_connection(&self) -> bool {
        self.is_wanted || !self.is_idle() || self.subscriptions.values().any(Option::is_none)
    }

    /// The answer to a publication that somebody waits for.
    pub(super) fn take_answer(&mut self, ticket: Ticket) -> Option<Result<(), Fault>> {
        self.answers.remove(&ticket)
    }

    /// The caller gives a publication up; `true` where the broker cannot have it.
    pub(super) fn give_up(&mut self, ticket: Ticket) -> bool {
        let was_not_sent = self.session.withdraw(ticket);
        self.forget(ticket);
        self.answers.remove(&ticket);
        was_not_sent
    }

    fn forget(&mut self, ticket: Ticket) -> Option<Pending> {
        let pending = self.pending.remove(&ticket)?;
        self.pending_bytes -= pending.length;
        Some(pending)
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<(), Fault>) {
        let Some(pending) = self.forget(ticket) else { return };
        match &answer {
            Ok(()) => self.counts.published += 1,
            Err(_) => self.counts.refused += 1,
        }
        if pending.waits {
            self.answers.insert(ticket, answer);
        } else if let Err(fault) = answer {
            self.notes.push(format!("a publication is lost: {}", fault.text()));
        }
    }

    /// Fails everything that waits, and withdraws it.
    pub(super) fn fail_all(&mut self, fault: &Fault) {
        for ticket in self.pending.keys().copied().collect::<Vec<_>>() {
            self.session.withdraw(ticket);
            self.answer(ticket, Err(fault.clone()));
        }
    }

    /// Takes in what happened in the session; gives the deliveries that came.
    pub(super) fn collect(&mut self) -> Vec<super::session::Incoming> {
        let mut came = Vec::new();
        while let Some(signal) = self.session.next_signal() {
            match signal {
                Signal::Open => {
                    self.link = BrokerState::Open;
                    self.fault = None;
                    self.counts.connections += 1;
                }
                Signal::Confirmed(ticket) => self.answer(ticket, Ok(())),
                Signal::Refused(ticket, error) => self.answer(ticket, Err(Fault::of(&error))),
                Signal::Subscribed(destination) => {
                    self.subscriptions.insert(destination, Some(Ok(())));
                }
                Signal::NotSubscribed(destination, error) => {
                    self.notes.push(format!("not subscribed to {destination:?}: {error}"));
                    self.subscriptions.insert(destination, Some(Err(Fault::of(&error))));
                }
                Signal::Incoming(incoming) => came.push(incoming),
            }
        }
        came
    }

    /// Puts what came into the inbox; says whether the inbox was empty and is no longer.
    pub(super) fn take_in(
        &mut self,
        came: Vec<super::session::Incoming>,
        options: &BrokerOptions,
        now: Timestamp,
    ) -> bool {
        let was_empty = self.inbox.is_empty();
        for incoming in came {
            let mut delivery = Delivery::read(incoming, now);
            self.counts.received += delivery.messages().len() as u64;
            let (stale, ahead) = delivery.sift(options);
            self.counts.stale += stale;
            self.counts.ahead += ahead;
            if delivery.messages().is_empty() {
                self.session.settle(&delivery.incoming.handle, super::Verdict::Taken);
                continue;
            }
            self.inbox_bytes += delivery.weight();
            self.inbox.push_back(delivery);
        }
        was_empty && !self.inbox.is_empty()
    }

    /// Takes deliveries out of the inbox that the broker waits to hear of.
    pub(super) fn forget_unsettled(&mut self) {
        self.inbox.retain(|delivery| delivery.incoming.handle.id == HandleId::None);
        self.inbox_bytes = self.inbox.iter().map(Delivery::weight).sum();
    }

    pub(super) fn pop_delivery(&mut self) -> Option<Delivery> {
        let delivery = self.inbox.pop_front()?;
        self.inbox_bytes -= delivery.weight();
        Some(delivery)
    }

    /// Writes what the session has to say, as far as the socket takes it now.
    pub(super) fn write(&mut self) -> std::io::Result<()> {
        match &mut self.line {
            Some(line) if line.is_full() || !self.session.output().is_empty() => {
                line.write(self.session.output())
            }
            _ => Ok(()),
        }
    }
}
