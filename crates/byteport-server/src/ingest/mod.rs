// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Storing readings: the calls that take a key and no session.
//!
//! Invariants: a reading is checked as a whole before anything of it is stored; the key is
//! checked in the transaction that stores; 200 is answered after the commit. Of two values of
//! one field in one call the last counts, as it does for two calls with the same timestamp.
//! `_key` and `_ts` may be given once. Other fields that begin with `_` are ignored. In a GET that
//! stores, `callback` is a field like any other. A timestamp lies within the years 1 to 9999.

pub mod insert;
pub mod packets;
pub mod reading;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use byteport_core::model::Timestamp;
use byteport_core::model::name::{self, NameKind};
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::{Form, shown};
use crate::jsonp::plain;
use crate::namespace::{StoreBy, check_name};
use reading::Reading;

/// The longest path and query, in bytes, of a GET that stores.
const LONGEST_URL: usize = 2048;

/// The answer to a call that stored.
#[derive(Serialize)]
struct Stored {
    status: &'static str,
}

const STORED: Stored = Stored { status: "ok" };

/// `POST /api/v1/timeseries/NS/UID/`.
pub async fn by_post(
    State(app): State<Shared>,
    Path((namespace, uid)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let posted = app.bodies.form(&headers, body).await?;
    let (key, reading) = checked(namespace, uid, posted.form)?;
    let share = posted.share;
    let admit = move |connection: &_| {
        let _until_written = &share;
        Ok(vec![reading.with_key(connection, &key, StoreBy::Post)?])
    };
    app.store.add(admit).await?;
    plain(&STORED)
}

/// `GET /api/v1/timeseries/NS/UID/`, the same with the pairs in the query.
pub async fn by_get(
    State(app): State<Shared>,
    Path((namespace, uid)): Path<(String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answer {
    let length = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if length > LONGEST_URL {
        let reason = format!("the URL is longer than {LONGEST_URL} bytes; use POST");
        return Err(Failure::new(StatusCode::URI_TOO_LONG, reason));
    }
    let form = Form::parse(query.unwrap_or_default().as_bytes())?;
    let (key, reading) = checked(namespace, uid, form)?;
    let admit = move |connection: &_| Ok(vec![reading.with_key(connection, &key, StoreBy::Get)?]);
    app.store.add(admit).await?;
    plain(&STORED)
}

/// Checks names and time; gives the key and what is to be stored.
fn checked(namespace: String, uid: String, form: Form) -> Result<(String, Arc<Reading>), Failure> {
    if uid.is_empty() {
        return Err(Failure::missing("no device UID in the URL"));
    }
    check_name(NameKind::Namespace, &namespace)?;
    check_name(NameKind::Device, &uid)?;
    let key = form.single("_key")?.unwrap_or_default().to_owned();
    let received = Timestamp::now();
    let time = match form.single("_ts")? {
        Some(text) => stamp(text)?,
        None => received,
    };
    let mut fields = form.into_pairs();
    fields.retain(|(name, _)| !name.starts_with('_'));
    for (name, _) in &fields {
        if !name::is_valid(name) {
            return Err(Failure::bad(format!("{} is not a field name", shown(name))));
        }
    }
    Ok((key, Arc::new(Reading { namespace, uid, time, received, fields })))
}

fn stamp(text: &str) -> Result<Timestamp, Failure> {
    let time = Timestamp::parse(text).ok().filter(|time| time.has_date());
    time.ok_or_else(|| Failure::bad("_ts is not a timestamp: UNIX seconds, such as 1430438400.012345"))
}
