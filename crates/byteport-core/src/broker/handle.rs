// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker's client as its users have it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::session::Ticket;
use super::shared::{Shared, closed};
use super::{BrokerOptions, BrokerStats, driver};
use crate::error::{Error, ErrorCode, Result};
use crate::threads::Threads;

/// A client of a broker, with a thread that keeps the connection. Shared by reference among threads.
///
/// ```no_run
/// use byteport_core::broker::{Broker, BrokerOptions, Protocol, Verdict};
/// use byteport_core::model::Reading;
/// let options = BrokerOptions::new(Protocol::Mqtt).namespace("my_garage").device("cart-44").login("joe", "secret");
/// let broker = Broker::open(options)?;
/// let mut reading = Reading::new();
/// reading.set("Speed1", 12.5)?;
/// broker.store(&reading)?;
/// while let Some(delivery) = broker.receive(std::time::Duration::from_secs(60))? {
///     delivery.messages().iter().filter_map(|message| message.text()).for_each(|text| println!("{text}"));
///     broker.settle(&delivery, Verdict::Taken)?;
/// }
/// # Ok::<(), byteport_core::Error>(())
/// ```
///
/// A connection that is lost is made again, what was not confirmed is sent again, and subscriptions are made again. In a child
/// that was forked every call is [`ErrorCode::Forked`].
pub struct Broker {
    /// The process that opened it: a forked child has no thread, and locks that nobody will give back.
    process: u32,
    shared: Option<Arc<Shared>>,
    pub(crate) threads: Threads,
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.shared.as_ref().map(|shared| &shared.options);
        f.debug_struct("Broker").field("options", &options).finish_non_exhaustive()
    }
}

impl Broker {
    /// Makes a client, which connects in the background; [`Broker::wait_open`] waits for that.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`], [`ErrorCode::InvalidName`] and [`ErrorCode::NotConfigured`] for settings that make no
    /// sense; [`ErrorCode::File`] where no thread or descriptor is to be had.
    pub fn open(options: BrokerOptions) -> Result<Broker> {
        let shared = Arc::new(Shared::new(options)?);
        let broker = Broker {
            process: std::process::id(),
            shared: Some(Arc::clone(&shared)),
            threads: Threads::default(),
        };
        broker.threads.start("byteport-broker", move || driver::run(&shared))?;
        Ok(broker)
    }

    /// What callers share with the thread, unless this is a forked child.
    pub(super) fn shared(&self) -> Result<&Arc<Shared>> {
        if self.process != std::process::id() {
            let message =
                "this broker's client belongs to the parent process: make another one after the fork";
            return Err(Error::new(ErrorCode::Forked, message));
        }
        self.shared.as_ref().ok_or_else(closed)
    }

    /// How the way to the broker is, and what was done so far.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn stats(&self) -> Result<BrokerStats> {
        let state = self.shared()?.lock();
        let counts = state.counts;
        Ok(BrokerStats {
            state: state.link,
            published: counts.published,
            refused: counts.refused,
            pending: state.waiting_up_to(Ticket::MAX) as u64,
            received: counts.received,
            stale: counts.stale,
            ahead: counts.ahead,
            taken: counts.taken,
            not_taken: counts.not_taken,
            connections: counts.connections,
            last_error: state.fault.as_ref().map_or(String::new(), |fault| fault.text().replace('\n', " ")),
        })
    }

    /// The settings.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn options(&self) -> Result<&BrokerOptions> {
        Ok(&self.shared()?.options)
    }

    /// Publishes nothing more, waits for the broker's answers until the time is over, says goodbye, and ends the thread. Returns
    /// within the time-out and two seconds; says how many answers are missing.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`]; [`ErrorCode::Stopped`], after which the client is closed all the same.
    pub fn close(&self, timeout: Duration) -> Result<usize> {
        let shared = self.shared()?;
        shared.lock().closing = true;
        let missing = self.flush(timeout);
        shared.end();
        self.threads.join(Instant::now() + Duration::from_secs(2));
        missing
    }

    /// Has the thread end, without waiting for anything: every call that waits fails with [`ErrorCode::Closed`].
    #[cfg(feature = "outbox")]
    pub(crate) fn stop(&self) {
        if let Ok(shared) = self.shared() {
            shared.lock().closing = true;
            shared.end();
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let Some(shared) = self.shared.take() else { return };
        if self.process == std::process::id() {
            shared.lock().closing = true;
            shared.end();
        } else {
            // The parent's locks may be held for good here, and the parent's connection is open: nothing of it is touched.
            std::mem::forget(shared);
            self.threads.forget();
        }
    }
}

impl Shared {
    /// Tells the thread to end.
    pub(super) fn end(&self) {
        self.lock().stop = true;
        self.wake.set();
        self.has_changed();
    }
}
