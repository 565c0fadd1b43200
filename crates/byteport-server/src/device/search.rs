// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/search_devices/`: devices of all namespaces that the user may see.
//!
//! `term` is part of a GUID, and case counts; with a `.` at its end or a `*` in it, it stands for
//! a whole GUID or a whole UID. `limit` is 1 to 10,000, and 20 if not given; the first by GUID are
//! answered.

use axum::extract::State;
use serde::Serialize;

use super::pattern::Term;
use super::{Named, Names, object};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::to_text;
use crate::namespace::{self, Visible};
use crate::parts;
use crate::session::call::Call;
use crate::store::Connection;

const LIMIT: usize = 20;
const LARGEST_LIMIT: usize = 10_000;

#[derive(Serialize)]
struct Found {
    meta: Meta,
    data: Devices,
}

#[derive(Serialize)]
struct Meta {
    term: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Devices {
    Guids(Vec<String>),
    Whole(Vec<object::Shown>),
}

/// Answers the GUIDs of what is found, or with `full` the devices.
pub async fn search(call: Call, State(app): State<Shared>) -> Answer {
    call.query.allow_only(&["term", "full", "limit"])?;
    let term = call.query.single("term")?.ok_or_else(|| Failure::bad("term is missing"))?.to_owned();
    let is_full = call.query.flag("full")?.unwrap_or(false);
    let limit = call.query.count("limit", 1..=LARGEST_LIMIT)?.unwrap_or(LIMIT);
    let user = call.user.id;
    let read = move |connection: &_| {
        let found = find(connection, user, &Term::new(&term), limit)?;
        let data = devices(connection, found, is_full)?;
        to_text(&Found { meta: Meta { term }, data })
    };
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

fn find(
    connection: &Connection,
    user: i64,
    term: &Term,
    limit: usize,
) -> Result<Vec<(String, Named)>, Failure> {
    let mut all = Vec::new();
    for Visible { id, name } in namespace::all_visible(connection, user)? {
        let mut guid = format!("{name}.");
        let length = guid.len();
        let names = Names { namespace: id, prefix: "", from: "", most: limit - all.len() };
        let found = names.find(connection, |uid| {
            guid.truncate(length);
            guid.push_str(uid);
            term.finds(&guid, uid)
        })?;
        all.extend(found.into_iter().map(|device| (format!("{name}.{}", device.uid), device)));
        if all.len() >= limit {
            break;
        }
    }
    Ok(all)
}

fn devices(connection: &Connection, found: Vec<(String, Named)>, is_full: bool) -> Result<Devices, Failure> {
    if is_full {
        let ids = found.iter().map(|(_, device)| device.id);
        return Ok(Devices::Whole(object::by_ids(connection, ids)?));
    }
    Ok(Devices::Guids(found.into_iter().map(|(guid, _)| guid).collect()))
}
