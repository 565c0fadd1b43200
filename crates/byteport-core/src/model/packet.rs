// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Packets: readings of any device as the bulk endpoint and the brokers take them (HTTP API v1, sections 3 and 6), and
//! their `data` strings, `name=value;` repeated.

mod items;
mod list;

use serde::Serialize;

use super::Timestamp;
use super::name::{self, NameKind};
use crate::error::{Error, ErrorCode, Result};

pub use items::{Item, Items, items};
pub use list::{parse_list, parse_list_up_to};

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

/// A packet as it goes out.
#[derive(Debug, Serialize)]
pub(crate) struct Outgoing<'a> {
    uid: &'a str,
    namespace: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    data: String,
}

impl<'a> Outgoing<'a> {
    /// Of a `data` string.
    pub(crate) fn new(
        namespace: &'a str,
        uid: &'a str,
        timestamp: Option<Timestamp>,
        data: String,
    ) -> Outgoing<'a> {
        Outgoing { uid, namespace, timestamp: timestamp.map(|timestamp| timestamp.to_string()), data }
    }
}

/// A packet, or a list of them, as JSON text.
pub(crate) fn to_json<T: Serialize + ?Sized>(packets: &T) -> Result<String> {
    serde_json::to_string(packets)
        .map_err(|error| Error::new(ErrorCode::Internal, "packets that are no JSON").because(error))
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
    Ok(data_up_to(data, usize::MAX)?.unwrap_or_default())
}

/// Reads a `data` string; `None` where it has more fields than `most`.
fn data_up_to(data: &str, most: usize) -> Result<Option<Vec<(String, String)>>> {
    let mut fields = Vec::new();
    let mut rest = if data == ";" { "" } else { data };
    while !rest.is_empty() {
        if fields.len() >= most {
            return Ok(None);
        }
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
    Ok(Some(fields))
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
