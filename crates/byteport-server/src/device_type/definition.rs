// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/namespace/NS/device_type/ID/field_definition/`: what the fields of a device type mean.

use axum::extract::{Path, State};
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::scalar::or_none;
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::{store, values};

/// A field definition as the API answers it.
#[derive(Clone, Serialize)]
pub struct Shown {
    id: String,
    name: String,
    data_type: String,
    object_type: String,
    encoding_type: String,
    unit: String,
    unit_symbol: String,
    role: String,
    list_separator: String,
    automation: String,
    default_processor: String,
    /// The id of its type.
    pub device_type: String,
    description: String,
}

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let text = |name: &str| row.get::<_, Option<String>>(name).map(or_none);
        Ok(Self {
            id: row.get::<_, i64>("id")?.to_string(),
            name: row.get("name")?,
            data_type: row.get("data_type")?,
            object_type: text("object_type")?,
            encoding_type: text("encoding_type")?,
            unit: text("unit")?,
            unit_symbol: text("unit_symbol")?,
            role: text("role")?,
            list_separator: text("list_separator")?,
            automation: text("automation")?,
            default_processor: text("default_processor")?,
            device_type: row.get::<_, i64>("device_type_id")?.to_string(),
            description: text("description")?,
        })
    }
}

/// Lists the definitions, or the one with the id `key`.
pub async fn list(call: Call, State(app): State<Shared>, Path(names): Path<(String, String)>) -> Answer {
    super::belongings(call, &app, names, select).await
}

/// The definitions of these types, a JSON list of ids; or the one of them with this id.
pub fn select(connection: &Connection, types: &str, key: Option<i64>) -> Result<Vec<Shown>, Failure> {
    let sql = "SELECT * FROM field_definition WHERE device_type_id IN (SELECT value FROM json_each(?1))
               AND (?2 IS NULL OR id = ?2) ORDER BY id";
    Ok(connection.query_all(sql, values![types, key], Shown::from_row)?)
}
