// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading a series back, as it is or computed: [`stream`] and what it is made of; and what is
//! found out about one: [`statistics`], [`typical`].
//!
//! Choices where the API is silent:
//! - A field's type is its definition's `data_type` where the device's type has one. Without one
//!   it is `number` if every value in the range is a number, otherwise `text`; `None` if there
//!   is no value. A long series is not one snapshot: a text that is stored in a field of numbers
//!   while the answer is on its way is answered as text among numbers, and `data_type` is `text`.
//! - In a field that is defined as a number, a value that is not one is left out of `ts_data`
//!   and counted: `orig_len` = `len` + `conversion_errors`.
//! - `scale` and `operation` ([`operation`]) make numbers of any field: what is not a number, and
//!   a result too large for a float, is left out and counted. `orig_len` is then the number of
//!   values that were read, `vlen` the length of the number as it is answered.
//! - `limit`, which Byteport does not have, is the most points to answer, 1 to [`MOST`]: the
//!   first of the range, and `reduced` is true where there are more. Whoever walks a long range asks
//!   again from the microsecond after the last point. Without a definition, a field's type is
//!   then that of the values up to the limit. An operation begins anew with each call.
//! - A value of more than [`page::LONGEST_TEXT`] bytes is cut, and `trv` is true. `vlen` is the
//!   length in bytes of the whole value.
//! - `r` is the microsecond timestamp as text, which together with the field finds the value.
//! - In `m` and `ts_meta` every scalar is a string, as elsewhere in the service (`"True"`, `"180"`);
//!   only `v` is a JSON number, and so are the numbers that [`typical`] computes.
//! - An unknown device is 404; a known device's unknown field is an empty series.

pub mod address;
pub mod number;
pub mod operation;
pub mod page;
pub mod point;
pub mod range;
pub mod statistics;
pub mod stream;
pub mod sum;
pub mod typical;
pub mod writer;

use axum::extract::{Path, State};
use byteport_core::model::value::parse_number;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::session::call::Call;
use crate::store::Store;
use address::{Address, Found};
use operation::{Operation, Transform};
use page::Verdict;
use range::Range;

/// The largest `limit`.
pub const MOST: u32 = 1_000_000;

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

/// A series that was found, and what to answer of it.
#[derive(Debug)]
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
    /// What is computed from the values.
    pub transform: Option<Transform>,
    /// The most points.
    pub limit: Option<u32>,
}

/// `GET /api/v1/timeseries/NS/UID/FIELD/`.
pub async fn load(
    State(app): State<Shared>,
    Path(names): Path<(String, String, String)>,
    call: Call,
) -> Answer {
    let parameters = [&range::PARAMETERS[..], &["scale", "operation", "limit"]].concat();
    call.query.allow_only(&parameters)?;
    let address = Address::checked(names)?;
    let range = Range::from_query(&call.query, range::DAY)?;
    let transform = Transform::new(scale(&call.query)?, call.query.word("operation", &Operation::WORDS)?);
    let limit = call.query.count("limit", 1..=MOST)?;
    let (path, user) = (address.path(), call.user.id);
    let found = app.store.look_up(move |connection| address.find(connection, user)).await?;
    let kind = match &transform {
        Some(_) => Kind::Number,
        None => kind(&app.store, found, range, limit).await?,
    };
    let is_defined = found.defined.is_some();
    let series = Series { path, field: found.id, kind, is_defined, range, transform, limit };
    stream::response(app.store.clone(), series, &call.wrap).await
}

fn scale(query: &Form) -> Result<Option<f64>, Failure> {
    let Some(text) = query.single("scale")? else { return Ok(None) };
    parse_number(text).map(Some).ok_or_else(|| Failure::bad("scale is not a number"))
}

/// What a field is by its definition, or what its values are, all of the range together.
async fn kind(store: &Store, found: Found, range: Range, limit: Option<u32>) -> Result<Kind, Failure> {
    let field = match (found.defined, found.id) {
        (Some(defined), _) => return Ok(defined),
        (None, Some(field)) if found.texts > 0 => field,
        _ => return Ok(Kind::Number),
    };
    let (mut rest, mut left) = (Some(range), limit.map_or(usize::MAX, |limit| limit as usize));
    while let Some(range) = rest.filter(|_| left > 0) {
        match store.read(move |connection| page::judge(connection, field, range, left)).await? {
            Verdict::Text => return Ok(Kind::Text),
            Verdict::Numbers(count, after) => (rest, left) = (after, left.saturating_sub(count)),
        }
    }
    Ok(Kind::Number)
}
