// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading a series back.
//!
//! Choices where the API is silent:
//! - A field's type is its definition's `data_type` where the device's type has one. Without one
//!   it is `number` if every value in the range is a number, otherwise `text`; `None` if there
//!   is no value. A long series is not one snapshot: a text that is stored in a field of numbers
//!   while the answer is on its way is answered as text among numbers, and `data_type` is `text`.
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
use byteport_core::model::name::NameKind;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::jsonp::Wrap;
use crate::store::Store;
use crate::{namespace, session};
use page::Verdict;
use range::Range;

/// How a series' values are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As JSON numbers.
    Number,
    /// As JSON strings.
    Text,
}

impl Kind {
    /// The word in `data_type`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
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
    /// Whether that comes from a definition.
    pub is_defined: bool,
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
    let wrap = Wrap::from_call(&query, &headers)?;
    let range = Range::from_query(&query)?;
    let names = [(NameKind::Namespace, &namespace), (NameKind::Device, &uid), (NameKind::Field, &field)];
    for (kind, text) in names {
        namespace::check_name(kind, text)?;
    }
    let find = move |connection: &_| find(connection, user, [&namespace, &uid, &field], range);
    let mut series = app.store.look_up(find).await?;
    if let (Some(field), Kind::Text, false) = (series.field, series.kind, series.is_defined) {
        series.kind = judge(&app.store, field, range).await?;
    }
    Ok(stream::response(app.store.clone(), series, &wrap))
}

/// What the values of a range are, all together, in a field that holds a text somewhere.
async fn judge(store: &Store, field: i64, range: Range) -> Result<Kind, Failure> {
    let mut rest = Some(range);
    while let Some(range) = rest {
        match store.read(move |connection| page::judge(connection, field, range)).await? {
            Verdict::Text => return Ok(Kind::Text),
            Verdict::Numbers(after) => rest = after,
        }
    }
    Ok(Kind::Number)
}

/// Finds a series; without a definition it is one of numbers where the field holds no text.
fn find(connection: &Connection, user: i64, names: [&str; 3], range: Range) -> Result<Series, Failure> {
    let [namespace, uid, field] = names;
    let namespace_id = namespace::visible(connection, user, namespace)?;
    let sql = "SELECT id, device_type_id FROM device WHERE namespace_id = ?1 AND uid = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let device = statement.query_row(params![namespace_id, uid], |row| Ok((row.get(0)?, row.get(1)?)));
    let device: Option<(i64, Option<i64>)> = device.optional()?;
    let (device, device_type) = device.ok_or_else(|| Failure::missing("no such device"))?;
    let sql = "SELECT id, texts FROM field WHERE device_id = ?1 AND name = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![device, field], |row| Ok((row.get(0)?, row.get(1)?)));
    let (id, texts): (Option<i64>, i64) = found.optional()?.unwrap_or_default();
    let defined = defined_kind(connection, device_type, field)?;
    let kind = defined.unwrap_or(if texts == 0 { Kind::Number } else { Kind::Text });
    let path = format!("{namespace}.{uid}.{field}");
    Ok(Series { path, field: id, kind, is_defined: defined.is_some(), range })
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
