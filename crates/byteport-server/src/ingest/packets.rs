// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Storing many readings of many devices in one call.
//!
//! Invariants: all packets of a call are stored in one transaction, or none of them; every
//! packet's namespace must have the key that was given. The list is not even read unless some
//! namespace has that key, because a list takes many times its length of memory. A packet without a timestamp is stamped
//! with the time of receipt.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use byteport_core::model::Timestamp;
use byteport_core::model::packet::{self, Packet};

use rusqlite::Connection;

use super::STORED;
use super::reading::{Reading, has_date};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::plain;
use crate::secret;

/// A longer list, in bytes, is not searched once more for the index of its bad packet.
const LONGEST_SEARCH: usize = 1024 * 1024;

/// `POST /api/legacy/packets/timeseries/`.
pub async fn store(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let posted = app.bodies.form(&headers, body).await?;
    let received = Timestamp::now();
    let key = posted.form.single("legacy_key")?.unwrap_or_default().to_owned();
    let given = key.clone();
    app.store.read(move |connection| check_known(connection, &given)).await?;
    let text = posted.form.single("packets")?.ok_or_else(|| Failure::bad("packets is missing"))?;
    let packets = parse(text)?;
    let dated = |packet: &Packet| packet.timestamp.is_none_or(has_date);
    if let Some(index) = packets.iter().position(|packet| !dated(packet)) {
        return Err(Failure::bad(format!("packet {index}: the timestamp is not within the years 1 to 9999")));
    }
    let share = posted.share;
    let work = move |connection: &_| {
        let _until_written = share;
        for (index, packet) in packets.into_iter().enumerate() {
            let stored = reading(packet, received).store_with_legacy_key(connection, &key);
            stored.map_err(|failure| at(index, &failure))?;
        }
        Ok(())
    };
    app.store.write(work).await?;
    plain(&STORED)
}

/// Whether any namespace has this key.
fn check_known(connection: &Connection, key: &str) -> Result<(), Failure> {
    let sql = "SELECT legacy_key FROM namespace WHERE legacy_key IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut is_known = false;
    while let Some(row) = rows.next()? {
        is_known |= secret::matches(key, Some(row.get_ref(0)?.as_str().unwrap_or_default()));
    }
    if is_known { Ok(()) } else { Err(Failure::forbidden("legacy_key is not valid")) }
}

fn reading(packet: Packet, received: Timestamp) -> Reading {
    let time = packet.timestamp.unwrap_or(received);
    Reading { namespace: packet.namespace, uid: packet.uid, time, received, fields: packet.fields }
}

fn at(index: usize, failure: &Failure) -> Failure {
    Failure::new(failure.status(), format!("packet {index}: {}", failure.reason()))
}

/// Reads the list; an error names the packet by its index, counted from 0.
fn parse(text: &str) -> Result<Vec<Packet>, Failure> {
    packet::parse_list(text).map_err(|error| {
        let reason = error.to_string();
        if reason.starts_with("packet ") {
            return Failure::bad(reason);
        }
        match first_bad(text) {
            Some(index) => Failure::bad(format!("packet {index}: {reason}")),
            None => Failure::bad(reason),
        }
    })
}

/// The index of the first item that is not a packet, where the text is a list at all and not long.
fn first_bad(text: &str) -> Option<usize> {
    if text.len() > LONGEST_SEARCH {
        return None;
    }
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    items.iter().position(|item| packet::parse_list(&format!("[{item}]")).is_err())
}
