// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages handed to a handler, on a thread of their own: a handler that takes long does not keep the connection waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::handle::Broker;
use super::shared::{Shared, closed, deadline};
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
        self.listen_whole(|| {}, move |delivery| judge(&mut handler, delivery))
    }

    /// [`Broker::listen`] with the deliveries as they came, and on the same thread a word each time that the broker has let the
    /// client in: once for the connection that is open now, if one is, and then for each later one.
    ///
    /// # Errors
    /// As [`Broker::listen`].
    pub fn listen_whole(
        &self,
        opened: impl FnMut() + Send + 'static,
        handler: impl FnMut(&Delivery) -> Verdict + Send + 'static,
    ) -> Result<()> {
        let shared = Arc::clone(self.shared()?);
        shared.subscribe_something()?;
        shared.begin_to_listen()?;
        let listener = Arc::clone(&shared);
        let started = self.threads.start("byteport-messages", move || listener.hand_on(opened, handler));
        started.inspect_err(|_| shared.lock().listens = false)
    }
}

/// What a listener is told next.
enum Next {
    Opened,
    Came(Delivery),
}

impl Shared {
    /// A client has one handler, and a closed one gets none.
    fn begin_to_listen(&self) -> Result<()> {
        let mut state = self.lock();
        if state.closing {
            return Err(closed());
        }
        if std::mem::replace(&mut state.listens, true) {
            let message = "messages go to a handler already, and a client has one";
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        }
        Ok(())
    }

    fn hand_on(&self, mut opened: impl FnMut(), mut handler: impl FnMut(&Delivery) -> Verdict) {
        crate::net::deaf();
        let mut backoff = Backoff::new(self.now().as_nanos() as u64);
        let mut connections = 0;
        while let Some(next) = self.next_for(&mut connections) {
            let delivery = match next {
                Next::Opened => {
                    unharmed(&mut opened);
                    continue;
                }
                Next::Came(delivery) => delivery,
            };
            let verdict = unharmed(|| handler(&delivery)).unwrap_or(Verdict::Refused);
            if verdict == Verdict::Refused {
                self.rest(backoff.pause());
            } else {
                backoff.reset();
            }
            self.settle(&delivery, verdict);
        }
    }

    /// Waits for a connection after so many, or a delivery; `None` when the client has ended.
    fn next_for(&self, connections: &mut u64) -> Option<Next> {
        loop {
            let got = self.wait_until(self.lock(), deadline(Duration::MAX), |state| {
                if state.stop || state.ended {
                    return Some(None);
                }
                if state.counts.connections > *connections {
                    *connections = state.counts.connections;
                    return Some(Some(Next::Opened));
                }
                self.take_delivery(state).map(|delivery| Some(Next::Came(delivery)))
            });
            if let Ok(Some(end_or_next)) = got {
                return end_or_next;
            }
        }
    }

    /// Pauses, unless the client ends.
    fn rest(&self, pause: Duration) {
        let _ =
            self.wait_until(self.lock(), deadline(pause), |state| (state.stop || state.ended).then_some(()));
    }
}

/// The first verdict on a message of the delivery that is not good, or that all is taken.
fn judge(handler: &mut impl FnMut(&Message, &Delivery) -> Verdict, delivery: &Delivery) -> Verdict {
    let refused = delivery.messages().iter().any(|message| handler(message, delivery) == Verdict::Refused);
    if refused { Verdict::Refused } else { Verdict::Taken }
}

/// What the function gives; `None` where it panics.
fn unharmed<T>(function: impl FnOnce() -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(function));
    if done.is_err() {
        log::error!(target: "byteport::broker", "the handler of a message panicked");
    }
    done.ok()
}
