// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Waiting for the beginning and for the end of a broker's client.

use std::time::Duration;

use super::shared::deadline;
use super::{Broker, BrokerState};
use crate::error::{Error, ErrorCode, Result};
use crate::net::LONGEST_WAIT;

impl Broker {
    /// Waits until the broker has let this client in.
    ///
    /// # Errors
    /// Why that failed, as soon as it has failed for a reason that lasts ([`ErrorCode::LoginFailed`], [`ErrorCode::Tls`]), and
    /// the last reason when the time is over. The client goes on trying, where its options say so.
    pub fn wait_open(&self, timeout: Duration) -> Result<()> {
        let shared = self.shared()?;
        let mut state = shared.lock();
        state.is_wanted = state.link != BrokerState::Open;
        shared.poke(&mut state);
        let opened = shared.wait_until(state, deadline(timeout), |state| {
            if state.link == BrokerState::Open {
                return Some(Ok(()));
            }
            let has_failed = !state.reconnects && !state.is_wanted && state.link == BrokerState::Waiting;
            state.hopeless().or_else(|| state.fault.clone().filter(|_| has_failed)).map(Err)
        })?;
        match opened {
            Some(Ok(())) => Ok(()),
            Some(Err(fault)) => Err(fault.error()),
            None => Err(match &shared.lock().fault {
                Some(fault) => fault.error(),
                None => Error::new(ErrorCode::Timeout, "the broker was not reached in time"),
            }),
        }
    }

    /// Waits for the first try to connect: until the broker has let this client in, or that try has failed. For programs that
    /// end at once where host or login are wrong; [`Broker::wait_open`] waits for later tries, too. It ends within twice
    /// [`BrokerOptions::connect_timeout`](super::BrokerOptions::connect_timeout).
    ///
    /// # Errors
    /// Why it failed; [`ErrorCode::Timeout`] when the time is over; [`ErrorCode::Closed`]; [`ErrorCode::Forked`];
    /// [`ErrorCode::Stopped`].
    pub fn first_try(&self) -> Result<()> {
        let shared = self.shared()?;
        let most = shared.options.connect_timeout.saturating_mul(2);
        let mut state = shared.lock();
        if state.counts.connections == 0 && state.fault.is_none() {
            state.is_wanted = true;
            shared.poke(&mut state);
        }
        let tried = shared.wait_until(state, deadline(most), |state| {
            if state.counts.connections > 0 && !state.stop {
                return Some(Ok(()));
            }
            state.hopeless().or_else(|| state.fault.clone()).map(Err)
        })?;
        match tried {
            Some(outcome) => outcome.map_err(|fault| fault.error()),
            None => Err(Error::new(ErrorCode::Timeout, "the broker was not reached in time")),
        }
    }

    /// Closes the client without waiting: it publishes nothing more, and ends when the broker has answered for everything, or this
    /// time is over.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn leave(&self, within: Duration) -> Result<()> {
        let shared = self.shared()?;
        let mut state = shared.lock();
        state.closing = true;
        state.leaves_at = Some(shared.now() + within.min(LONGEST_WAIT));
        shared.poke(&mut state);
        Ok(())
    }

    /// Waits until the client is closed, or the time is over; says whether it is.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`]; [`ErrorCode::Stopped`].
    pub fn wait_closed(&self, timeout: Duration) -> Result<bool> {
        let shared = self.shared()?;
        let ended = shared.wait_until(shared.lock(), deadline(timeout), |state| {
            (state.stop || state.ended).then_some(())
        })?;
        Ok(ended.is_some())
    }
}
