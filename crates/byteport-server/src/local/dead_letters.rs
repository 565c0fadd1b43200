// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/local/dead_letters/`: what came by a broker and could not be stored, newest first.
//!
//! A user sees those for namespaces that the user may see; a user who may see every namespace sees all.
//! Parameters: `namespace` (one), `before` (an `id`: only older ones), `limit` (1 to 1,000; 100 if not given).
//!
//! Invariant: bodies are cut after `LONGEST` bytes. One that is no UTF-8 has a replacement character where it is not; `length`
//! is that of the whole.

use axum::extract::State;
use byteport_core::model::Timestamp;
use byteport_core::model::name::NameKind;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::jsonp::to_text;
use crate::namespace;
use crate::parts;
use crate::scalar::{or_none, truth};
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::{store, values};

const LIMIT: u32 = 100;
const LARGEST_LIMIT: u32 = 1000;
/// A body of more bytes is cut.
const LONGEST: usize = 4096;

/// What is asked for.
struct Question {
    user: i64,
    namespace: Option<String>,
    before: i64,
    limit: u32,
}

/// A dead letter as it is answered.
#[derive(Serialize)]
struct Shown {
    id: String,
    received: String,
    broker: String,
    destination: String,
    namespace: String,
    reason: String,
    length: String,
    body: String,
    truncated: &'static str,
}

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let length: i64 = row.get(6)?;
        let mut body: Vec<u8> = row.get(7)?;
        body.truncate(LONGEST);
        Ok(Self {
            id: row.get::<_, i64>(0)?.to_string(),
            received: Timestamp::from_micros(row.get(1)?).to_iso8601(),
            broker: row.get(2)?,
            destination: row.get(3)?,
            namespace: or_none(row.get::<_, Option<String>>(4)?),
            reason: row.get(5)?,
            length: length.to_string(),
            body: String::from_utf8_lossy(&body).into_owned(),
            truncated: truth(usize::try_from(length).is_ok_and(|length| length > body.len())),
        })
    }
}

/// Answers the newest dead letters.
pub async fn list(call: Call, State(app): State<Shared>) -> Answer {
    call.query.allow_only(&["namespace", "before", "limit"])?;
    let namespace = call.query.single("namespace")?.map(str::to_owned);
    if let Some(namespace) = &namespace {
        namespace::check_name(NameKind::Namespace, namespace)?;
    }
    let before = call.query.single("before")?.map(|text| text.parse().map_err(|_| not_an_id()));
    let question = Question {
        user: call.user.id,
        namespace,
        before: before.transpose()?.unwrap_or(i64::MAX),
        limit: call.query.count("limit", 1..=LARGEST_LIMIT)?.unwrap_or(LIMIT),
    };
    let read = move |connection: &_| to_text(&select(connection, &question)?);
    Ok(parts::whole(&call.wrap, &app.store.read(read).await?))
}

fn not_an_id() -> Failure {
    Failure::bad("before is not the id of a dead letter")
}

fn select(connection: &Connection, question: &Question) -> Result<Vec<Shown>, Failure> {
    let Question { user, namespace, before, limit } = question;
    if let Some(namespace) = namespace {
        namespace::visible(connection, *user, namespace)?;
    }
    let sql = "SELECT id, received, broker, destination, namespace, reason, length, body FROM dead_letter
               WHERE id < ?3 AND (?2 IS NULL OR namespace = ?2)
                   AND (namespace IN (SELECT namespace.name FROM namespace
                            JOIN user_namespace ON user_namespace.namespace_id = namespace.id
                            WHERE user_namespace.user_id = ?1)
                        OR NOT EXISTS (SELECT 1 FROM namespace WHERE id NOT IN
                            (SELECT namespace_id FROM user_namespace WHERE user_id = ?1)))
               ORDER BY id DESC LIMIT ?4";
    Ok(connection.query_all(sql, values![user, namespace, before, limit], Shown::from_row)?)
}
