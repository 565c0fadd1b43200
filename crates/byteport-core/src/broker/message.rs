// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to devices: what came from the broker, taken apart.
//!
//! Invariant: whatever the body is, it gives at least one message, so that nothing is lost in reading it; the broker is told of
//! the whole delivery, never of a part of it.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;

use super::BrokerOptions;
use super::session::Incoming;
use crate::error::Result;
use crate::model::{Timestamp, packet};

/// One message to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The namespace that its packet names.
    pub namespace: Option<String>,
    /// The device that its packet names: the listening one, or a child device behind it. `None` for a body that is no packet.
    pub uid: Option<String>,
    /// When it was sent, by its packet.
    pub timestamp: Option<Timestamp>,
    /// How long ago that was when it arrived, by this machine's clock, in microseconds; negative for a time in the future.
    pub age: Option<i64>,
    /// The packet's `data`, or the whole body.
    pub body: Vec<u8>,
}

impl Message {
    /// The body as text; `None` where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// The names and values of a body that is a packet's `data`, `name=value;` repeated.
    ///
    /// # Errors
    /// [`InvalidPacket`](crate::ErrorCode::InvalidPacket) and [`InvalidName`](crate::ErrorCode::InvalidName) for another body.
    pub fn fields(&self) -> Result<Vec<(String, String)>> {
        packet::parse_data(&String::from_utf8_lossy(&self.body))
    }

    fn plain(body: Vec<u8>) -> Message {
        Message { namespace: None, uid: None, timestamp: None, age: None, body }
    }
}

/// What came from the broker at once: one message, or a list of them. The broker is told what became of it by
/// [`Broker::settle`](super::Broker::settle).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub(super) incoming: Incoming,
    messages: Vec<Message>,
}

impl Delivery {
    /// Takes a body apart: a JSON list of packets, one packet, or anything else.
    pub(super) fn read(incoming: Incoming, now: Timestamp) -> Delivery {
        let messages = packets(&incoming.body, now);
        let messages = messages.unwrap_or_else(|| vec![Message::plain(incoming.body.clone())]);
        Delivery { incoming, messages }
    }

    /// The messages, in the order of the list. Of those that the options hold to be too old or too far in the future there are none.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The MQTT topic or STOMP destination. RabbitMQ gives an MQTT topic with `/` for each `.`.
    pub fn destination(&self) -> &str {
        &self.incoming.destination
    }

    /// The headers of the STOMP frame, in order; none for MQTT.
    pub fn headers(&self) -> &[(String, String)] {
        &self.incoming.headers
    }

    /// The whole body as it came.
    pub fn body(&self) -> &[u8] {
        &self.incoming.body
    }

    /// Whether the broker says that it delivered this before.
    pub fn redelivered(&self) -> bool {
        self.incoming.redelivered
    }

    /// What it takes in memory, about.
    pub(super) fn weight(&self) -> usize {
        let Incoming { destination, headers, body, .. } = &self.incoming;
        let headers: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 64).sum();
        let messages = self.messages.len() * (size_of::<Message>() + 64);
        2 * body.len() + destination.len() + headers + messages + 256
    }

    /// Leaves out what is older or further in the future than the options allow; says how many of each.
    pub(super) fn sift(&mut self, options: &BrokerOptions) -> (u64, u64) {
        let beyond = |age: i64, limit: Duration| u128::try_from(age).is_ok_and(|age| age > limit.as_micros());
        let (mut stale, mut ahead) = (0, 0);
        self.messages.retain(|message| {
            let age = message.age.unwrap_or(0);
            let is_stale = beyond(age, options.max_age);
            let is_ahead = beyond(age.saturating_neg(), options.max_ahead);
            stale += u64::from(is_stale);
            ahead += u64::from(is_ahead);
            !is_stale && !is_ahead
        });
        (stale, ahead)
    }
}

/// A packet to a device: its `data` is any text.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    data: Cow<'a, str>,
    #[serde(default)]
    namespace: Option<String>,
    uid: String,
    #[serde(default)]
    timestamp: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body<'a> {
    #[serde(borrow)]
    List(Vec<Wire<'a>>),
    One(Wire<'a>),
}

/// The messages of a body that is packets; `None` for any other, and for an empty list.
fn packets(body: &[u8], now: Timestamp) -> Option<Vec<Message>> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if !matches!(first, b'[' | b'{') {
        return None;
    }
    let packets = match serde_json::from_slice(body).ok()? {
        Body::List(packets) => packets,
        Body::One(packet) => vec![packet],
    };
    let messages: Vec<Message> = packets.into_iter().map(|packet| message(packet, now)).collect();
    (!messages.is_empty()).then_some(messages)
}

fn message(packet: Wire<'_>, now: Timestamp) -> Message {
    let timestamp = packet.timestamp.and_then(|value| match value {
        serde_json::Value::String(text) => Timestamp::parse(&text).ok(),
        serde_json::Value::Number(number) => Timestamp::parse(&number.to_string()).ok(),
        _ => None,
    });
    let age = timestamp.map(|timestamp| now.as_micros().saturating_sub(timestamp.as_micros()));
    let Wire { data, namespace, uid, .. } = packet;
    Message { namespace, uid: Some(uid), timestamp, age, body: data.into_owned().into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::super::session::{Handle, HandleId};
    use super::*;
    use crate::broker::Protocol;

    fn delivery(body: &[u8]) -> Delivery {
        let handle = Handle { era: 1, id: HandleId::None };
        let destination = "ns1/d-1".to_owned();
        let incoming =
            Incoming { handle, destination, headers: vec![], body: body.into(), redelivered: false };
        Delivery::read(incoming, Timestamp::from_micros(100_000_000))
    }

    #[test]
    fn a_list_is_taken_apart_with_the_age_of_each() {
        let list = br#" [{"data":"on","namespace":"ns1","uid":"d-1","timestamp":"90"},
            {"data":"say \"hi\"","uid":"child-2","timestamp":101.5},{"data":"","uid":"d-1"}]"#;
        let read = delivery(list);
        let [on, hi, empty] = read.messages() else { panic!("{read:?}") };
        assert_eq!((on.uid.as_deref(), on.text(), on.age), (Some("d-1"), Some("on"), Some(10_000_000)));
        assert_eq!((hi.uid.as_deref(), hi.age), (Some("child-2"), Some(-1_500_000)));
        assert_eq!((hi.text(), empty.text(), empty.age), (Some(r#"say "hi""#), Some(""), None));
        assert_eq!(delivery(br#"{"data":"a=1;","uid":"d"}"#).messages()[0].fields().unwrap()[0].1, "1");
    }

    #[test]
    fn anything_else_is_one_message() {
        for body in
            [&b"on"[..], b"", b"[]", b"[1]", b"{}", b"[{\"uid\":\"d\"}]", b"[{", b"\xff\0", b"{\"a\":1} x"]
        {
            let read = delivery(body);
            assert_eq!(read.messages(), [Message::plain(body.to_vec())], "{body:?}");
        }
        assert_eq!(delivery(b"\xff").messages()[0].text(), None);
    }

    #[test]
    fn old_and_future_ones_are_left_out_by_the_limits() {
        let list = br#"[{"data":"a","uid":"d","timestamp":89.9},{"data":"b","uid":"d","timestamp":90},
            {"data":"c","uid":"d","timestamp":105},{"data":"e","uid":"d","timestamp":105.1},{"data":"f","uid":"d"}]"#;
        let options = BrokerOptions::new(Protocol::Mqtt);
        let mut all = delivery(list);
        assert_eq!((all.sift(&options), all.messages().len()), ((0, 0), 5));
        let options = options.max_age(Duration::from_secs(10)).max_ahead(Duration::from_secs(5));
        assert_eq!(all.sift(&options), (1, 1));
        let left: Vec<_> = all.messages().iter().filter_map(Message::text).collect();
        assert_eq!(left, ["b", "c", "f"]);
    }

    #[test]
    fn all_that_it_takes_in_memory_weighs() {
        let list = format!("[{}]", vec![r#"{"data":"","uid":"d"}"#; 1000].join(","));
        let read = delivery(list.as_bytes());
        assert_eq!(read.messages().len(), 1000);
        assert!(read.weight() > 1000 * size_of::<Message>());
        let mut incoming = delivery(b"x").incoming;
        incoming.destination = "d".repeat(60_000);
        incoming.headers = vec![("n".repeat(100), "v".repeat(900)); 60];
        assert!(Delivery::read(incoming, Timestamp::now()).weight() > 120_000);
    }
}
