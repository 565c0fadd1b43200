// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The thread that stores what comes by one broker.
//!
//! Invariants: a delivery is settled after its last packet is on disk. Where that does not work the thread holds the batch
//! and tries again, with pauses that grow up to `LONGEST`, until it works or the server stops: the broker hands over no more
//! meanwhile, and counts no delivery as failed. Told to stop, it stores the batch that it has, once.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use byteport_core::ErrorCode;
use byteport_core::broker::Delivery;
use byteport_core::model::Timestamp;

use super::batch::{self, Piece, Source};
use super::letters::Told;
use super::link::Link;
use crate::journal;
use crate::store::Store;

/// How long deliveries are waited for, at most, for one batch.
const SPAN: Duration = Duration::from_millis(20);
/// How often the thread looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(200);
/// The pause after a batch was not stored; it grows.
const FIRST: Duration = Duration::from_millis(100);
/// The longest such pause.
const LONGEST: Duration = Duration::from_secs(5);
/// The pause after the broker has refused to hand over packets.
const REFUSED: Duration = Duration::from_secs(5);

/// See the module.
pub struct Intake {
    link: Arc<Link>,
    store: Store,
    runtime: tokio::runtime::Handle,
    stopped: Arc<OnceLock<Instant>>,
    told: Told,
    /// When the last delivery was taken in.
    last: Timestamp,
    /// What the broker says why it hands over nothing.
    refusal: String,
}

impl Intake {
    /// Ready to run.
    pub fn new(
        link: Arc<Link>,
        store: Store,
        runtime: tokio::runtime::Handle,
        stopped: Arc<OnceLock<Instant>>,
    ) -> Self {
        let last = Timestamp::from_micros(i64::MIN);
        Self { link, store, runtime, stopped, told: Told::default(), last, refusal: String::new() }
    }

    /// Stores until it is told to stop.
    pub fn run(mut self) {
        while !self.is_stopped() {
            self.link.watch();
            self.told.tell(self.link.name());
            match self.gather() {
                Ok(deliveries) => {
                    self.refusal.clear();
                    self.store(&deliveries);
                }
                Err(error) => self.refused(&error),
            }
        }
        self.told.tell_all(self.link.name());
    }

    fn is_stopped(&self) -> bool {
        self.stopped.get().is_some()
    }

    /// Pauses; says whether it is to go on then.
    fn pause(&self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        while !self.is_stopped() && Instant::now() < end {
            std::thread::sleep(LOOK.min(end.saturating_duration_since(Instant::now())));
        }
        !self.is_stopped()
    }

    /// Takes the deliveries that come within a short time of the first; none where none comes soon.
    fn gather(&self) -> byteport_core::Result<Vec<Delivery>> {
        let mut deliveries: Vec<Delivery> = self.link.receive(LOOK)?.into_iter().collect();
        if deliveries.is_empty() {
            return Ok(deliveries);
        }
        let end = Instant::now() + SPAN;
        let mut bytes = 0;
        while deliveries.len() < batch::MOST && bytes < batch::BYTES {
            let more = self.link.receive(end.saturating_duration_since(Instant::now()));
            // What the broker refuses now it refuses again.
            let Ok(Some(delivery)) = more else { break };
            bytes += delivery.body().len();
            deliveries.push(delivery);
        }
        Ok(deliveries)
    }

    /// The broker hands over nothing: told once for each reason, and tried again after a while.
    fn refused(&mut self, error: &byteport_core::Error) {
        let reason = error.to_string();
        if matches!(error.code(), ErrorCode::Forbidden | ErrorCode::NotAllowed) {
            if reason != self.refusal {
                journal::warn(format_args!("no packets from {}: {reason}", self.link.name()));
                self.refusal = reason;
            }
        } else {
            self.link.watch();
        }
        self.pause(REFUSED);
    }

    /// Stores deliveries and tells the broker; it is told of none unless all are on disk.
    fn store(&mut self, deliveries: &[Delivery]) {
        let mut piece = Piece::default();
        for delivery in deliveries {
            let received = self.stamp();
            for item in batch::items(delivery) {
                piece.take(item, delivery, received, &source(&self.link));
                if piece.is_full() && !self.store_piece(&std::mem::take(&mut piece)) {
                    return;
                }
            }
        }
        if self.store_piece(&piece) {
            deliveries.iter().for_each(|delivery| self.link.settle(delivery));
        }
    }

    /// A time that no delivery before had, for packets without one.
    fn stamp(&mut self) -> Timestamp {
        let now = Timestamp::now().as_micros().max(self.last.as_micros().saturating_add(1));
        self.last = Timestamp::from_micros(now);
        self.last
    }

    /// Stores a piece, however long that takes; `false` where the server stops before it works.
    fn store_piece(&mut self, piece: &Piece<'_>) -> bool {
        let mut pause = FIRST;
        loop {
            let stored = self.runtime.block_on(piece.store(&self.store, &source(&self.link)));
            match stored {
                Ok(letters) => {
                    self.told.count(self.link.name(), letters);
                    return true;
                }
                // Why is in the log already.
                Err(failure) => journal::debug(format_args!("packets wait: {}", failure.reason())),
            }
            if !self.pause(pause) {
                return false;
            }
            pause = (pause * 2).min(LONGEST);
        }
    }
}

fn source(link: &Link) -> Source<'_> {
    Source { broker: link.name(), vhost: link.vhost() }
}
