// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Waiting for the beginning and for the end of a broker's client.

use std::time::Duration;

use super::shared::deadline;
use super::{Broker, BrokerState};
use crate::error::{Error, ErrorCode, Result};
use crate::net::LONGEST_WAIT;

impl Broker {
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
        let tried = shared.wait_until(shared.lock(), deadline(most), |state| {
            if state.link == BrokerState::Open {
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
