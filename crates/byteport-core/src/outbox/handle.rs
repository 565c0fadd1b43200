// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The outbox as its users have it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::intake::closed;
use super::keeper::Keeper;
use super::shared::{Shared, deadline};
use super::state::State;
use super::way::Way;
use super::{DiskState, Durability, Flushed, OutboxOptions, Receipt, Stats, upload};
use crate::error::{Error, ErrorCode, Result};
use crate::http::Client;
use crate::model::Reading;
use crate::threads::Threads;

/// How long closing waits for the disk beyond its time-out.
const LAST_WRITE: Duration = Duration::from_secs(5);

/// A queue of readings in a file, and the threads that upload them. Shared by reference among threads.
///
/// ```no_run
/// use std::{sync::Arc, time::Duration};
/// use byteport_core::{Client, Options, model::Reading};
/// use byteport_core::outbox::{Durability, Outbox, OutboxOptions};
/// let client = Client::new(Options::new().host("127.0.0.1:8000").namespace("my_garage").key("secret").device("cart-44"))?;
/// let outbox = Outbox::open("/var/lib/cart/outbox.db", Arc::new(client), OutboxOptions::new())?;
/// let mut reading = Reading::new();
/// reading.set("Speed1", 12.5)?;
/// outbox.enqueue(&reading, Durability::Disk)?;
/// let left = outbox.close(Duration::from_secs(10))?;
/// println!("{} delivered, {} kept for next time", left.delivered, left.kept);
/// # Ok::<(), byteport_core::Error>(())
/// ```
///
/// Dropping an outbox that was not closed does not wait: its thread writes what is in memory to the file, if the process lives
/// long enough. Call [`Outbox::close`].
pub struct Outbox {
    /// The process that opened it: a forked child has no threads, and locks that nobody will give back.
    process: u32,
    shared: Option<Arc<Shared>>,
    threads: Threads,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl Outbox {
    /// Opens the file of an outbox, or makes it, and begins to upload what it holds. The client gives host, key, namespace,
    /// device and the way to store; its time-outs bound each call. With a broker in the options it gives namespace and device,
    /// unless the broker's options do, and is not used for more.
    ///
    /// A file that is damaged or of a newer version is moved aside, and what can be read of it is kept. Where the file cannot be
    /// written now, on a full or read-only disk, memory serves until it can.
    ///
    /// # Errors
    /// [`ErrorCode::InUse`] where another outbox, in this process or another, has the file; [`ErrorCode::NotConfigured`] for a
    /// client without namespace or key, or a broker without a login; [`ErrorCode::InvalidArgument`] for options that make no
    /// sense, or a path that is no place for a file; [`ErrorCode::Forked`] in a forked child, where SQLite was not built for that
    /// (see `.cargo/config.toml`); [`ErrorCode::File`] where no thread can be started.
    pub fn open(path: impl AsRef<Path>, client: Arc<Client>, options: OutboxOptions) -> Result<Outbox> {
        options.check()?;
        let (way, connections) = (Way::open(&client, &options)?, options.connections);
        let shared = Arc::new(Shared::new(path.as_ref().to_owned(), client, way, options));
        let keeper = Keeper::open(Arc::clone(&shared))?;
        let outbox = Outbox {
            process: std::process::id(),
            shared: Some(Arc::clone(&shared)),
            threads: Threads::default(),
        };
        let told = Arc::clone(&shared);
        let held = outbox.threads.hold();
        outbox.threads.start("byteport-file", move || keeper.run())?; // first: it ends the others
        outbox.threads.start("byteport-events", move || told.tell_all())?;
        for _ in 0..connections {
            let shared = Arc::clone(&shared);
            outbox.threads.start("byteport-upload", move || upload::run(&shared))?;
        }
        drop(held);
        Ok(outbox)
    }

    /// What callers share with the threads, unless this is a forked child.
    pub(super) fn shared(&self) -> Result<&Shared> {
        if self.process != std::process::id() {
            let message = "this outbox belongs to the parent process: open another one, on another file, after the fork";
            return Err(Error::new(ErrorCode::Forked, message));
        }
        self.shared.as_deref().ok_or_else(closed)
    }

    /// Takes a reading in. One without a timestamp gets the time of this call, and no two the same. It never waits for the
    /// network, but at [`Durability::Delivered`].
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without a device; [`ErrorCode::TooLong`] for a reading longer than `max_memory`;
    /// [`ErrorCode::Full`] where the options refuse what does not fit; [`ErrorCode::Forked`]; [`ErrorCode::Closed`];
    /// [`ErrorCode::Stopped`]. In all these cases it was not accepted, except that a wait for `Synced` or `Delivered` that was
    /// stopped leaves it accepted. At `Delivered` also the service's refusal of this reading, which was accepted and is then in
    /// quarantine: an error of [`Phase::Status`](crate::Phase::Status).
    pub fn enqueue(&self, reading: &Reading, durability: Durability) -> Result<Receipt> {
        let shared = self.shared()?;
        shared.enqueue(reading, durability, shared.options.timeout)
    }

    /// [`Outbox::enqueue`] with a time-out of its own for what it waits for: room, the disk, the service.
    ///
    /// # Errors
    /// As [`Outbox::enqueue`].
    pub fn enqueue_within(
        &self,
        reading: &Reading,
        durability: Durability,
        timeout: Duration,
    ) -> Result<Receipt> {
        self.shared()?.enqueue(reading, durability, timeout)
    }

    /// Waits until every reading up to that number is as safe as this, or the time is over; says how safe they are.
    /// [`Durability::Delivered`] means here that none of them waits any longer.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a number that no reading has yet; [`ErrorCode::Forked`]; [`ErrorCode::Stopped`].
    pub fn wait_for(&self, sequence: u64, durability: Durability, timeout: Duration) -> Result<Durability> {
        let shared = self.shared()?;
        let mut state = shared.lock();
        if sequence >= state.next_sequence {
            let message =
                format!("no reading has the number {sequence}: the last one is {}", state.next_sequence - 1);
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        }
        shared.ask_for(&mut state, sequence, durability);
        let reached = shared.wait_until(state, deadline(timeout), |state| {
            let held = state.held(sequence);
            let is_in_vain = state.disk != DiskState::Ok && durability < Durability::Delivered;
            (held >= durability || is_in_vain).then_some(held)
        })?;
        Ok(reached.unwrap_or_else(|| shared.lock().held(sequence)))
    }

    /// Waits until nothing waits any longer, or the time is over. A service that is down is tried when it is its time, as always;
    /// [`Outbox::resume`] tries it at once.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`]; [`ErrorCode::Closed`]; [`ErrorCode::Stopped`].
    pub fn flush(&self, timeout: Duration) -> Result<Flushed> {
        let shared = self.shared()?;
        if shared.lock().closing {
            return Err(closed());
        }
        shared.flush(timeout)
    }

    /// Takes no more readings, uploads until the time is over or nothing is left, writes what is left to the file and lets go of
    /// it. Returns within the time-out and five seconds, in which what is in memory is written and the listener told. A second
    /// call waits for the first.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`]; [`ErrorCode::Stopped`], after which the outbox is closed all the same.
    pub fn close(&self, timeout: Duration) -> Result<Flushed> {
        let shared = self.shared()?;
        let begun = Instant::now();
        if std::mem::replace(&mut shared.lock().closing, true) {
            shared.wait_for_end(deadline(timeout.saturating_add(LAST_WRITE)))?;
            return Ok(Flushed::default());
        }
        let flushed = shared.flush(timeout);
        shared.end();
        let ended = shared.wait_for_end(deadline(LAST_WRITE));
        let patience = deadline(Duration::from_millis(200));
        self.threads.join(patience);
        let way = shared.way().clone(); // a thread that still uploads may look at it meanwhile
        way.join(patience);
        let flushed = flushed?;
        ended?;
        let state = shared.lock();
        let lost = if state.ended { state.lost } else { state.unfiled_count() };
        Ok(Flushed { kept: state.queued, lost, waited: begun.elapsed(), ..flushed })
    }

    /// The accounting at this moment.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn stats(&self) -> Result<Stats> {
        Ok(self.shared()?.stats())
    }

    /// Changes the API key for all that is uploaded from now on, and tries the service at once.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for an empty key, and where a broker is between; [`ErrorCode::Forked`].
    pub fn set_key(&self, key: &str) -> Result<()> {
        self.shared()?.way().set_key(key)?;
        self.resume()
    }

    /// Changes the key for lists of packets, and tries the service at once. Readings go in batches from now on.
    ///
    /// # Errors
    /// As [`Outbox::set_key`].
    pub fn set_legacy_key(&self, key: &str) -> Result<()> {
        self.shared()?.way().set_legacy_key(key)?;
        self.resume()
    }

    /// Tries the service at once, where it was down or refused the key or login.
    ///
    /// # Errors
    /// [`ErrorCode::Forked`].
    pub fn resume(&self) -> Result<()> {
        self.shared()?.resume();
        Ok(())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.shared.as_ref().map_or(Path::new(""), |shared| &shared.path)
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let Some(shared) = self.shared.take() else { return };
        if self.process == std::process::id() {
            shared.lock().closing = true;
            shared.end();
        } else {
            // The parent's locks may be held for good here, and the parent's file is open: nothing of it is touched.
            std::mem::forget(shared);
            self.threads.forget();
        }
    }
}

impl State {
    /// Whether all is written, and everybody told.
    fn has_ended(&self) -> bool {
        self.ended && !self.telling && self.events.is_empty() && self.notes.is_empty()
    }
}

impl Shared {
    fn flush(&self, timeout: Duration) -> Result<Flushed> {
        let begun = Instant::now();
        let before = self.lock().delivered;
        self.wait_until(self.lock(), deadline(timeout), |state| (state.queued == 0).then_some(()))?;
        let state = self.lock();
        Ok(Flushed {
            delivered: state.delivered.saturating_sub(before), // after damage less is known to be delivered
            kept: state.queued,
            lost: 0,
            waited: begun.elapsed(),
        })
    }

    /// Waits until all is written, and everybody told, or the time is over.
    fn wait_for_end(&self, ends: Instant) -> Result<()> {
        let mut state = self.lock();
        while !state.has_ended() {
            let Some(again) = self.wait(state, ends)? else { break };
            state = again;
        }
        Ok(())
    }

    fn resume(&self) {
        let mut state = self.lock();
        state.retry.wake();
        self.uploads.notify_all();
    }

    /// Takes another way from now on, unless the outbox has ended.
    #[cfg(feature = "broker")]
    pub(super) fn take_way(&self, next: Way) -> Result<()> {
        let state = self.lock();
        if state.stop_upload {
            next.stop();
            return Err(closed());
        }
        let before = std::mem::replace(&mut *self.way(), next);
        drop(state);
        before.stop();
        Ok(())
    }

    /// Tells the threads to end.
    fn end(&self) {
        let mut state = self.lock();
        state.stop_upload = true;
        state.finish = true;
        self.uploads.notify_all();
        self.keeper.notify_all();
        drop(state);
        self.way().stop();
    }
}
