// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Kinds of devices, with their programs and what their fields mean.
//!
//! Choices where the API is silent: `depth` is 1 if it is not given; 0 lists `id` and `name` only,
//! and 2 adds `field_definitions` and `firmwares` to each type. A `key` is an id; one that nothing has
//! gives an empty list, but a type that is not there in a path is 404. Lists are in order of id,
//! so the firmware that came last is last.

pub mod definition;
pub mod firmware;
pub mod list;
pub mod object;

use byteport_core::model::name::NameKind;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::{Form, shown};
use crate::jsonp::to_text;
use crate::namespace;
use crate::parts;
use crate::session::call::Call;
use crate::store::Connection;
use crate::values;

/// A number in a path or in `key`: digits only, as the API writes them.
pub fn id(what: &str, text: &str) -> Result<i64, Failure> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let id = digits.and_then(|text| text.parse().ok());
    id.ok_or_else(|| Failure::bad(format!("{what} {} is not an id: a whole number", shown(text))))
}

/// The id that `key` gives.
fn key(query: &Form) -> Result<Option<i64>, Failure> {
    let key = namespace::key(query, &["key", "_key"])?;
    key.map(|text| id("key", text)).transpose()
}

/// A type that is in a namespace, if it is there.
pub fn find(connection: &Connection, namespace: i64, id: i64) -> Result<Option<i64>, Failure> {
    let sql = "SELECT id FROM device_type WHERE namespace_id = ?1 AND id = ?2";
    Ok(connection.query_row(sql, values![namespace, id], |row| row.get(0))?)
}

/// Reads what belongs to types, whose ids are a JSON list: all of it, or what has this id.
type Select<T> = fn(&Connection, &str, Option<i64>) -> Result<Vec<T>, Failure>;

/// Answers what belongs to the type that a path names: all of it, or the one with the id `key`.
async fn belongings<T: Serialize + 'static>(
    call: Call,
    app: &Shared,
    (name, text): (String, String),
    select: Select<T>,
) -> Answer {
    call.query.allow_only(&["key", "_key"])?;
    namespace::check_name(NameKind::Namespace, &name)?;
    let (key, user) = (key(&call.query)?, call.user.id);
    let read = move |connection: &_| {
        let namespace = namespace::visible(connection, user, &name)?;
        let found = find(connection, namespace, id("the device type", &text)?)?;
        let device_type = found.ok_or_else(|| Failure::missing("no such device type"))?;
        to_text(&select(connection, &format!("[{device_type}]"), key)?)
    };
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}
