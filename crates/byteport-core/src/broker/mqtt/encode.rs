// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Packets as the client sends them (chapter 3).
//!
//! Texts and lengths were checked before: each text and binary field is at most [`LONGEST`](super::name::LONGEST) bytes, each packet
//! at most [`LONGEST_PACKET`].

use crate::broker::Will;

/// The most that may follow a fixed header, in bytes (section 2.2.3).
pub(super) const LONGEST_PACKET: usize = 268_435_455;

pub(super) const PINGREQ: [u8; 2] = [0xc0, 0];
pub(super) const DISCONNECT: [u8; 2] = [0xe0, 0];

/// Of a PUBLISH: sent before; at QoS 1.
const DUP: u8 = 0x08;
const QOS_1: u8 = 0x02;

/// What a client says of itself (section 3.1).
#[derive(Clone, Copy)]
pub(super) struct Connect<'a> {
    pub id: &'a str,
    pub clean: bool,
    pub user: &'a str,
    pub password: Option<&'a str>,
    /// In seconds; zero: none.
    pub keep_alive: u16,
    pub will: Option<&'a Will>,
}

impl Connect<'_> {
    fn flags(&self) -> u8 {
        let will =
            self.will.map_or(0, |will| 0x04 | (u8::from(will.confirm) << 3) | (u8::from(will.retain) << 5));
        0x80 | (u8::from(self.password.is_some()) << 6) | will | (u8::from(self.clean) << 1)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut rest = Vec::new();
        field(&mut rest, b"MQTT");
        rest.extend([4, self.flags()]);
        rest.extend(self.keep_alive.to_be_bytes());
        field(&mut rest, self.id.as_bytes());
        if let Some(will) = self.will {
            field(&mut rest, will.topic.as_bytes());
            field(&mut rest, &will.body);
        }
        field(&mut rest, self.user.as_bytes());
        if let Some(password) = self.password {
            field(&mut rest, password.as_bytes());
        }
        let mut packet = Vec::with_capacity(rest.len() + 5);
        header(&mut packet, 0x10, rest.len());
        packet.extend(rest);
        packet
    }
}

/// What a PUBLISH has behind its fixed header, in bytes.
pub(super) fn publish_length(topic: &str, body: &[u8], confirm: bool) -> usize {
    2 + topic.len() + 2 * usize::from(confirm) + body.len()
}

/// A PUBLISH at QoS 1 with this packet identifier, or at QoS 0 (section 3.3).
pub(super) fn publish(out: &mut Vec<u8>, topic: &str, body: &[u8], id: Option<u16>, again: bool) {
    let length = publish_length(topic, body, id.is_some());
    out.reserve(length + 5);
    let flags = if id.is_some() { QOS_1 } else { 0 } | if again { DUP } else { 0 };
    header(out, 0x30 | flags, length);
    field(out, topic.as_bytes());
    if let Some(id) = id {
        out.extend(id.to_be_bytes());
    }
    out.extend_from_slice(body);
}

/// A PUBACK (section 3.4).
pub(super) fn puback(out: &mut Vec<u8>, id: u16) {
    let [high, low] = id.to_be_bytes();
    out.extend_from_slice(&[0x40, 2, high, low]);
}

/// A SUBSCRIBE for one filter at QoS 1 (section 3.8).
pub(super) fn subscribe(out: &mut Vec<u8>, filter: &str, id: u16) {
    header(out, 0x82, 2 + 2 + filter.len() + 1);
    out.extend(id.to_be_bytes());
    field(out, filter.as_bytes());
    out.push(1);
}

/// A fixed header: the length in groups of seven bits, the low ones first.
pub(super) fn header(out: &mut Vec<u8>, first: u8, length: usize) {
    out.push(first);
    let mut left = length;
    loop {
        let [low, ..] = left.to_le_bytes();
        left >>= 7;
        if left == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

/// A text or binary field: two bytes of length, and the bytes.
fn field(out: &mut Vec<u8>, bytes: &[u8]) {
    let [low, high, ..] = bytes.len().to_le_bytes();
    out.extend_from_slice(&[high, low]);
    out.extend_from_slice(bytes);
}
