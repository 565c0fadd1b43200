// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What comes from the broker.

use super::*;

impl Session {
    pub(super) fn take(&mut self, frame: Frame, now: Duration) -> Result<()> {
        match (self.stage, frame.command.as_str()) {
            (Stage::Greeting, "CONNECTED") => self.take_greeting(&frame, now),
            (Stage::Greeting, "ERROR") => Err(rejected(&frame, self.password())),
            (Stage::Greeting, _) => Err(malformed("its first frame is no greeting")),
            (_, "MESSAGE") => self.take_message(frame),
            (_, "RECEIPT") => self.take_receipt(&frame),
            (_, "ERROR") => Err(self.take_error(&frame)),
            _ => Err(malformed("it sent a frame that no broker sends, or not at this time")),
        }
    }

    fn take_greeting(&mut self, frame: &Frame, now: Duration) -> Result<()> {
        if frame.header("version") != Some("1.2") {
            return Err(malformed("it chose another version"));
        }
        let interval = beat::wanted(self.options.keep_alive);
        self.beat = Beat::agree(interval, frame.header("heart-beat"), now)?;
        self.stage = Stage::Open;
        self.signals.push_back(Signal::Open);
        self.pump();
        Ok(())
    }

    fn take_message(&mut self, mut frame: Frame) -> Result<()> {
        let destination =
            frame.header("destination").ok_or_else(|| malformed("a message has no destination"))?.to_owned();
        let redelivered = frame.header("redelivered") == Some("true");
        let id = match frame.header("ack") {
            None => HandleId::None,
            Some(ack) => HandleId::Ack(ack.to_owned()),
        };
        if let HandleId::Ack(ack) = &id {
            self.deliveries.insert(ack.clone());
        }
        let headers = std::mem::take(&mut frame.headers);
        let handle = Handle { era: self.era, id };
        let incoming = Incoming { handle, destination, headers, body: frame.body, redelivered };
        self.signals.push_back(Signal::Incoming(incoming));
        Ok(())
    }

    fn take_receipt(&mut self, frame: &Frame) -> Result<()> {
        let receipt = frame.header("receipt-id").ok_or_else(|| malformed("a receipt has no receipt-id"))?;
        // One that is not known is that of the farewell.
        let Some(ask) = self.asks.answer(receipt) else { return Ok(()) };
        self.doubts = 0;
        match ask.ticket {
            Some(ticket) if self.outgoing.finish(ticket) => self.signals.push_back(Signal::Confirmed(ticket)),
            Some(_) => {} // withdrawn
            None => self.confirm_subscription(&ask.destination),
        }
        self.pump();
        Ok(())
    }

    fn confirm_subscription(&mut self, destination: &Arc<str>) {
        if let Some(known) = self.subscriptions.iter_mut().find(|one| one.destination == *destination) {
            known.progress = Progress::Taken;
            self.signals.push_back(Signal::Subscribed(destination.to_string()));
        }
    }
}
