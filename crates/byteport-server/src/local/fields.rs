// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/local/fields/NS/UID/`: a device's fields, each with its latest value.
//!
//! Invariants: one look into the index finds a field's latest value, however many it has; at most
//! `MOST` fields are answered, the first by name, and of each value `LONGEST` bytes.

use axum::extract::{Path, State};
use byteport_core::model::Timestamp;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::to_text;
use crate::parts;
use crate::scalar::truth;
use crate::series::page::beginning;
use crate::series::{Kind, number};
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::target::{Found, Target};
use crate::{store, values};

/// The most fields in one answer.
const MOST: i64 = 10_000;
/// A value of more bytes is cut.
const LONGEST: usize = 256;

/// A field as it is answered.
#[derive(Serialize)]
struct Shown {
    name: String,
    value: String,
    truncated: &'static str,
    timestamp: String,
    #[serde(rename = "ref")]
    reference: String,
    data_type: &'static str,
    unit_symbol: String,
}

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let whole = row.text("text")?;
        let value = beginning(&whole, LONGEST);
        let micros: i64 = row.get("micros")?;
        let defined: Option<String> = row.get("data_type")?;
        let is_number = match defined {
            Some(word) => number::TYPES.contains(&word.to_ascii_lowercase().as_str()),
            None => row.get::<_, i64>("texts")? == 0,
        };
        Ok(Self {
            name: row.get("name")?,
            value: value.to_owned(),
            truncated: truth(value.len() < whole.len()),
            timestamp: Timestamp::from_micros(micros).to_iso8601(),
            reference: micros.to_string(),
            data_type: if is_number { Kind::Number.word() } else { Kind::Text.word() },
            unit_symbol: row.get::<_, Option<String>>("unit_symbol")?.unwrap_or_else(|| "None".into()),
        })
    }
}

/// Answers the fields of a device, by name.
pub async fn list(call: Call, State(app): State<Shared>, Path(names): Path<(String, String)>) -> Answer {
    call.query.allow_only(&[])?;
    let (target, user) = (Target::checked(names)?, call.user.id);
    let read = move |connection: &_| to_text(&select(connection, &target.find(connection, user)?)?);
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

fn select(connection: &Connection, device: &Found) -> Result<Vec<Shown>, Failure> {
    let sql = "SELECT field.name, field.texts, value.micros, value.text, definition.data_type,
                      definition.unit_symbol
               FROM field JOIN value ON value.field_id = field.id AND value.micros =
                    (SELECT max(micros) FROM value AS one WHERE one.field_id = field.id)
               LEFT JOIN field_definition AS definition
                    ON definition.device_type_id = ?2 AND definition.name = field.name
               WHERE field.device_id = ?1 ORDER BY field.name LIMIT ?3";
    Ok(connection.query_all(sql, values![device.id, device.device_type, MOST], Shown::from_row)?)
}
