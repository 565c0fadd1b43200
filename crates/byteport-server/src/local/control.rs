// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/local/control/NS/UID/`: a device's control fields as they were last set.

use axum::extract::{Path, State};
use byteport_core::model::Timestamp;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::to_text;
use crate::parts;
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::target::Target;
use crate::{store, values};

/// A control field as it is answered.
#[derive(Serialize)]
struct Shown {
    path: String,
    value: String,
    changed: String,
}

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let changed = Timestamp::from_micros(row.get(2)?).to_iso8601();
        Ok(Self { path: row.get(0)?, value: row.get(1)?, changed })
    }
}

/// Answers the control fields of a device, by path.
pub async fn list(call: Call, State(app): State<Shared>, Path(names): Path<(String, String)>) -> Answer {
    call.query.allow_only(&[])?;
    let (target, user) = (Target::checked(names)?, call.user.id);
    let read = move |connection: &_| to_text(&select(connection, target.find(connection, user)?.id)?);
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

fn select(connection: &Connection, device: i64) -> Result<Vec<Shown>, Failure> {
    let sql = "SELECT path, value, changed FROM control WHERE device_id = ?1 ORDER BY path";
    Ok(connection.query_all(sql, values![device], Shown::from_row)?)
}
