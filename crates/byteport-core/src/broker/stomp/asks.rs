// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Frames of one connection that the broker has to answer for, and which of them an ERROR frame is about.
//!
//! Invariant: frames are blamed only where the broker names one, or where every unanswered frame that it may have meant would fare
//! the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::complaint::{About, Complaint};
use crate::broker::session::Ticket;

/// A frame with a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// The publication; `None` for a subscription.
    pub ticket: Option<Ticket>,
    pub destination: Arc<str>,
}

impl Ask {
    /// Whether what the broker says of a destination holds for both: reading and writing are allowed apart.
    pub(super) fn is_alike(&self, other: &Ask) -> bool {
        self.ticket.is_some() == other.ticket.is_some() && self.destination == other.destination
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Asks {
    /// By number, in the order of sending; the receipt is the number.
    unanswered: BTreeMap<u64, Ask>,
    /// The number of the last frame without a receipt, while no later one is answered: an ERROR may be about it.
    loose: Option<u64>,
    last: u64,
}

impl Asks {
    pub(super) fn is_empty(&self) -> bool {
        self.unanswered.is_empty()
    }

    /// Notes a frame that is being sent, and gives the receipt to ask for.
    pub(super) fn add(&mut self, ask: Ask) -> String {
        self.last += 1;
        self.unanswered.insert(self.last, ask);
        self.last.to_string()
    }

    /// Notes a frame that is being sent without a receipt.
    pub(super) fn add_loose(&mut self) {
        self.last += 1;
        self.loose = Some(self.last);
    }

    /// The broker has done what the frame asked for. It takes frames in their order, so it is through with all before, too,
    /// unless they have a receipt of their own.
    pub(super) fn answer(&mut self, receipt: &str) -> Option<Ask> {
        let number = receipt.parse().ok()?;
        let ask = self.unanswered.remove(&number)?;
        self.loose = self.loose.filter(|loose| *loose > number);
        Some(ask)
    }

    /// Takes out everything that is unanswered.
    pub(super) fn drain(&mut self) -> Vec<Ask> {
        std::mem::take(&mut self.unanswered).into_values().collect()
    }

    /// What an ERROR frame is about for certain, and whether that is so because the broker named it. Nothing is certain where
    /// the broker names no frame and several could be meant, or a frame without a receipt.
    pub(super) fn blame(&self, complaint: &Complaint) -> Option<(Vec<Ask>, bool)> {
        let named =
            complaint.receipt.as_deref().and_then(|receipt| self.unanswered.get(&receipt.parse().ok()?));
        let culprit = named.or_else(|| self.only_suspect(complaint.about))?;
        let blamed = match complaint.about {
            About::Broker => return None,
            About::Destination => {
                self.unanswered.values().filter(|ask| ask.is_alike(culprit)).cloned().collect()
            }
            About::Frame | About::Unknown => vec![culprit.clone()],
        };
        Some((blamed, named.is_some()))
    }

    fn only_suspect(&self, about: About) -> Option<&Ask> {
        let first = self.unanswered.values().next().filter(|_| self.loose.is_none())?;
        let is_only = self.unanswered.len() == 1;
        let is_one_place = || self.unanswered.values().all(|ask| ask.is_alike(first));
        (is_only || about == About::Destination && is_one_place()).then_some(first)
    }
}
