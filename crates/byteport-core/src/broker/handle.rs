// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker's client as its users have it.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::session::{Publication, Ticket};
use super::shared::{Shared, closed, deadline};
use super::state::{Fault, State};
use super::{BrokerOptions, BrokerState, BrokerStats, Delivery, Verdict, driver};
use crate::error::{Error, ErrorCode, Result};

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
    pub(super) threads: Mutex<Vec<JoinHandle<()>>>,
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
            threads: Mutex::new(Vec::new()),
        };
        broker.start("byteport-broker", move || driver::run(&shared))?;
        Ok(broker)
    }

    pub(super) fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread =
            Builder::new().name(name.to_owned()).stack_size(1 << 20).spawn(work).map_err(|error| {
                Error::new(ErrorCode::File, "no thread can be started: raise the limit on processes")
                    .because(error)
            })?;
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
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

    /// Publishes to an MQTT topic or STOMP destination, and waits until the broker has it, up to the options' time-out. Without
    /// confirmation ([`BrokerOptions::confirm`]) it is handed to the connection.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a destination or body that cannot be; [`ErrorCode::Forbidden`] where the broker
    /// refuses it; [`ErrorCode::Timeout`] with the last reason, of [`Phase::Connect`](crate::Phase::Connect) where nothing was
    /// sent, of [`Phase::Receive`](crate::Phase::Receive) where the broker may have it; what [`Broker::wait_open`] gives at once;
    /// [`ErrorCode::Closed`]; [`ErrorCode::Forked`]; [`ErrorCode::Stopped`].
    pub fn publish(&self, destination: &str, body: &[u8]) -> Result<()> {
        let shared = self.shared()?;
        let ends = deadline(shared.options.timeout);
        let ticket = shared.publish(destination, body, true, ends)?;
        shared.answer_to(ticket, ends)
    }

    /// Publishes without waiting for the broker's answer; only for room, where too much waits for one. [`Broker::flush`] waits
    /// for the answers. What the broker refuses is counted ([`BrokerStats::refused`]) and logged.
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
    /// [`ErrorCode::Forked`]; [`ErrorCode::Stopped`].
    pub fn flush(&self, timeout: Duration) -> Result<usize> {
        let shared = self.shared()?;
        let state = shared.lock();
        let last = state.last_ticket();
        let ends = deadline(timeout);
        shared.wait_until(state, ends, |state| (state.has_answered(last) || state.ended).then_some(()))?;
        Ok(shared.lock().waiting_up_to(last))
    }

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

    /// A descriptor that is readable while there are deliveries, and once the client has ended: for an event loop, which then
    /// calls [`Broker::try_receive`] until there is none. It is not to be read from, and belongs to the client.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`]; [`ErrorCode::Closed`].
    pub fn ready(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.shared()?.ready.as_fd())
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
        self.join(Instant::now() + Duration::from_secs(2));
        missing
    }

    /// Has the thread end, without waiting for anything: every call that waits fails with [`ErrorCode::Closed`].
    pub(crate) fn stop(&self) {
        if let Ok(shared) = self.shared() {
            shared.lock().closing = true;
            shared.end();
        }
    }

    /// Joins the threads that end in time; one that waits for the network ends by itself.
    pub(crate) fn join(&self, patience: Instant) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let is_this = thread.thread().id() == std::thread::current().id();
            while !is_this && !thread.is_finished() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(1));
            }
            if thread.is_finished() {
                let _ = thread.join();
            }
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
            // The parent's locks may be held for good here, and the parent's connection is open: nothing of it is touched. A
            // handle of a thread that is not here could be that of another by now, which it would detach.
            std::mem::forget(shared);
            let threads = self.threads.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(std::mem::take(threads));
        }
    }
}

fn no_device() -> Error {
    let message = "messages to a device need a namespace and a device UID: give both when making the client";
    Error::new(ErrorCode::NotConfigured, message)
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

    fn subscribe(&self, destination: &str) -> Result<std::sync::MutexGuard<'_, State>> {
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

    /// Tells the thread to end.
    pub(super) fn end(&self) {
        self.lock().stop = true;
        self.wake.set();
        self.has_changed();
    }
}
