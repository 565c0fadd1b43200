// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What becomes of everything unanswered when an ERROR comes; the rule is at the head of `stomp`.

use super::*;

/// So many times in a row an ERROR that says nothing may meet the same lone suspect, before that is refused.
const MOST_DOUBTS: u32 = 3;

impl Session {
    /// Refuses what the broker refuses, and gives the error that ends the connection.
    pub(super) fn take_error(&mut self, frame: &Frame) -> Error {
        let complaint = Complaint::new(frame, self.password());
        let blamed = self.blame(&complaint);
        if !blamed.is_empty() {
            // With a culprit found the rest is free of suspicion.
            (self.is_careful, self.doubts) = (false, 0);
            self.suspects.clear();
        } else if !self.is_careful && complaint.about != About::Broker {
            self.suspects = self.asks.drain();
            self.is_careful = !self.suspects.is_empty();
        }
        blamed.iter().for_each(|ask| self.refuse(ask, &complaint));
        complaint.farewell()
    }

    /// What an ERROR frame is about for certain; empty where that is not known yet.
    fn blame(&mut self, complaint: &Complaint) -> Vec<Ask> {
        let Some((mut blamed, is_named)) = self.asks.blame(complaint) else { return Vec::new() };
        if complaint.about == About::Unknown && !is_named {
            self.doubts += 1;
            if self.doubts < MOST_DOUBTS {
                return Vec::new();
            }
        }
        if let Some(first) = blamed.first().filter(|_| complaint.about == About::Destination).cloned() {
            blamed.extend(self.suspects.iter().filter(|ask| ask.is_alike(&first)).cloned());
        }
        blamed
    }

    fn refuse(&mut self, ask: &Ask, complaint: &Complaint) {
        if let Some(ticket) = ask.ticket {
            if self.outgoing.finish(ticket) {
                self.signals.push_back(Signal::Refused(ticket, complaint.refusal("publication")));
            }
            return;
        }
        let before = self.subscriptions.len();
        self.subscriptions.retain(|one| one.destination != ask.destination);
        if self.subscriptions.len() < before {
            let error = complaint.refusal("subscription");
            self.signals.push_back(Signal::NotSubscribed(ask.destination.to_string(), error));
        }
    }
}
