// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/namespace/NS/device_type/`: the device types of a namespace.

use axum::extract::{Path, State};
use byteport_core::model::name::NameKind;
use serde::Serialize;

use super::object;
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::to_text;
use crate::namespace;
use crate::parts;
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::values;

/// The deepest of the answers.
const DEEPEST: usize = 2;

/// A type of which only the name is asked.
#[derive(Serialize)]
struct Bare {
    id: String,
    name: String,
}

/// Lists the types, or the one with the id `key`.
pub async fn list(call: Call, State(app): State<Shared>, Path(name): Path<String>) -> Answer {
    call.query.allow_only(&["key", "_key", "depth"])?;
    namespace::check_name(NameKind::Namespace, &name)?;
    let key = super::key(&call.query)?;
    let depth = call.query.count("depth", 0..=DEEPEST)?.unwrap_or(1);
    let user = call.user.id;
    let read = move |connection: &_| {
        let namespace = namespace::visible(connection, user, &name)?;
        if depth == 0 {
            return to_text(&bare(connection, namespace, key)?);
        }
        let mut types = object::all(connection, namespace, key)?;
        if depth > 1 {
            object::deepen(connection, &mut types)?;
        }
        to_text(&types)
    };
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

fn bare(connection: &Connection, namespace: i64, key: Option<i64>) -> Result<Vec<Bare>, Failure> {
    let sql = "SELECT id, name FROM device_type
               WHERE namespace_id = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY id";
    let read = |row: &Row<'_>| Ok(Bare { id: row.get::<_, i64>(0)?.to_string(), name: row.get(1)? });
    Ok(connection.query_all(sql, values![namespace, key], read)?)
}
