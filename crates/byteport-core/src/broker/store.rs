// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing through a broker: readings as lists of packets (HTTP API v1, section 6), of a bounded length each, with an answer for
//! each reading.

use super::Broker;
use super::session::Ticket;
use super::shared::{Shared, deadline};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Reading;
use crate::model::name::{self, NameKind};
use crate::model::packet::{self, Outgoing, Packet};

impl Broker {
    /// Stores a reading, and waits until the broker has it, up to the options' time-out. The service takes it from the broker
    /// later: `Ok` means that the broker keeps it until then.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`] without a namespace or device; [`ErrorCode::InvalidTimestamp`] outside the years 1 to 9999;
    /// else as [`Broker::publish`].
    pub fn store(&self, reading: &Reading) -> Result<()> {
        self.publish_list(&self.json_of(reading)?)
    }

    /// [`Broker::store`] without waiting for the broker's answer: see [`Broker::post`].
    ///
    /// # Errors
    /// As [`Broker::store`], but for what the answer would tell.
    pub fn post_reading(&self, reading: &Reading) -> Result<()> {
        let shared = self.shared()?;
        let list = format!("[{}]", self.json_of(reading)?);
        self.post(shared.options.protocol.store_destination(), list.as_bytes())
    }

    /// Stores readings of any devices in lists of up to [`BrokerOptions::max_list`](super::BrokerOptions::max_list) bytes, and
    /// waits until the broker has answered for all of them, up to the options' time-out: one answer for each reading, in order.
    ///
    /// # Errors
    /// [`ErrorCode::Closed`]; [`ErrorCode::Forked`]. What concerns a reading is in its answer.
    pub fn store_all(&self, packets: &[Packet]) -> Result<Vec<Result<()>>> {
        let shared = self.shared()?;
        let texts: Vec<Result<String>> = packets.iter().map(json).collect();
        Ok(shared.store_all(texts))
    }

    /// [`Broker::store_all`] for readings, which are the options' device's unless they name another.
    ///
    /// # Errors
    /// As [`Broker::store_all`].
    pub fn store_readings(&self, readings: &[&Reading]) -> Result<Vec<Result<()>>> {
        let texts = readings.iter().map(|reading| self.json_of(reading)).collect();
        Ok(self.shared()?.store_all(texts))
    }

    /// Stores what is a packet's `data`, `name=value;` repeated, as of the options' device, stamped with the time of this call.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPacket`] and [`ErrorCode::InvalidName`] for another text; else as [`Broker::store`].
    pub fn store_data(&self, data: &str) -> Result<()> {
        packet::parse_data(data)?;
        let options = &self.shared()?.options;
        let (namespace, uid) =
            options.namespace.as_deref().zip(options.device.as_deref()).ok_or_else(nobody)?;
        let now = crate::model::Timestamp::next();
        self.publish_list(&packet::to_json(&Outgoing::new(namespace, uid, Some(now), data.to_owned()))?)
    }

    fn publish_list(&self, packet: &str) -> Result<()> {
        self.store_list(&format!("[{packet}]"))
    }

    /// Publishes a list of packets to where the service takes them from, and waits until the broker has it.
    pub(crate) fn store_list(&self, list: &str) -> Result<()> {
        let destination = self.shared()?.options.protocol.store_destination();
        self.publish(destination, list.as_bytes())
    }

    /// A reading as a packet of the options' device, unless it names another.
    fn json_of(&self, reading: &Reading) -> Result<String> {
        let options = &self.shared()?.options;
        let device = reading.device().or(options.device.as_deref());
        let (namespace, uid) = options.namespace.as_deref().zip(device).ok_or_else(nobody)?;
        let timestamp = reading.timestamp();
        if let Some(timestamp) = timestamp {
            timestamp.check_date()?;
        }
        let texts = reading.fields().iter().map(|(name, value)| Ok((name.as_str(), value.to_wire()?)));
        let texts: Vec<_> = texts.collect::<Result<_>>()?;
        let data = packet::format_data(texts.iter().map(|(name, text)| (*name, text.as_ref())));
        packet::to_json(&Outgoing::new(namespace, uid, timestamp, data))
    }
}

fn json(packet: &Packet) -> Result<String> {
    name::check(NameKind::Namespace, &packet.namespace)?;
    name::check(NameKind::Device, &packet.uid)?;
    packet.fields.iter().try_for_each(|(name, _)| name::check(NameKind::Field, name))?;
    packet.timestamp.map_or(Ok(()), crate::model::Timestamp::check_date)?;
    let data = packet::format_data(packet.fields.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    packet::to_json(&Outgoing::new(&packet.namespace, &packet.uid, packet.timestamp, data))
}

fn nobody() -> Error {
    let message =
        "storing needs a namespace and a device UID: name them in the call or when making the client";
    Error::new(ErrorCode::NotConfigured, message)
}

/// The answers of a list that are known before it is sent, and its ticket, unless nothing of it is left.
type Sent = (Vec<Result<()>>, Option<Result<Ticket>>);

impl Shared {
    /// Publishes packets in lists, all before the first answer is waited for; gives the answer for each packet. What is no packet
    /// is its own answer.
    pub(super) fn store_all(&self, packets: Vec<Result<String>>) -> Vec<Result<()>> {
        let ends = deadline(self.options.timeout);
        let destination = self.options.protocol.store_destination();
        let lengths = packets.iter().map(|packet| packet.as_ref().map_or(0, String::len));
        let parts = split(lengths, self.options.max_list);
        let mut packets = packets.into_iter();
        let mut sent: Vec<Sent> = Vec::new();
        for count in parts {
            let mut list = String::from("[");
            let mut answers = Vec::with_capacity(count);
            for packet in packets.by_ref().take(count) {
                answers.push(packet.map(|packet| {
                    list.push_str(if list.len() > 1 { "," } else { "" });
                    list.push_str(&packet);
                }));
            }
            list.push(']');
            let is_empty = list.len() == 2;
            let ticket = (!is_empty).then(|| self.publish(destination, list.as_bytes(), true, ends));
            sent.push((answers, ticket));
        }
        let answered = sent.into_iter().flat_map(|(mut answers, ticket)| {
            let answer = ticket.map(|ticket| ticket.and_then(|ticket| self.answer_to(ticket, ends)));
            if let Some(Err(error)) = answer {
                let fault = super::state::Fault::of(&error);
                answers
                    .iter_mut()
                    .filter(|answer| answer.is_ok())
                    .for_each(|answer| *answer = Err(fault.error()));
            }
            answers
        });
        answered.collect()
    }
}

/// How many packets go in each list, so that none with more than one is longer than `most`.
fn split(lengths: impl Iterator<Item = usize>, most: usize) -> Vec<usize> {
    let mut parts = Vec::new();
    let (mut count, mut total) = (0, 1);
    for length in lengths {
        if count > 0 && total + length + 1 > most {
            parts.push(count);
            (count, total) = (0, 1);
        }
        count += 1;
        total += length + 1;
    }
    parts.extend((count > 0).then_some(count));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_to_their_limit() {
        assert_eq!(split([].into_iter(), 10), [0usize; 0]);
        assert_eq!(split([3, 3, 3].into_iter(), 9), [2, 1]); // [aaa,bbb] is 9
        assert_eq!(split([3, 3, 3].into_iter(), 8), [1, 1, 1]);
        assert_eq!(split([100, 1, 1].into_iter(), 10), [1, 2]);
        assert_eq!(split([1, 100].into_iter(), 10), [1, 1]);
        assert_eq!(split([0; 5].into_iter(), 100), [5]);
    }

    #[test]
    fn a_packet_of_bad_names_is_refused() {
        let packet = |namespace: &str, uid: &str, name: &str| Packet {
            namespace: namespace.into(),
            uid: uid.into(),
            timestamp: None,
            fields: vec![(name.into(), "a b".into())],
        };
        assert_eq!(
            json(&packet("n", "d", "f")).unwrap(),
            r#"{"uid":"d","namespace":"n","data":"f=\"a b\";"}"#
        );
        for bad in [packet("n n", "d", "f"), packet("n", "-d", "f"), packet("n", "d", "f=1")] {
            assert_eq!(json(&bad).unwrap_err().code(), ErrorCode::InvalidName);
        }
    }
}
