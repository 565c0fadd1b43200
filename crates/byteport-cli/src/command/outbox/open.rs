// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An outbox that the command has open, and its end.
//!
//! Invariant: Ctrl-C ends every wait but the last, for the file: what was accepted is in it before the command ends.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use byteport_core::model::Reading;
use byteport_core::outbox::{Durability, Event, LinkState, Outbox, OutboxOptions, Stats};
use byteport_core::{Client, Error, ErrorCode, Phase};

use super::outcome::Outcome;
use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::screen;

/// The time between two looks at the figures where nothing is told.
const LOOK: Duration = Duration::from_secs(1);

/// An outbox and how it was when it was opened.
pub struct Open<'a> {
    outbox: Outbox,
    path: &'a Path,
    stop: Stop,
    /// Can be read when something has happened.
    bell: UnixStream,
    timeout: Duration,
    before: Stats,
}

impl<'a> Open<'a> {
    /// Opens it, or makes it. From here on Ctrl-C ends a wait, and not the process.
    pub fn new(path: &'a Path, client: Client, options: OutboxOptions) -> Result<Open<'a>, Failure> {
        let (stop, timeout) = (Stop::catch()?, client.timeout());
        let (bell, rope) =
            bell().map_err(|error| Error::new(ErrorCode::Internal, format!("no socket: {error}")))?;
        let options = options.timeout(timeout).on_event(move |event| tell(event, &rope));
        let outbox = Outbox::open(path, Arc::new(client), options)?;
        let before = outbox.stats()?;
        log::info!(target: "byteport::outbox", "{} is open: {} readings wait", path.display(), before.queued);
        Ok(Open { outbox, path, stop, bell, timeout, before })
    }

    /// The readings that waited when it was opened.
    pub fn backlog(&self) -> u64 {
        self.before.queued
    }

    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Hands a reading in. Whether it is as safe as that within the time for one call. Where the outbox is to block when it is
    /// full, `blocks`, this waits for room until Ctrl-C; after Ctrl-C it waits for nothing.
    pub fn put(&self, reading: &Reading, level: Durability, blocks: bool) -> Result<bool, Failure> {
        let now = if self.stop.is_wanted() { level.min(Durability::Disk) } else { level };
        let receipt = loop {
            match self.outbox.enqueue_within(reading, now, self.timeout) {
                Err(error) if error.code() == ErrorCode::Full && blocks && !self.stop.is_wanted() => {}
                Err(error) if error.code() == ErrorCode::Stopped && now > Durability::Disk => {
                    return Ok(false);
                }
                // It was accepted, and what the service says of it is in the outcome.
                Err(error) if error.phase() == Phase::Status => return Ok(false),
                done => break done?,
            }
        };
        match receipt.held {
            None => {
                Err(Error::new(ErrorCode::Full, "the outbox has no room: the reading was dropped").into())
            }
            Some(held) => Ok(held >= level || level <= Durability::Disk),
        }
    }

    /// Waits until everything is delivered, waiting makes no sense, the time is over or Ctrl-C comes. `look` is told how
    /// many are delivered.
    pub fn drain(&self, time: Duration, mut look: impl FnMut(u64)) -> Result<(), Failure> {
        let end = Instant::now().checked_add(time);
        loop {
            let now = self.outbox.stats()?;
            look(now.delivered.saturating_sub(self.before.delivered));
            let left = end.map_or(LOOK, |end| end.saturating_duration_since(Instant::now()).min(LOOK));
            // A refused key and a clock that is not set do not mend by themselves.
            let is_vain = matches!(now.link, LinkState::Paused | LinkState::NoClock);
            if now.queued == 0 || is_vain || left.is_zero() || self.rings(left)? {
                return Ok(());
            }
        }
    }

    /// Waits until something happens. Whether that is Ctrl-C.
    fn rings(&self, time: Duration) -> Result<bool, Failure> {
        let stopped = self.stop.wait(Some(self.bell.as_fd()), time);
        while (&self.bell).read(&mut [0; 256]).is_ok_and(|got| got > 0) {}
        Ok(stopped.map_err(|error| Error::new(ErrorCode::Internal, format!("waiting failed: {error}")))?)
    }

    /// Closes it: everything that waits is in the file then. What has become of the readings.
    pub fn close(self) -> Result<(Outcome, Stop), Failure> {
        self.stop.endure();
        let flushed = self.outbox.close(Duration::ZERO)?;
        Ok((Outcome::new(self.path, &self.before, &self.outbox.stats()?, flushed), self.stop))
    }
}

/// Two ends, of which neither blocks.
fn bell() -> io::Result<(UnixStream, UnixStream)> {
    let (bell, rope) = UnixStream::pair()?;
    bell.set_nonblocking(true)?;
    rope.set_nonblocking(true)?;
    Ok((bell, rope))
}

/// Wakes whoever waits; says what has to be said at once. All else is in the outcome.
fn tell(event: &Event, mut rope: &UnixStream) {
    if let Event::MovedAside { path, saved, lost } = event {
        let path = path.display();
        screen::say(&format!(
            "warning: the file could not be used and is now {path}: {saved} readings saved, {lost} lost"
        ));
    }
    let _ = rope.write(&[0]); // a full one rings already
}
