// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/namespace/NS/activity/`: which devices were heard of in the last 24 hours.
//!
//! Choices where the API is silent: the devices that were heard of last come first, at most
//! `MOST` of either kind; registered ones are answered as in a list of depth 1.

use axum::extract::{Path, State};
use byteport_core::model::Timestamp;
use byteport_core::model::name::NameKind;
use serde::Serialize;

use super::object;
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::to_text;
use crate::namespace;
use crate::parts;
use crate::scalar::time_or_none;
use crate::session::call::Call;
use crate::store::Connection;
use crate::values;

/// The most devices of either kind in one answer.
const MOST: usize = 10_000;
const DAY: i64 = 24 * 3600 * 1_000_000;

#[derive(Serialize)]
struct Activity {
    registered_devices: Vec<object::Shown>,
    unregistered_devices: Vec<Stranger>,
}

/// A device that stored and is not registered.
#[derive(Serialize)]
struct Stranger {
    namespace: String,
    uid: String,
    last_contact: String,
}

/// Answers the devices that were heard of.
pub async fn tell(call: Call, State(app): State<Shared>, Path(name): Path<String>) -> Answer {
    call.query.allow_only(&[])?;
    namespace::check_name(NameKind::Namespace, &name)?;
    let user = call.user.id;
    let since = Timestamp::now().as_micros() - DAY;
    let read = move |connection: &_| {
        let namespace = namespace::visible(connection, user, &name)?;
        to_text(&Activity {
            registered_devices: registered(connection, namespace, since)?,
            unregistered_devices: unregistered(connection, namespace, (&name, since))?,
        })
    };
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

/// The rows that are asked for, and in which order.
fn condition(is_registered: bool) -> String {
    let registered = i32::from(is_registered);
    format!(
        "WHERE device.namespace_id = ?1 AND device.registered = {registered}
             AND device.last_contact >= ?2 ORDER BY device.last_contact DESC, device.uid LIMIT {MOST}"
    )
}

fn registered(connection: &Connection, namespace: i64, since: i64) -> Result<Vec<object::Shown>, Failure> {
    object::select(connection, &condition(true), values![namespace, since])
}

fn unregistered(
    connection: &Connection,
    namespace: i64,
    (name, since): (&str, i64),
) -> Result<Vec<Stranger>, Failure> {
    let sql = format!("SELECT uid, last_contact FROM device {}", condition(false));
    Ok(connection.query_all(&sql, values![namespace, since], |row| {
        let last_contact = time_or_none(row.get("last_contact")?);
        Ok(Stranger { namespace: name.to_owned(), uid: row.get("uid")?, last_contact })
    })?)
}
