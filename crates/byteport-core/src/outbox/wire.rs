// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Readings as calls of the API: those of one device and time together, or lists of packets.
//!
//! Invariants: the same readings make the same bytes, so that storing them twice is storing them once; no call has a field
//! twice.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::line::Line;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Call, Client, Form};
use crate::model::{Timestamp, packet};

/// The longest form of several readings, in bytes.
const LONGEST_FORM: usize = 64 << 10;

/// About so long is a list of packets, in bytes as they are sent.
const LONGEST_LIST: usize = 128 << 10;

/// What a packet takes beside its address and fields: its other keys and the time, escaped.
const PACKET: usize = 130;

/// The same of a packet as a broker gets it, at the most, with the comma before it.
const PLAIN_PACKET: usize = 71;

/// One reading that is ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its number.
    pub sequence: u64,
    /// `NAMESPACE.DEVICE`.
    pub address: String,
    /// When it was taken, by the clock once that was set.
    pub timestamp: Timestamp,
    /// The encoded fields.
    pub form: String,
}

impl Entry {
    /// The reading of a line, at the time that the line has or that was worked out for it.
    pub(super) fn new(sequence: u64, line: &Line<'_>, timestamp: Timestamp) -> Entry {
        Entry { sequence, address: line.address.to_owned(), timestamp, form: line.form.to_owned() }
    }
}

/// Says which readings go in one call, as they are gathered.
#[derive(Debug)]
pub(super) struct Parcel {
    /// What the call holds so far, in bytes.
    length: usize,
    /// What it may hold.
    room: usize,
    /// Whether no list with several readings may be longer than that, in JSON; else it is about so long.
    is_strict: bool,
    readings: usize,
    /// Of a call for one device: that one, the time, and a hash of each field's name.
    one: Option<(String, Timestamp)>,
    names: HashSet<u64>,
    hasher: RandomState,
}

impl Parcel {
    /// For [`store_call`]: readings of one device and time that have no field in common. The first fits in any case.
    pub(super) fn stored(client: &Client, key: &str, line: &Line<'_>, timestamp: Timestamp) -> Parcel {
        let head = head(key, timestamp).into_string().len();
        let room = client.longest_form(&path(client, line.address)).unwrap_or(LONGEST_FORM);
        let one = Some((line.address.to_owned(), timestamp));
        let mut parcel = Parcel { one, room, ..Parcel::packets() };
        parcel.length = head;
        parcel.add(line, timestamp);
        parcel
    }

    /// For [`packets_call`]: readings of any devices, as many as make a list of a sensible length. The first fits in any case.
    pub(super) fn packets() -> Parcel {
        Parcel {
            length: 0,
            room: LONGEST_LIST,
            is_strict: false,
            readings: 0,
            one: None,
            names: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    /// For a [`list`] of at most this many bytes. The first fits in any case.
    pub(super) fn published(max_list: usize) -> Parcel {
        Parcel { length: "[]".len(), room: max_list, is_strict: true, ..Parcel::packets() }
    }

    /// Whether one more reading goes in the same call; if so, it is counted.
    pub(super) fn add(&mut self, line: &Line<'_>, timestamp: Timestamp) -> bool {
        let length = self.length.saturating_add(self.length_of(line));
        let fits = self.readings == 0 || length <= self.room;
        if !fits || !self.is_of(line.address, timestamp) {
            return false;
        }
        if self.one.is_some() && !self.add_names(line.form) {
            return false;
        }
        self.length = length;
        self.readings += 1;
        true
    }

    fn length_of(&self, line: &Line<'_>) -> usize {
        match self.one {
            Some(_) => 1 + line.form.len(),
            None if self.is_strict => PLAIN_PACKET + line.address.len() + most_of_data(line.form),
            // The escapes of a list are not those of a form; where they matter, this is about it.
            None => PACKET + line.address.len() + line.form.len() + line.form.len() / 2,
        }
    }

    fn is_of(&self, address: &str, timestamp: Timestamp) -> bool {
        self.one.as_ref().is_none_or(|(this, time)| *time == timestamp && this == address)
    }

    /// Adds the names of a form, unless one of them is there. Two names with one hash only make two calls of one.
    fn add_names(&mut self, form: &str) -> bool {
        let hash = |pair: &str| self.hasher.hash_one(pair.split('=').next().unwrap_or_default());
        let names: Vec<u64> = form.split('&').filter(|pair| !pair.is_empty()).map(hash).collect();
        let new = !names.iter().any(|name| self.names.contains(name));
        if new {
            self.names.extend(names);
        }
        new
    }
}

/// The most bytes that a form can be as the `data` of a packet, escaped in JSON: what is escaped in the form takes three bytes
/// there and six here at the most, the quotes of a value take four, and a `;` follows the last one, too.
fn most_of_data(form: &str) -> usize {
    let growth = |byte: u8| match byte {
        b'%' => 3,
        b'&' => 4,
        _ => 0,
    };
    form.len() + 5 + form.bytes().map(growth).sum::<usize>()
}

fn head(key: &str, timestamp: Timestamp) -> Form {
    let mut form = Form::new();
    form.add("_key", key).add("_ts", &timestamp.to_string());
    form
}

fn path(client: &Client, address: &str) -> String {
    let (namespace, device) = address.split_once('.').unwrap_or((address, ""));
    client.device_path(namespace, device)
}

/// The call that stores readings of one device and time, by the client's method.
///
/// # Errors
/// [`ErrorCode::TooLong`] for a reading that does not fit the URL of a GET.
pub(super) fn store_call(client: &Client, key: &str, entries: &[impl Borrow<Entry>]) -> Result<Call> {
    let first: &Entry = entries.first().ok_or_else(nothing)?.borrow();
    let mut form = head(key, first.timestamp).into_string();
    for entry in entries.iter().map(Borrow::borrow).filter(|entry: &&Entry| !entry.form.is_empty()) {
        form.push('&');
        form.push_str(&entry.form);
    }
    client.form_call(path(client, &first.address), form, true)
}

/// A reading as a packet.
fn packet_of(entry: &Entry) -> packet::Outgoing<'_> {
    let (namespace, uid) = entry.address.split_once('.').unwrap_or((&entry.address, ""));
    let fields = Form::parse(entry.form.as_bytes());
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    packet::Outgoing::new(namespace, uid, Some(entry.timestamp), packet::format_data(fields))
}

/// The call that stores readings of any devices as a list of packets.
///
/// # Errors
/// None that depends on the readings.
pub(super) fn packets_call(
    client: &Client,
    legacy_key: &str,
    entries: &[impl Borrow<Entry>],
) -> Result<Call> {
    Ok(client.list_call(&list(entries)?, legacy_key))
}

/// Readings of any devices as a list of packets, in JSON.
///
/// # Errors
/// None that depends on the readings.
pub(super) fn list(entries: &[impl Borrow<Entry>]) -> Result<String> {
    if entries.is_empty() {
        return Err(nothing());
    }
    let packets: Vec<packet::Outgoing<'_>> = entries.iter().map(|entry| packet_of(entry.borrow())).collect();
    packet::to_json(&packets)
}

fn nothing() -> Error {
    Error::new(ErrorCode::Internal, "a call without readings")
}

#[cfg(test)]
mod tests;
