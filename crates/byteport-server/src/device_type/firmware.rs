// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/namespace/NS/device_type/ID/firmware/`: the programs of a device type.
//!
//! `image` is the path of the program's file under `/media/`; `md5_digest` is in hexadecimal.

use axum::extract::{Path, State};
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::scalar::{or_none, time_or_none, truth};
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::{store, values};

/// A firmware as the API answers it.
#[derive(Clone, Serialize)]
pub struct Shown {
    id: String,
    version: String,
    filesize: String,
    md5_digest: String,
    image: String,
    comment: String,
    uploader: String,
    uploaded: String,
    enabled: &'static str,
    /// The id of its type.
    pub device_type: String,
}

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let text = |name: &str| row.get::<_, Option<String>>(name).map(or_none);
        Ok(Self {
            id: row.get::<_, i64>("id")?.to_string(),
            version: row.get("version")?,
            filesize: or_none(row.get::<_, Option<i64>>("filesize")?),
            md5_digest: text("md5_digest")?,
            image: text("image")?,
            comment: text("comment")?,
            uploader: text("uploader")?,
            uploaded: time_or_none(row.get("uploaded")?),
            enabled: truth(row.get("enabled")?),
            device_type: row.get::<_, i64>("device_type_id")?.to_string(),
        })
    }
}

/// Lists the firmwares, or the one with the id `key`.
pub async fn list(call: Call, State(app): State<Shared>, Path(names): Path<(String, String)>) -> Answer {
    super::belongings(call, &app, names, select).await
}

/// The firmwares of these types, a JSON list of ids; or the one of them with this id.
pub fn select(connection: &Connection, types: &str, key: Option<i64>) -> Result<Vec<Shown>, Failure> {
    let sql = "SELECT * FROM firmware WHERE device_type_id IN (SELECT value FROM json_each(?1))
               AND (?2 IS NULL OR id = ?2) ORDER BY id";
    Ok(connection.query_all(sql, values![types, key], Shown::from_row)?)
}
