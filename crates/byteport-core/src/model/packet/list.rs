// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Lists of packets as JSON text, read one packet at a time.
//!
//! Invariants: of a list that is longer than asked for, no more is read than it takes to see that; an error tells the
//! packet by its index and repeats no value.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::error::Category;

use super::{Packet, data_up_to, malformed};
use crate::error::{Error, Result};
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// A packet as it stands in the JSON text.
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    namespace: String,
    uid: String,
    #[serde(default)]
    timestamp: Option<Stamp>,
    #[serde(borrow, default)]
    data: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stamp {
    Text(String),
    Secs(i64),
    Float(f64),
}

impl Stamp {
    fn read(self) -> Result<Timestamp> {
        let time = match self {
            Self::Text(text) => Timestamp::parse(&text),
            Self::Secs(secs) => Timestamp::from_secs(secs),
            Self::Float(secs) => Timestamp::from_secs_f64(secs),
        };
        time.map_err(|_| malformed("the timestamp is not UNIX seconds, such as 1430438400.012345"))
    }
}

impl Wire<'_> {
    /// The packet, if all is right; `None` where it has more fields than `most`.
    pub(super) fn check(self, most: usize) -> Result<Option<Packet>> {
        name::check(NameKind::Namespace, &self.namespace)?;
        name::check(NameKind::Device, &self.uid)?;
        let timestamp = self.timestamp.map(Stamp::read).transpose()?;
        let fields = data_up_to(&self.data, most)?;
        Ok(fields.map(|fields| Packet { namespace: self.namespace, uid: self.uid, timestamp, fields }))
    }
}

/// How far a list was read.
struct Progress {
    packets: Vec<Packet>,
    /// Packets and fields that may still come.
    left: usize,
    is_list: bool,
    stopped: Option<Stopped>,
}

/// Why a list is not read to its end, where its JSON is not the reason.
enum Stopped {
    BadPacket(Error),
    TooMany,
}

impl Progress {
    fn take(&mut self, wire: Wire<'_>) -> std::result::Result<(), Stopped> {
        let most = self.left.checked_sub(1).ok_or(Stopped::TooMany)?;
        let packet = wire.check(most).map_err(Stopped::BadPacket)?.ok_or(Stopped::TooMany)?;
        self.left = most - packet.fields.len();
        self.packets.push(packet);
        Ok(())
    }

    /// The error for JSON that is malformed or of another shape: category, place and index, nothing of the text.
    fn misshaped(&self, error: &serde_json::Error) -> Error {
        let what = match error.classify() {
            Category::Eof => "the JSON ends early",
            Category::Data if self.is_list => "not an object {uid, namespace, timestamp, data}",
            Category::Data => "not a JSON list of {uid, namespace, timestamp, data}",
            Category::Syntax | Category::Io => "not JSON",
        };
        let place = format!("line {} column {}", error.line(), error.column());
        match self.is_list {
            true => malformed(format!("packet {}: {what} ({place})", self.packets.len())),
            false => malformed(format!("packets: {what} ({place})")),
        }
    }
}

impl<'de> Visitor<'de> for &mut Progress {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of packets")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        self.is_list = true;
        while let Some(wire) = items.next_element()? {
            if let Err(stopped) = self.take(wire) {
                self.stopped = Some(stopped);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// Reads a JSON list of packets.
///
/// # Errors
/// [`InvalidPacket`](crate::error::ErrorCode::InvalidPacket) with the index of the first bad packet, counted from 0, and
/// the reason. No value is repeated in it.
pub fn parse_list(json: &str) -> Result<Vec<Packet>> {
    Ok(parse_list_up_to(json, usize::MAX)?.unwrap_or_default())
}

/// Reads a JSON list of packets; `None` where it has more than `most` packets and fields together, which is found out
/// without reading on.
///
/// # Errors
/// As [`parse_list`].
pub fn parse_list_up_to(json: &str, most: usize) -> Result<Option<Vec<Packet>>> {
    let mut progress = Progress { packets: Vec::new(), left: most, is_list: false, stopped: None };
    let mut json = serde_json::Deserializer::from_str(json);
    let read = json.deserialize_seq(&mut progress);
    match (progress.stopped.take(), read) {
        (Some(Stopped::TooMany), _) => return Ok(None),
        (Some(Stopped::BadPacket(error)), _) => {
            return Err(malformed(format!("packet {}: {error}", progress.packets.len())));
        }
        (None, Err(error)) => return Err(progress.misshaped(&error)),
        (None, Ok(())) => {}
    }
    match json.end() {
        Ok(()) => Ok(Some(progress.packets)),
        Err(_) => Err(malformed("packets: there is text after the list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn lists_are_read_and_the_bad_packet_is_named() {
        let good = r#"[{"uid":"d","namespace":"n","timestamp":"1410613385.5","data":"f1=10;"},{"uid":"d","namespace":"n","timestamp":2,"data":""}]"#;
        let packets = parse_list(good).unwrap();
        assert_eq!(packets[0].timestamp.unwrap().as_micros(), 1_410_613_385_500_000);
        assert_eq!(packets[0].fields, [("f1".to_owned(), "10".to_owned())]);
        assert_eq!(packets[1].timestamp.unwrap().as_micros(), 2_000_000);
        let bad = r#"[{"uid":"d","namespace":"n","data":"a=1"},{"uid":"d","namespace":"n","data":"a"}]"#;
        assert!(parse_list(bad).unwrap_err().to_string().starts_with("packet 1: "));
        assert_eq!(parse_list("{}").unwrap_err().code(), ErrorCode::InvalidPacket);
    }

    #[test]
    fn a_list_is_limited_in_packets_and_fields_together() {
        let list = r#"[{"uid":"d","namespace":"n","data":"a=1;b=2"},{"uid":"d","namespace":"n"}]"#;
        assert_eq!(parse_list_up_to(list, 4).unwrap().unwrap().len(), 2);
        for most in 0..4 {
            assert_eq!(parse_list_up_to(list, most).unwrap(), None, "{most}");
        }
        // What follows is not read.
        assert_eq!(parse_list_up_to(&format!("{}!", &list[..list.len() - 1]), 3).unwrap(), None);
    }

    #[test]
    fn an_error_tells_index_and_place_and_no_value() {
        let good = r#"{"uid":"d","namespace":"n","data":"a=1"}"#;
        let bad = [
            r#""5ecret""#,
            r#"{"uid":"d","namespace":"n","data":5432}"#,
            r#"{"uid":"d","namespace":"n","timestamp":["5ecret"]}"#,
            r#"{"uid":"d","namespace":"n","timestamp":"5ecret"}"#,
            r#"{"uid":"d"}"#,
            r#"{"uid":"d","uid":"5ecret","namespace":"n"}"#,
            "{",
            "x",
        ];
        for item in bad {
            let error = parse_list(&format!("[{good},{item}]")).unwrap_err().to_string();
            assert!(error.starts_with("packet 1: "), "{item}: {error}");
            for text in ["5ecret", "5432", "Stamp", "Wire"] {
                assert!(!error.contains(text), "{item}: {error}");
            }
        }
        for text in ["\"5ecret\"", "", "{}", "7", "[] x"] {
            let error = parse_list(text).unwrap_err().to_string();
            assert!(error.starts_with("packets: ") && !error.contains("5ecret"), "{text}: {error}");
        }
    }
}
