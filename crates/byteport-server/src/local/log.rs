// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/local/log/NS/`: the log messages of a namespace's devices, newest first.
//!
//! Log messages are what devices store in the fields `debug`, `info`, `warn` and `error`.
//! Parameters: `uid` (one device), `level` (a comma list of the four), `from` and `to` (ISO 8601,
//! both included), `limit` (1 to 1,000; 100 if not given).
//!
//! Invariants: it reads one row for each log field and one for each message that is answered,
//! however many messages are stored; a message is cut after `LONGEST` bytes.

use std::collections::BinaryHeap;

use axum::extract::{Path, State};
use byteport_core::model::Timestamp;
use byteport_core::model::name::NameKind;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::{Form, shown};
use crate::jsonp::to_text;
use crate::namespace;
use crate::parts;
use crate::scalar::truth;
use crate::series::page::beginning;
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::values;

/// The fields that hold log messages.
pub const LEVELS: [&str; 4] = ["debug", "info", "warn", "error"];
const LIMIT: u32 = 100;
const LARGEST_LIMIT: u32 = 1000;
/// A message of more bytes is cut.
const LONGEST: usize = 4096;

/// What is asked for.
struct Question {
    uid: Option<String>,
    levels: Vec<&'static str>,
    from: i64,
    to: i64,
    limit: u32,
}

/// A log message as it is answered.
#[derive(Serialize)]
struct Shown {
    uid: String,
    level: String,
    message: String,
    truncated: &'static str,
    timestamp: String,
    #[serde(rename = "ref")]
    reference: String,
}

/// A field that holds log messages.
struct Source {
    field: i64,
    uid: String,
    level: String,
}

/// Answers the newest log messages of a namespace.
pub async fn list(call: Call, State(app): State<Shared>, Path(name): Path<String>) -> Answer {
    namespace::check_name(NameKind::Namespace, &name)?;
    let question = Question::from_query(&call.query)?;
    let user = call.user.id;
    let read = move |connection: &_| {
        let namespace = namespace::visible(connection, user, &name)?;
        to_text(&newest(connection, &sources(connection, namespace, &question)?, &question)?)
    };
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

impl Question {
    fn from_query(query: &Form) -> Result<Self, Failure> {
        query.allow_only(&["uid", "level", "from", "to", "limit"])?;
        let uid = query.single("uid")?.map(str::to_owned);
        if let Some(uid) = &uid {
            namespace::check_name(NameKind::Device, uid)?;
        }
        let from = query.time("from")?.map_or(i64::MIN, Timestamp::as_micros);
        let to = query.time("to")?.map_or(i64::MAX, Timestamp::as_micros);
        if from > to {
            return Err(Failure::bad("from is later than to"));
        }
        let limit = query.count("limit", 1..=LARGEST_LIMIT)?.unwrap_or(LIMIT);
        Ok(Self { uid, levels: levels(query.single("level")?)?, from, to, limit })
    }
}

fn levels(list: Option<&str>) -> Result<Vec<&'static str>, Failure> {
    let Some(list) = list else { return Ok(LEVELS.to_vec()) };
    let known = |word: &str| {
        let level = LEVELS.into_iter().find(|level| *level == word);
        level.ok_or_else(|| Failure::bad(format!("{} is not one of {}", shown(word), LEVELS.join(", "))))
    };
    let mut levels = list.split(',').map(known).collect::<Result<Vec<_>, _>>()?;
    levels.sort_unstable();
    levels.dedup();
    Ok(levels)
}

fn sources(connection: &Connection, namespace: i64, question: &Question) -> Result<Vec<Source>, Failure> {
    // Four places, so that it is one statement; the rest of them is NULL, which no name is.
    let sql = "SELECT field.id, device.uid, field.name FROM device
               JOIN field ON field.device_id = device.id AND field.name IN (?3, ?4, ?5, ?6)
               WHERE device.namespace_id = ?1 AND (?2 IS NULL OR device.uid = ?2)";
    let read = |row: &Row<'_>| Ok(Source { field: row.get(0)?, uid: row.get(1)?, level: row.get(2)? });
    let [first, second, third, fourth] = [0, 1, 2, 3].map(|index| question.levels.get(index));
    let values = values![namespace, question.uid, first, second, third, fourth];
    Ok(connection.query_all(sql, values, read)?)
}

/// Takes from all sources together the newest messages.
fn newest(connection: &Connection, sources: &[Source], question: &Question) -> Result<Vec<Shown>, Failure> {
    let mut heap = BinaryHeap::new();
    for (index, source) in sources.iter().enumerate() {
        heap.extend(last(connection, source, question.from, question.to)?.map(|micros| (micros, index)));
    }
    let mut all = Vec::new();
    while let Some((micros, index)) = heap.pop().filter(|_| all.len() < question.limit as usize) {
        let Some(source) = sources.get(index) else { break };
        all.push(read(connection, source, micros)?);
        if let Some(before) = micros.checked_sub(1) {
            heap.extend(last(connection, source, question.from, before)?.map(|micros| (micros, index)));
        }
    }
    Ok(all)
}

/// When the last message of a source within a range was stored for.
fn last(connection: &Connection, source: &Source, from: i64, to: i64) -> Result<Option<i64>, Failure> {
    let sql = "SELECT max(micros) FROM value WHERE field_id = ?1 AND micros BETWEEN ?2 AND ?3";
    Ok(connection.query_one(sql, values![source.field, from, to], |row| row.get(0))?)
}

fn read(connection: &Connection, source: &Source, micros: i64) -> Result<Shown, Failure> {
    let sql = "SELECT text FROM value WHERE field_id = ?1 AND micros = ?2";
    Ok(connection.query_one(sql, values![source.field, micros], |row| {
        let whole = row.text(0)?;
        let message = beginning(&whole, LONGEST);
        Ok(Shown {
            uid: source.uid.clone(),
            level: source.level.clone(),
            message: message.to_owned(),
            truncated: truth(message.len() < whole.len()),
            timestamp: Timestamp::from_micros(micros).to_iso8601(),
            reference: micros.to_string(),
        })
    })?)
}
