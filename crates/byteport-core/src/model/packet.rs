// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Packets: readings of any device as the bulk endpoint and the brokers take them (HTTP API v1, sections 3 and 6), and
//! their `data` strings, `name=value;` repeated.

use serde::Deserialize;

use super::Timestamp;
use super::name::{self, NameKind};
use crate::error::{Error, ErrorCode, Result};

/// The fields that one device measured at one time, as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// The device's namespace.
    pub namespace: String,
    /// The device's UID.
    pub uid: String,
    /// When the fields were measured; `None` where the packet does not say.
    pub timestamp: Option<Timestamp>,
    /// Names and values, in order.
    pub fields: Vec<(String, String)>,
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidPacket, message)
}

fn needs_quotes(value: &str) -> bool {
    value.is_empty()
        || value.chars().any(|c| matches!(c, ';' | '=' | '"' | '\\') || c.is_whitespace() || c.is_control())
}

/// Writes a `data` string.
///
/// ```
/// use byteport_core::model::packet::format_data;
/// assert_eq!(format_data([("f1", "10"), ("word", "i love you")]), "f1=10;word=\"i love you\";");
/// ```
pub fn format_data<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut data = String::new();
    for (name, value) in fields {
        data.push_str(name);
        data.push('=');
        if needs_quotes(value) {
            data.push('"');
            for c in value.chars() {
                if matches!(c, '"' | '\\') {
                    data.push('\\');
                }
                data.push(c);
            }
            data.push('"');
        } else {
            data.push_str(value);
        }
        data.push(';');
    }
    data
}

/// Reads a `data` string into names and values, in order. Names are checked as field names.
///
/// # Errors
/// [`ErrorCode::InvalidPacket`] where it is malformed, [`ErrorCode::InvalidName`] for a bad name.
pub fn parse_data(data: &str) -> Result<Vec<(String, String)>> {
    let mut fields = Vec::new();
    let mut rest = if data == ";" { "" } else { data };
    while !rest.is_empty() {
        let (name, after) = rest
            .split_once('=')
            .ok_or_else(|| malformed("packet data: a field has no =; write name=value;"))?;
        name::check(NameKind::Field, name)?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquote(name, quoted)?,
            None => bare(after),
        };
        fields.push((name.to_owned(), value));
        rest = match after.strip_prefix(';') {
            Some(next) => next,
            None if after.is_empty() => after,
            None => return Err(malformed(format!("packet data: text after the quoted value of {name:?}"))),
        };
    }
    Ok(fields)
}

fn bare(text: &str) -> (String, &str) {
    let (value, after) = text.split_at(text.find(';').unwrap_or(text.len()));
    (value.to_owned(), after)
}

fn unquote<'a>(name: &str, text: &'a str) -> Result<(String, &'a str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    Err(malformed(format!("packet data: the quoted value of {name:?} does not end")))
}

#[derive(Deserialize)]
struct Wire {
    namespace: String,
    uid: String,
    #[serde(default)]
    timestamp: Option<Stamp>,
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stamp {
    Text(String),
    Secs(i64),
    Float(f64),
}

impl Wire {
    fn check(self) -> Result<Packet> {
        name::check(NameKind::Namespace, &self.namespace)?;
        name::check(NameKind::Device, &self.uid)?;
        let timestamp = match self.timestamp {
            None => None,
            Some(Stamp::Text(text)) => Some(Timestamp::parse(&text)?),
            Some(Stamp::Secs(secs)) => Some(Timestamp::from_secs(secs)?),
            Some(Stamp::Float(secs)) => Some(Timestamp::from_secs_f64(secs)?),
        };
        Ok(Packet { namespace: self.namespace, uid: self.uid, timestamp, fields: parse_data(&self.data)? })
    }
}

/// Reads a JSON list of packets.
///
/// # Errors
/// [`ErrorCode::InvalidPacket`] with the index of the first bad packet and the reason.
pub fn parse_list(json: &str) -> Result<Vec<Packet>> {
    let packets: Vec<Wire> = serde_json::from_str(json).map_err(|error| {
        malformed("packets: not a JSON list of {uid, namespace, timestamp, data}").because(error)
    })?;
    packets
        .into_iter()
        .enumerate()
        .map(|(i, packet)| packet.check().map_err(|error| malformed(format!("packet {i}: {error}"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
