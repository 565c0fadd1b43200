// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Subscriptions, and deliveries for whoever asks for them.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::MutexGuard;
use std::time::Duration;

use super::shared::{Shared, closed, deadline};
use super::state::{Fault, State};
use super::{Broker, Delivery, Verdict};
use crate::error::{Error, ErrorCode, Result};

impl Broker {
    /// Subscribes to an MQTT topic filter or STOMP destination, now and on every later connection, and waits until the broker has
    /// taken that.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] where the broker refuses it; else as [`Broker::publish`].
    pub fn subscribe(&self, destination: &str) -> Result<()> {
        let shared = self.shared()?;
        let state = shared.subscribe(destination)?;
        let ends = deadline(shared.options.timeout);
        let taken = shared.wait_until(state, ends, |state| match state.subscriptions.get(destination) {
            Some(Some(answer)) => Some(answer.clone()),
            _ => state.hopeless().map(Err),
        })?;
        match taken {
            Some(answer) => answer.map_err(|fault| fault.error()),
            None => Err(shared.lock().too_late(false)),
        }
    }

    /// Subscribes to the device's own messages, and waits until the broker has taken that.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without namespace and device; else as [`Broker::subscribe`].
    pub fn subscribe_own(&self) -> Result<()> {
        let own = self.shared()?.options.own_destination();
        self.subscribe(&own.ok_or_else(no_device)?)
    }

    /// The next delivery; `None` where none comes in time. Without a subscription, the device's own messages are subscribed to.
    /// The broker waits for [`Broker::settle`].
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without anything to listen to; [`ErrorCode::Forbidden`] where the broker refuses the
    /// subscription; [`ErrorCode::Closed`]; [`ErrorCode::Forked`]; [`ErrorCode::Stopped`]; and what [`Broker::wait_open`] gives
    /// at once.
    pub fn receive(&self, timeout: Duration) -> Result<Option<Delivery>> {
        let shared = self.shared()?;
        shared.subscribe_something()?;
        let got = shared.wait_until(shared.lock(), deadline(timeout), |state| {
            if let Some(delivery) = shared.take_delivery(state) {
                return Some(Ok(delivery));
            }
            let refused = state.subscriptions.values().flatten().find_map(|answer| answer.clone().err());
            refused.or_else(|| state.hopeless()).map(Err)
        })?;
        got.transpose().map_err(|fault: Fault| fault.error())
    }

    /// The next delivery, if one is there.
    ///
    /// # Errors
    /// As [`Broker::receive`].
    pub fn try_receive(&self) -> Result<Option<Delivery>> {
        self.receive(Duration::ZERO)
    }

    /// Tells the broker what became of a delivery. One that came over a connection that is gone the broker delivers again.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn settle(&self, delivery: &Delivery, verdict: Verdict) -> Result<()> {
        self.shared()?.settle(delivery, verdict);
        Ok(())
    }

    /// A descriptor that is readable while there are deliveries, and once the client has ended: for an event loop, which then
    /// calls [`Broker::try_receive`] until there is none. It is not to be read from, and belongs to the client.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`]; [`ErrorCode::Closed`].
    pub fn ready(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.shared()?.ready.as_fd())
    }
}

fn no_device() -> Error {
    let message = "messages to a device need a namespace and a device UID: give both when making the client";
    Error::new(ErrorCode::NotConfigured, message)
}

impl Shared {
    fn subscribe(&self, destination: &str) -> Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        if state.closing {
            return Err(closed());
        }
        if !matches!(state.subscriptions.get(destination), Some(None | Some(Ok(())))) {
            state.session.subscribe(destination)?;
            state.subscriptions.insert(destination.to_owned(), None);
            self.write_now(&mut state);
        }
        Ok(state)
    }

    /// Subscribes to the device's own messages, if nothing else is subscribed to.
    pub(super) fn subscribe_something(&self) -> Result<()> {
        if self.lock().subscriptions.is_empty() {
            let own = self.options.own_destination();
            drop(self.subscribe(&own.ok_or_else(no_device)?)?);
        }
        Ok(())
    }

    pub(super) fn take_delivery(&self, state: &mut State) -> Option<Delivery> {
        let delivery = state.pop_delivery();
        if state.inbox.is_empty() && !state.ended {
            self.ready.clear();
        }
        if delivery.is_some() {
            self.poke(state); // it may have stopped reading
        }
        delivery
    }
}
