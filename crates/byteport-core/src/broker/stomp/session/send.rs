// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What goes to the broker.

use super::*;

impl Session {
    pub(super) fn greet(&mut self) {
        let interval = beat::wanted(self.options.keep_alive);
        let headers = [
            ("accept-version", "1.2"),
            ("host", self.options.stomp_host()),
            ("login", self.options.login.as_deref().unwrap_or_default()),
            ("passcode", self.options.password.as_deref().unwrap_or_default()),
            ("heart-beat", &format!("{interval},{interval}")),
        ];
        write(&mut self.output, "CONNECT", &headers, None);
    }

    /// Sends what may be sent now.
    pub(super) fn pump(&mut self) {
        while self.stage == Stage::Open && (!self.is_careful || self.asks.is_empty()) {
            if let Some(at) = self.subscriptions.iter().position(|one| one.progress == Progress::Unsent) {
                self.send_subscription(at);
                continue;
            }
            let next = self.outgoing.next();
            if !matches!(next, Some((.., true))) {
                // Nothing that was sent before is left to suspect.
                self.is_careful = false;
                self.suspects.clear();
            }
            let Some((ticket, publication, _)) = next else { return };
            self.send(ticket, &publication);
        }
    }

    fn send_subscription(&mut self, at: usize) {
        let Some(subscription) = self.subscriptions.get_mut(at) else { return };
        subscription.progress = Progress::Sent;
        let destination = subscription.destination.clone();
        let receipt = self.asks.add(Ask { ticket: None, destination: destination.clone() });
        let headers = [
            ("id", subscription.id.to_string()),
            ("destination", destination.to_string()),
            ("ack", "client-individual".to_owned()),
            ("prefetch-count", self.options.prefetch.to_string()),
            ("receipt", receipt),
        ];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        write(&mut self.output, "SUBSCRIBE", &headers, None);
    }

    fn send(&mut self, ticket: Ticket, publication: &Publication) {
        let destination = &publication.destination;
        let is_json = matches!(publication.body.first(), Some(b'[' | b'{'));
        let content_type = if is_json { "application/json" } else { "text/plain" };
        let mut headers = vec![("destination", &**destination), ("content-type", content_type)];
        if destination.starts_with("/queue/") {
            headers.push(("persistent", "true")); // RabbitMQ: what waits in the queue outlives the broker
        }
        let receipt;
        if publication.confirm {
            receipt = self.asks.add(Ask { ticket: Some(ticket), destination: destination.clone() });
            headers.push(("receipt", &receipt));
        } else {
            self.asks.add_loose();
            self.signals.push_back(Signal::Confirmed(ticket));
        }
        write(&mut self.output, "SEND", &headers, Some(&publication.body));
    }
}
