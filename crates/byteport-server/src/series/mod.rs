// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading a series back.
//!
//! Choices where the API is silent:
//! - A field's type is its definition's `data_type` where the device's type has one. Without one
//!   it is `number` if every value in the range is a number, otherwise `text`; `None` if there
//!   is no value.
//! - In a field that is defined as a number, a value that is not one is left out of `ts_data`
//!   and counted: `orig_len` = `len` + `conversion_errors`.
//! - A value of more than [`page::LONGEST_TEXT`] bytes is cut, and `trv` is true. `vlen` is the
//!   length in bytes of the whole value.
//! - `r` is the microsecond timestamp as text, which together with the field finds the value.
//! - In `ts_meta`, counts and `seconds` are JSON numbers and `reduced` is a JSON truth value
//!   (always false: every point of the range is answered, as a stream).
//! - An unknown device is 404; a known device's unknown field is an empty series.

pub mod number;
pub mod page;
pub mod range;
pub mod stream;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use byteport_core::model::name::{self, NameKind};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::jsonp::Wrap;
use crate::{namespace, session};
use range::Range;

/// How a series' values are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As JSON numbers.
    Number,
    /// As JSON strings.
    Text,
    /// There are no values.
    Empty,
}

impl Kind {
    /// The word in `data_type`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Empty => "None",
        }
    }
}

/// A series that was found, and the range to answer of it.
pub struct Series {
    /// The GUID, `NS.UID.FIELD`.
    pub path: String,
    /// The field's row; a field without values has none.
    pub field: Option<i64>,
    /// How its values are answered.
    pub kind: Kind,
    /// From when to when.
    pub range: Range,
}

/// `GET /api/v1/timeseries/NS/UID/FIELD/`.
pub async fn load(
    State(app): State<Shared>,
    Path((namespace, uid, field)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let user = session::require(&app, &headers).await?.id;
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let wrap = Wrap::from_query(&query)?;
    let range = Range::from_query(&query)?;
    let names = [(NameKind::Namespace, &namespace), (NameKind::Device, &uid), (NameKind::Field, &field)];
    for (kind, text) in names {
        name::check(kind, text).map_err(|error| Failure::bad(error.to_string()))?;
    }
    let find = move |connection: &_| find(connection, user, [&namespace, &uid, &field], range);
    let series = app.store.read(find).await?;
    Ok(stream::response(app.store.clone(), series, &wrap))
}

fn find(connection: &Connection, user: i64, names: [&str; 3], range: Range) -> Result<Series, Failure> {
    let [namespace, uid, field] = names;
    let namespace_id = namespace::visible(connection, user, namespace)?;
    let sql = "SELECT id, device_type_id FROM device WHERE namespace_id = ?1 AND uid = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let device = statement.query_row(params![namespace_id, uid], |row| Ok((row.get(0)?, row.get(1)?)));
    let device: Option<(i64, Option<i64>)> = device.optional()?;
    let (device, device_type) = device.ok_or_else(|| Failure::missing("no such device"))?;
    let sql = "SELECT id FROM field WHERE device_id = ?1 AND name = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let id = statement.query_row(params![device, field], |row| row.get(0)).optional()?;
    let kind = match defined_kind(connection, device_type, field)? {
        Some(kind) => kind,
        None => id.map_or(Ok(Kind::Empty), |id| page::judge(connection, id, range))?,
    };
    Ok(Series { path: format!("{namespace}.{uid}.{field}"), field: id, kind, range })
}

/// The type that the field's definition gives, if there is one.
fn defined_kind(
    connection: &Connection,
    device_type: Option<i64>,
    field: &str,
) -> Result<Option<Kind>, Failure> {
    let sql = "SELECT data_type FROM field_definition WHERE device_type_id = ?1 AND name = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![device_type, field], |row| row.get::<_, String>(0));
    let is_number = |word: String| number::TYPES.contains(&word.to_ascii_lowercase().as_str());
    Ok(found.optional()?.map(|word| if is_number(word) { Kind::Number } else { Kind::Text }))
}
