// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The thread that has the connection: it connects, reads, writes what callers left, and connects again.
//!
//! Invariants: the socket never blocks; no lock is held while it waits, connects, reads or writes the log; it sleeps until
//! something comes or is due. While nobody takes deliveries it reads no more, so that what waits in memory is bounded; the
//! broker waits meanwhile.

use std::io;
use std::net::TcpStream;
use std::sync::MutexGuard;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::line::{Line, read_some};
use super::shared::Shared;
use super::state::{Fault, State};
use super::stats::BrokerState;
use super::{Protocol, Verdict};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::Deadline;

/// What is read at once.
const PIECE: usize = 64 << 10;

/// Deliveries that nobody took yet may take so many bytes before no more are read, or twice `max_message`.
const MOST_WAITING: usize = 1 << 20;

/// A connection that lasted so long was a good one: the next pause is a short one.
const STEADY: Duration = Duration::from_secs(10);

/// How long the farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Runs the client until it is closed.
pub(super) fn run(shared: &Shared) {
    crate::net::deaf();
    while shared.wait_for_work() {
        let ended = shared.connect().and_then(|line| shared.converse(line));
        if let Err(error) = &ended {
            log::info!(target: "byteport::broker", "{}:{}: {error}", shared.target.host, shared.target.port);
        }
        let mut state = shared.lock();
        state.line = None;
        state.session.lost();
        state.link = BrokerState::Waiting;
        if let Err(error) = ended {
            shared.lost(&mut state, &error);
        }
        drop(state);
        shared.has_changed();
        shared.tell();
    }
    let mut state = shared.lock();
    state.link = BrokerState::Closed;
    state.ended = true;
    state.fail_all(&Fault::of(&super::shared::closed()));
    drop(state);
    shared.has_changed();
    shared.tell();
    shared.ready.set(); // whoever waits for deliveries sees that none will come
}

impl Shared {
    /// Writes to the log what was noted for it.
    fn tell(&self) {
        let notes = std::mem::take(&mut self.lock().notes);
        notes.iter().for_each(|note| log::warn!(target: "byteport::broker", "{note}"));
    }

    /// Waits for the next try: for its time, or for something to publish. `false` when the client is to end.
    fn wait_for_work(&self) -> bool {
        loop {
            let mut state = self.lock();
            self.wake.clear();
            state.poked = false;
            state.leave(self.now());
            if state.stop {
                return false;
            }
            let pause = match (state.reconnects, state.again_at) {
                (true, None) => Some(Duration::ZERO),
                (true, Some(at)) => Some(at.saturating_sub(self.now())),
                (false, _) => state.wants_connection().then_some(Duration::ZERO),
            };
            if pause == Some(Duration::ZERO) {
                state.again_at = None;
                state.is_wanted = false;
                state.link = BrokerState::Connecting;
                return true;
            }
            let left = state.leaves_at.map(|at| at.saturating_sub(self.now()));
            drop(state);
            self.sleep(None, pause.into_iter().chain(left).min());
        }
    }

    /// Waits until the socket can be used for this, the client is woken, or the time is over; says whether the socket can be read.
    fn sleep(&self, socket: Option<(&TcpStream, PollFlags)>, pause: Option<Duration>) -> bool {
        // Rounded up, so that what is due is due when this returns.
        let pause = pause.map(|pause| pause + Duration::from_millis(1));
        let pause = pause.and_then(|pause| Timespec::try_from(pause).ok());
        let watched = socket.filter(|(_, flags)| !flags.is_empty());
        let mut watched: Vec<PollFd<'_>> =
            watched.into_iter().map(|(socket, flags)| PollFd::new(socket, flags)).collect();
        let socket = watched.len();
        watched.push(PollFd::new(&self.wake, PollFlags::IN));
        match poll(&mut watched, pause.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => log::debug!(target: "byteport::broker", "poll: {error}"),
        }
        watched.iter().take(socket).any(|fd| !(fd.revents() - PollFlags::OUT).is_empty())
    }

    fn connect(&self) -> Result<Line> {
        let stream = self.dialer.dial(&self.target, Deadline::after(self.options.connect_timeout))?;
        Line::new(stream).map_err(|error| broken(error, Phase::Connect))
    }

    /// Talks with the broker until the connection is to end: with an error, or because there is nothing to do.
    fn converse(&self, line: Line) -> Result<()> {
        let socket = line.socket();
        let greeted_by = self.now() + self.options.connect_timeout;
        {
            let mut state = self.lock();
            state.session.start(self.now());
            state.line = Some(line);
        }
        let mut buffer = vec![0; PIECE];
        let mut can_read = false;
        loop {
            if can_read && self.read(&socket, &mut buffer)? {
                self.has_changed();
            }
            self.tell();
            let mut state = self.lock();
            self.wake.clear();
            state.poked = false;
            state.leave(self.now());
            if state.stop || self.has_nothing_to_do(&state) {
                return self.part(state, &socket);
            }
            let is_crowded = self.is_crowded(&state);
            self.tick(&mut state, greeted_by, is_crowded)?;
            state.write().map_err(|error| broken(error, Phase::Send))?;
            let is_full = state.line.as_ref().is_some_and(Line::is_full);
            let pause = self.pause(&state, greeted_by);
            drop(state);
            let mut flags = if is_crowded { PollFlags::empty() } else { PollFlags::IN };
            flags.set(PollFlags::OUT, is_full);
            can_read = self.sleep(Some((&socket, flags)), pause) && !is_crowded;
        }
    }

    /// Reads some of what is there; says whether that was anything.
    fn read(&self, socket: &TcpStream, buffer: &mut [u8]) -> Result<bool> {
        let mut plain = Vec::new();
        let Some(count) = read_some(socket, buffer).map_err(|error| broken(error, Phase::Receive))? else {
            return Ok(false);
        };
        let mut state = self.lock();
        let Some(line) = &mut state.line else { return Ok(false) };
        let read = line.read(&buffer[..count], &mut plain);
        let taken = state.session.receive(&plain, self.now());
        self.collect(&mut state);
        if state.link == BrokerState::Open && state.open_since.is_zero() {
            state.open_since = self.now();
        }
        drop(state);
        let outcome = taken.and_then(|()| read.map_err(|error| broken(error, Phase::Receive)));
        if outcome.is_err() {
            self.has_changed();
        }
        outcome.map(|()| true)
    }

    /// Whether so much waits for being taken that no more is read.
    fn is_crowded(&self, state: &State) -> bool {
        state.inbox_bytes > MOST_WAITING.max(self.options.max_message.saturating_mul(2))
    }

    fn tick(&self, state: &mut State, greeted_by: Duration, is_deaf: bool) -> Result<()> {
        let now = self.now();
        if state.link != BrokerState::Open && now >= greeted_by {
            let message = "the broker did not answer the login in time";
            return Err(Error::new(ErrorCode::Timeout, message).in_phase(Phase::Receive));
        }
        if state.again_at.is_some_and(|at| now >= at) {
            state.again_at = None;
            let message = "the connection is made anew, so that what was not handled is delivered again";
            return Err(Error::new(ErrorCode::Disconnected, message).in_phase(Phase::Receive));
        }
        match state.session.tick(now) {
            Err(error) if is_deaf && error.code() == ErrorCode::Timeout => Ok(()), // we do not listen to it
            done => done,
        }
    }

    /// How long nothing is due.
    fn pause(&self, state: &State, greeted_by: Duration) -> Option<Duration> {
        let greeting = (state.link != BrokerState::Open).then_some(greeted_by);
        let times = [greeting, state.session.due(), state.again_at, state.leaves_at];
        let now = self.now();
        times.into_iter().flatten().min().map(|time| time.saturating_sub(now).max(Duration::from_millis(1)))
    }

    /// Whether a connection that is only made for publishing can end.
    fn has_nothing_to_do(&self, state: &State) -> bool {
        let is_idle = state.is_idle() && state.subscriptions.is_empty() && state.inbox.is_empty();
        let is_due = state.session.due().is_some_and(|due| due <= self.now());
        !state.reconnects && is_idle && is_due
    }

    /// Says goodbye, and gives the socket a moment to take it.
    fn part<'a>(&'a self, mut state: MutexGuard<'a, State>, socket: &TcpStream) -> Result<()> {
        state.session.stop();
        let ends = self.now() + FAREWELL;
        while state.write().is_ok() && state.line.as_ref().is_some_and(Line::is_full) && self.now() < ends {
            drop(state);
            self.sleep(Some((socket, PollFlags::OUT)), Some(ends.saturating_sub(self.now())));
            state = self.lock();
        }
        drop(state);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        self.hear_out(socket, ends);
        Ok(())
    }

    /// Reads until the broker has ended the connection, too: a socket that is closed while something unread is in it is reset, and
    /// then the broker may not see the verdicts and the farewell that were the last to be written.
    fn hear_out(&self, socket: &TcpStream, ends: Duration) {
        let mut ignored = [0; 4096];
        while self.now() < ends {
            self.wake.clear(); // what it was set for is seen to after the end
            match read_some(socket, &mut ignored) {
                Ok(None) => {
                    let left = ends.saturating_sub(self.now());
                    self.sleep(Some((socket, PollFlags::IN)), Some(left));
                }
                Ok(Some(1..)) => {}
                Ok(Some(0)) | Err(_) => return,
            }
        }
    }

    /// The connection ended, or could not be made.
    fn lost(&self, state: &mut State, error: &Error) {
        let fault = Fault::of(error);
        let lasted = !state.open_since.is_zero() && self.now() >= state.open_since + STEADY;
        if lasted {
            state.backoff.reset();
        }
        state.open_since = Duration::ZERO;
        if self.is_persistent() {
            state.forget_unsettled(); // the broker delivers them again
        }
        if state.reconnects {
            let pause = state.backoff.pause();
            state.again_at = Some(self.now() + pause);
        } else {
            state.fail_all(&fault);
            state.subscriptions.values_mut().filter(|answer| answer.is_none()).for_each(|answer| {
                *answer = Some(Err(fault.clone()));
            });
        }
        state.fault = Some(fault);
    }

    /// Whether the broker keeps what is for this client over the end of a connection, and has no other way to be told that a
    /// delivery was not handled.
    fn is_persistent(&self) -> bool {
        self.options.protocol == Protocol::Mqtt && !self.options.clean_session
    }

    /// Tells the broker what became of a delivery. One that was not handled comes again with a new connection, where MQTT has
    /// no other way.
    pub(super) fn settle(&self, delivery: &super::Delivery, verdict: Verdict) {
        let mut state = self.lock();
        state.session.settle(&delivery.incoming.handle, verdict);
        match verdict {
            Verdict::Taken => state.counts.taken += 1,
            Verdict::Refused => {
                state.counts.not_taken += 1;
                if self.is_persistent() && state.again_at.is_none() {
                    let pause = state.backoff.pause();
                    state.again_at = Some(self.now() + pause);
                    self.poke(&mut state); // it sleeps until what was due before
                }
            }
        }
        self.write_now(&mut state);
    }
}

/// The connection broke.
fn broken(error: io::Error, phase: Phase) -> Error {
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the broker ended the connection",
        _ => "the connection to the broker broke",
    };
    Error::new(ErrorCode::Disconnected, message).in_phase(phase).because(error)
}
