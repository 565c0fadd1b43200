// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Packets as the broker sends them (chapter 3), taken apart and checked.
//!
//! Invariant: no text holds a byte of the broker's but as a number.

use super::frame::Frame;
use super::name;

/// Why a connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The protocol is broken, thus.
    Broken(&'static str),
    /// A packet of a kind that has no place there. Its first byte.
    Unexpected(u8),
    /// A message is too large, by so many bytes.
    TooLarge(usize),
}

/// A packet of the broker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// The broker's answer to the greeting: the return code.
    ConnAck(u8),
    Publish(Publish<'a>),
    PubAck(u16),
    /// Whether the broker took the one subscription of that identifier.
    SubAck(u16, bool),
    PingResp,
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Publish<'a> {
    pub topic: &'a str,
    /// At QoS 1; `None` is QoS 0.
    pub id: Option<u16>,
    /// Whether the broker says that it sent this before.
    pub again: bool,
    pub body: &'a [u8],
}

/// The first bytes of the packets without flags.
const CONNACK: u8 = 0x20;
const PUBACK: u8 = 0x40;
const SUBACK: u8 = 0x90;
const PINGRESP: u8 = 0xd0;

/// A PUBLISH's kind, and its flags.
const PUBLISH: u8 = 0x30;
const DUP: u8 = 0x08;
const QOS: u8 = 0x06;
const QOS_1: u8 = 0x02;

/// What a PUBLISH has beside its body, at the most: topic and packet identifier.
pub(super) const OVERHEAD: usize = 2 + name::LONGEST + 2;

/// Checks as much of a packet as its fixed header tells, with or without the length. `longest` is what a PUBLISH may have behind it.
pub(super) fn check_header(first: u8, length: Option<usize>, longest: usize) -> Result<(), Flaw> {
    let expected = match first {
        CONNACK | PUBACK => 2,
        SUBACK => 3, // each SUBSCRIBE of ours has one filter
        PINGRESP => 0,
        _ if first & 0xf0 == PUBLISH => {
            check_publish(first)?;
            let over = length.unwrap_or_default().saturating_sub(longest);
            return if over == 0 { Ok(()) } else { Err(Flaw::TooLarge(over)) };
        }
        _ => return Err(Flaw::Unexpected(first)),
    };
    if length.is_none_or(|length| length == expected) {
        Ok(())
    } else {
        Err(Flaw::Broken("a packet is longer or shorter than its kind is"))
    }
}

fn check_publish(first: u8) -> Result<(), Flaw> {
    match (first & QOS, first & DUP) {
        (0, 0) | (QOS_1, _) => Ok(()),
        (0, _) => Err(Flaw::Broken("a message at QoS 0 says that it was sent before")),
        _ => Err(Flaw::Broken("a message comes at QoS 2, which nobody asked for")),
    }
}

/// Takes a packet apart whose header was checked.
pub(super) fn decode(frame: Frame<'_>) -> Result<Packet<'_>, Flaw> {
    match (frame.first, frame.rest) {
        (CONNACK, &[0 | 1, code]) => Ok(Packet::ConnAck(code)),
        (CONNACK, _) => Err(Flaw::Broken("CONNACK has flags that do not exist")),
        (PUBACK, &[high, low]) => Ok(Packet::PubAck(identifier(high, low)?)),
        (SUBACK, &[high, low, 0..=2]) => Ok(Packet::SubAck(identifier(high, low)?, true)),
        (SUBACK, &[high, low, 0x80]) => Ok(Packet::SubAck(identifier(high, low)?, false)),
        (SUBACK, _) => Err(Flaw::Broken("SUBACK has a return code that does not exist")),
        (PINGRESP, []) => Ok(Packet::PingResp),
        (first, rest) if first & 0xf0 == PUBLISH => Ok(Packet::Publish(publish(first, rest)?)),
        (first, _) => Err(Flaw::Unexpected(first)),
    }
}

fn identifier(high: u8, low: u8) -> Result<u16, Flaw> {
    match u16::from_be_bytes([high, low]) {
        0 => Err(Flaw::Broken("a packet identifier is 0")),
        id => Ok(id),
    }
}

fn publish(first: u8, rest: &[u8]) -> Result<Publish<'_>, Flaw> {
    const SHORT: Flaw = Flaw::Broken("a message ends before its topic or packet identifier");
    let (length, rest) = rest.split_first_chunk().ok_or(SHORT)?;
    let (topic, mut body) = rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(SHORT)?;
    let topic = std::str::from_utf8(topic).map_err(|_| Flaw::Broken("a topic is not UTF-8"))?;
    if topic.contains('\0') || !name::is_topic(topic) {
        return Err(Flaw::Broken("a message's topic is empty, or has a NUL or a wildcard"));
    }
    let mut id = None;
    if first & QOS == QOS_1 {
        let (&[high, low], after) = body.split_first_chunk().ok_or(SHORT)?;
        (id, body) = (Some(identifier(high, low)?), after);
    }
    Ok(Publish { topic, id, again: first & DUP != 0, body })
}
