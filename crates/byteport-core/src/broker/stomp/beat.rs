// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signs of life both ways, as the greeting settled them.
//!
//! Invariant: a broker that sends at least every interval is never taken for dead; one that is silent for two is.

use std::time::Duration;

use super::frame::malformed;
use crate::error::{Error, ErrorCode, Phase, Result};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Beat {
    /// How often we send an end of line.
    send: Option<Duration>,
    /// For how long the broker may be silent.
    silence: Option<Duration>,
    sent: Duration,
    heard: Duration,
}

/// The interval that we ask for both ways, in milliseconds; 0 is none.
pub(super) fn wanted(keep_alive: Duration) -> u64 {
    let millis = u64::try_from(keep_alive.as_millis()).unwrap_or(u64::MAX);
    if keep_alive.is_zero() { 0 } else { millis.max(1) }
}

impl Beat {
    /// What comes of our wish, in milliseconds for both ways, and the broker's header `heart-beat`.
    ///
    /// # Errors
    /// Where that header is not two numbers.
    pub(super) fn agree(wanted: u64, header: Option<&str>, now: Duration) -> Result<Beat> {
        let bad = || malformed("the heart-beat header is not two numbers");
        let (gives, wants) = header.unwrap_or("0,0").split_once(',').ok_or_else(bad)?;
        let gives: u64 = gives.trim().parse().map_err(|_| bad())?;
        let wants: u64 = wants.trim().parse().map_err(|_| bad())?;
        let agreed =
            |other: u64| (wanted != 0 && other != 0).then(|| Duration::from_millis(wanted.max(other)));
        Ok(Beat {
            // Twice as often as agreed: a sign of life that is late on its way is still in time.
            send: agreed(wants).map(|interval| interval / 2),
            silence: agreed(gives).map(|interval| interval.saturating_mul(2)),
            sent: now,
            heard: now,
        })
    }

    /// The broker sent something.
    pub(super) fn hear(&mut self, now: Duration) {
        self.heard = now;
    }

    /// Whether a sign of life is to be sent now.
    ///
    /// # Errors
    /// Where the broker has been silent for too long.
    pub(super) fn tick(&mut self, now: Duration) -> Result<bool> {
        if self.silence.is_some_and(|most| now >= self.heard.saturating_add(most)) {
            let message = "the broker has given no sign of life for twice the time agreed";
            return Err(Error::new(ErrorCode::Timeout, message).in_phase(Phase::Receive));
        }
        let is_due = self.send.is_some_and(|interval| now >= self.sent.saturating_add(interval));
        if is_due {
            self.sent = now;
        }
        Ok(is_due)
    }

    /// When the next of both is due.
    pub(super) fn due(&self) -> Option<Duration> {
        let send = self.send.map(|interval| self.sent.saturating_add(interval));
        let miss = self.silence.map(|most| self.heard.saturating_add(most));
        send.into_iter().chain(miss).min()
    }
}
