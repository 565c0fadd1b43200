// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Storing many readings of many devices in one call.
//!
//! Invariants: all packets of a call are stored in one transaction, or none of them; every
//! packet's namespace must have the key that was given. The list is not even read unless some
//! namespace has that key. A list has at most `MOST` packets and fields together: that bounds how
//! long the one thread that writes is busy with it, and how many times its length of memory it
//! takes. A packet without a timestamp is stamped with the time of receipt.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use byteport_core::model::Timestamp;
use byteport_core::model::packet::{self, Packet};

use super::STORED;
use super::reading::{Admitted, Reading};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::app::body;
use crate::form::Form;
use crate::jsonp::plain;
use crate::namespace::WriteRules;
use crate::secret;
use crate::store::Connection;
use crate::values;

/// The most packets and fields, together, in one call.
pub const MOST: usize = 65_536;

/// Why a packet's time is not taken.
pub const UNDATED: &str = "the timestamp is not within the years 1 to 9999";

/// `POST /api/legacy/packets/timeseries/`.
pub async fn store(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let posted = app.bodies.form(&headers, body).await?;
    let received = Timestamp::now();
    let key = posted.form.single("legacy_key")?.unwrap_or_default().to_owned();
    let given = key.clone();
    app.store.look_up(move |connection| check_known(connection, &given)).await?;
    let length = posted.form.single("packets")?.map_or(0, str::len);
    let parse = move || (parse(&posted.form), posted.share);
    let (packets, share) = body::parsed(length, parse).await?;
    let readings: Vec<_> = packets?.into_iter().map(|packet| Arc::new(reading(packet, received))).collect();
    let admit = move |connection: &_| {
        let _until_written = &share;
        admitted(connection, &key, &readings)
    };
    app.store.add(admit).await?;
    plain(&STORED)
}

/// Whether any namespace has this key.
fn check_known(connection: &Connection, key: &str) -> Result<(), Failure> {
    let sql = "SELECT legacy_key FROM namespace WHERE legacy_key IS NOT NULL";
    let matches =
        connection.query_all(sql, values![], |row| Ok(secret::matches(key, Some(&row.text(0)?))))?;
    if matches.contains(&true) { Ok(()) } else { Err(Failure::forbidden("legacy_key is not valid")) }
}

/// Rules of namespaces, by name; `None` where there is no such namespace.
pub type Rules<'a> = HashMap<&'a str, Option<WriteRules>>;

/// The rules of a namespace, which are looked up once.
pub fn known<'r, 'a>(
    rules: &'r mut Rules<'a>,
    connection: &Connection,
    name: &'a str,
) -> Result<Option<&'r WriteRules>, Failure> {
    let found = match rules.entry(name) {
        Entry::Occupied(found) => found.into_mut(),
        Entry::Vacant(place) => place.insert(WriteRules::find(connection, name)?),
    };
    Ok(found.as_ref())
}

/// Admits all of the readings or none.
fn admitted(connection: &Connection, key: &str, readings: &[Arc<Reading>]) -> Result<Vec<Admitted>, Failure> {
    let mut rules = Rules::new();
    let mut all = Vec::with_capacity(readings.len());
    for (index, reading) in readings.iter().enumerate() {
        let name = reading.namespace.as_str();
        let rules = known(&mut rules, connection, name)?;
        let admitted = reading.with_legacy_key(connection, key, rules);
        all.push(admitted.map_err(|failure| at(index, &failure))?);
    }
    Ok(all)
}

/// A packet's reading.
pub fn reading(packet: Packet, received: Timestamp) -> Reading {
    let time = packet.timestamp.unwrap_or(received);
    Reading { namespace: packet.namespace, uid: packet.uid, time, received, fields: packet.fields }
}

/// Whether a packet's time is one that the database takes.
pub fn is_dated(packet: &Packet) -> bool {
    packet.timestamp.is_none_or(Timestamp::has_date)
}

fn at(index: usize, failure: &Failure) -> Failure {
    Failure::new(failure.status(), format!("packet {index}: {}", failure.reason()))
}

/// Reads the list; an error names the packet by its index, counted from 0.
fn parse(form: &Form) -> Result<Vec<Packet>, Failure> {
    let text = form.single("packets")?.ok_or_else(|| Failure::bad("packets is missing"))?;
    let packets = packet::parse_list_up_to(text, MOST).map_err(|error| Failure::bad(error.to_string()))?;
    let packets = packets.ok_or_else(|| {
        let reason = format!("more than {MOST} packets and fields together; send them in several calls");
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, reason)
    })?;
    match packets.iter().position(|packet| !is_dated(packet)) {
        None => Ok(packets),
        Some(index) => Err(Failure::bad(format!("packet {index}: {UNDATED}"))),
    }
}
