// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages handed to a handler, on a thread of their own: a handler that takes long does not keep the connection waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::handle::Broker;
use super::shared::{Shared, deadline};
use super::{Delivery, Message, Verdict};
use crate::backoff::Backoff;
use crate::error::{Error, ErrorCode, Result};

impl Broker {
    /// Hands each message to a handler, on one thread of the library's, in the order in which they come; the broker is told that a
    /// delivery is taken when the handler has taken each of its messages. Of one whose handler refuses a message, or panics, the
    /// rest is not handed on; the broker delivers all of it again, and the next delivery is handed on after a pause.
    ///
    /// The handler may call the client, but not close it. Without a subscription, the device's own messages are subscribed to.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without anything to listen to; [`ErrorCode::InvalidArgument`] where there is a handler
    /// already; [`ErrorCode::File`] where no thread can be started; [`ErrorCode::Closed`]; [`ErrorCode::Forked`].
    pub fn listen(
        &self,
        mut handler: impl FnMut(&Message, &Delivery) -> Verdict + Send + 'static,
    ) -> Result<()> {
        self.listen_deliveries(move |delivery| judge(&mut handler, delivery))
    }

    /// [`Broker::listen`] with a handler that takes each delivery as a whole, with all of its messages.
    ///
    /// # Errors
    /// As [`Broker::listen`].
    pub fn listen_deliveries(
        &self,
        handler: impl FnMut(&Delivery) -> Verdict + Send + 'static,
    ) -> Result<()> {
        let shared = Arc::clone(self.shared()?);
        shared.subscribe_something()?;
        if std::mem::replace(&mut shared.lock().listens, true) {
            let message = "messages go to a handler already, and a client has one";
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        }
        self.start("byteport-messages", move || shared.hand_on(handler))
    }
}

impl Shared {
    fn hand_on(&self, mut handler: impl FnMut(&Delivery) -> Verdict) {
        crate::net::deaf();
        let mut backoff = Backoff::new(self.now().as_nanos() as u64);
        while let Some(delivery) = self.next_delivery() {
            let verdict = catch_unwind(AssertUnwindSafe(|| handler(&delivery))).unwrap_or_else(|_| {
                log::error!(target: "byteport::broker", "the handler of a message panicked");
                Verdict::Refused
            });
            if verdict == Verdict::Refused {
                self.rest(backoff.pause());
            } else {
                backoff.reset();
            }
            self.settle(&delivery, verdict);
        }
    }

    /// Waits for a delivery; `None` when the client has ended.
    fn next_delivery(&self) -> Option<Delivery> {
        loop {
            let got = self.wait_until(self.lock(), deadline(Duration::MAX), |state| {
                if state.stop || state.ended {
                    return Some(None);
                }
                self.take_delivery(state).map(Some)
            });
            if let Ok(Some(end_or_delivery)) = got {
                return end_or_delivery;
            }
        }
    }

    /// Pauses, unless the client ends.
    fn rest(&self, pause: Duration) {
        let _ =
            self.wait_until(self.lock(), deadline(pause), |state| (state.stop || state.ended).then_some(()));
    }
}

/// Hands on one message after the other, up to the first that is not taken.
fn judge(handler: &mut impl FnMut(&Message, &Delivery) -> Verdict, delivery: &Delivery) -> Verdict {
    let are_taken = delivery.messages().iter().all(|message| handler(message, delivery) == Verdict::Taken);
    if are_taken { Verdict::Taken } else { Verdict::Refused }
}
