// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What has become of the readings while a command had an outbox open.

use std::path::Path;

use byteport_core::outbox::{Flushed, LinkState, Reason, Stats};

use crate::exit::{Exit, Failure};
use crate::screen;

/// The change of the accounting, and why it is not all delivered.
pub struct Outcome {
    path: String,
    delivered: u64,
    kept: u64,
    refused: u64,
    dropped: Vec<(Reason, u64)>,
    lost: u64,
    is_paused: bool,
    why: String,
}

impl Outcome {
    pub fn new(path: &Path, before: &Stats, now: &Stats, flushed: Flushed) -> Outcome {
        // What was lost is counted as damage, too.
        let lost = |reason| if reason == Reason::Damage { flushed.lost } else { 0 };
        let more = |reason| now.dropped.by(reason).saturating_sub(before.dropped.by(reason) + lost(reason));
        Outcome {
            path: path.display().to_string(),
            delivered: now.delivered.saturating_sub(before.delivered),
            kept: flushed.kept,
            refused: now.quarantined.saturating_sub(before.quarantined),
            dropped: Reason::ALL.map(|reason| (reason, more(reason))).into(),
            lost: flushed.lost,
            is_paused: now.link == LinkState::Paused,
            why: why(now),
        }
    }

    /// How the command ends where every reading was to be kept.
    pub fn kept(&self) -> Result<(), Failure> {
        if self.lost > 0 {
            return Err(self.failure(Exit::Here, ""));
        }
        self.tell();
        Ok(())
    }

    /// How the command ends where every reading was to be delivered.
    pub fn delivered(&self) -> Result<(), Failure> {
        let dropped: u64 = self.dropped.iter().map(|(_, count)| count).sum();
        let exit = match (self.kept, self.refused) {
            (0, 0) if dropped == 0 => return self.kept(),
            _ if self.lost + dropped > 0 => Exit::Here,
            (_, 1..) => Exit::Refused,
            _ if self.is_paused => Exit::Refused,
            _ => Exit::Later,
        };
        Err(self.failure(exit, ""))
    }

    /// The end of a command that was to do more than it did.
    pub fn failure(&self, exit: Exit, what: &str) -> Failure {
        Failure::Left(exit, format!("{what}{}", self.text()))
    }

    /// Says it where not all is delivered, and otherwise with `--verbose` only.
    fn tell(&self) {
        let is_all = self.kept + self.refused + self.dropped.iter().map(|(_, count)| count).sum::<u64>() == 0;
        if is_all {
            log::info!(target: "byteport::outbox", "{}", self.text());
        } else {
            screen::say(&self.text());
        }
    }

    fn text(&self) -> String {
        let path = &self.path;
        let mut parts = vec![format!("delivered {}", self.delivered)];
        if self.kept > 0 {
            parts.push(format!("kept {} in {path}", self.kept));
        }
        if self.refused > 0 {
            parts
                .push(format!("quarantined {} (byteport outbox quarantine {path} lists them)", self.refused));
        }
        let dropped = self.dropped.iter().filter(|(_, count)| *count > 0);
        parts.extend(dropped.map(|(reason, count)| format!("dropped {count} ({})", reason.text())));
        if self.lost > 0 {
            parts.push(format!("lost {}", self.lost));
        }
        let why = if self.kept + self.refused + self.lost > 0 { self.why.as_str() } else { "" };
        [parts.join(", "), why.to_owned()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    }
}

fn why(now: &Stats) -> String {
    match now.link {
        LinkState::NoClock => "the clock is not set".to_owned(),
        _ => now.last_error.clone(),
    }
}
