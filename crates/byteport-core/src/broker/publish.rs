// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Publishing through a broker, and the broker's answers.

use std::time::{Duration, Instant};

use super::Broker;
use super::session::{Publication, Ticket};
use super::shared::{Shared, closed, deadline};
use super::state::State;
use crate::error::Result;

impl Broker {
    /// Publishes to an MQTT topic or STOMP destination, and waits until the broker has it, up to the options' time-out. Without
    /// confirmation ([`BrokerOptions::confirm`](super::BrokerOptions::confirm)) it is handed to the connection.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorCode::InvalidArgument) for a destination or body that cannot be;
    /// [`Forbidden`](crate::ErrorCode::Forbidden) where the broker refuses it; [`Timeout`](crate::ErrorCode::Timeout) with the
    /// last reason, of [`Phase::Connect`](crate::Phase::Connect) where nothing was sent, of
    /// [`Phase::Receive`](crate::Phase::Receive) where the broker may have it; what [`Broker::wait_open`] gives at once;
    /// [`Closed`](crate::ErrorCode::Closed); [`Forked`](crate::ErrorCode::Forked); [`Stopped`](crate::ErrorCode::Stopped).
    pub fn publish(&self, destination: &str, body: &[u8]) -> Result<()> {
        let shared = self.shared()?;
        let ends = deadline(shared.options.timeout);
        let ticket = shared.publish(destination, body, true, ends)?;
        shared.answer_to(ticket, ends)
    }

    /// Publishes without waiting for the broker's answer; only for room, where too much waits for one. [`Broker::flush`] waits
    /// for the answers. What the broker refuses is counted ([`BrokerStats::refused`](super::BrokerStats::refused)) and logged.
    ///
    /// # Errors
    /// As [`Broker::publish`], but for what the answer would tell.
    pub fn post(&self, destination: &str, body: &[u8]) -> Result<()> {
        let shared = self.shared()?;
        shared.publish(destination, body, false, deadline(shared.options.timeout)).map(|_| ())
    }

    /// Waits until the broker has answered for all that was published before, or the time is over: says how many answers
    /// are missing.
    ///
    /// # Errors
    /// [`Forked`](crate::ErrorCode::Forked); [`Stopped`](crate::ErrorCode::Stopped).
    pub fn flush(&self, timeout: Duration) -> Result<usize> {
        let shared = self.shared()?;
        let state = shared.lock();
        let last = state.last_ticket();
        let ends = deadline(timeout);
        shared.wait_until(state, ends, |state| (state.has_answered(last) || state.ended).then_some(()))?;
        Ok(shared.lock().waiting_up_to(last))
    }
}

impl Shared {
    /// Hands a publication to the session, when there is room for it.
    pub(super) fn publish(
        &self,
        destination: &str,
        body: &[u8],
        waits: bool,
        ends: Instant,
    ) -> Result<Ticket> {
        let confirm = self.options.confirm;
        let publication = Publication { destination: destination.into(), body: body.into(), confirm };
        // All under one lock: else one that was closed meanwhile would take it on, and never answer.
        let taken = self.wait_until(self.lock(), ends, |state| {
            if state.closing {
                return Some(Err(closed()));
            }
            if let Some(fault) = state.hopeless() {
                return Some(Err(fault.error()));
            }
            state.has_room(body.len(), &self.options).then(|| self.take_on(state, publication.clone(), waits))
        })?;
        taken.unwrap_or_else(|| Err(self.lock().too_late(true)))
    }

    fn take_on(&self, state: &mut State, publication: Publication, waits: bool) -> Result<Ticket> {
        let ticket = state.publish(publication, waits)?;
        state.used = self.now();
        match waits {
            true => self.write_now(state),
            false => self.poke(state), // the thread writes several at once
        }
        Ok(ticket)
    }

    /// Waits for the broker's answer to a publication.
    pub(super) fn answer_to(&self, ticket: Ticket, ends: Instant) -> Result<()> {
        let answered = self.wait_until(self.lock(), ends, |state| {
            state.take_answer(ticket).or_else(|| state.hopeless().map(Err))
        });
        if let Ok(Some(Ok(()))) = answered {
            return Ok(());
        }
        let mut state = self.lock();
        let was_not_sent = state.give_up(ticket);
        self.write_now(&mut state); // there may be room for another
        match answered? {
            Some(answer) => answer.map_err(|fault| fault.error()),
            None => Err(state.too_late(was_not_sent)),
        }
    }
}
