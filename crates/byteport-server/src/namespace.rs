// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Namespaces: what the database keeps of one, who may see it, and the call that lists them.
//!
//! Invariants: a user sees the namespaces that were granted to that user and no others, and for
//! one that does not exist the answer is the same as for one that may not be seen. In answers
//! every scalar is a string, as in the service (`"True"`, `"None"`, `"180"`).

use axum::extract::State;
use byteport_core::model::name::{self, NameKind};
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::scalar::{or_none, truth};
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::{store, values};

/// By which methods values may be stored in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriteMethod {
    /// Not over HTTP at all.
    Off,
    /// By GET only.
    Get,
    /// By POST only.
    Post,
    /// By either.
    Both,
}

impl WriteMethod {
    /// The word in the database, in answers and in the seed file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Get => "get",
            Self::Post => "post",
            Self::Both => "both",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "get" => Self::Get,
            "post" => Self::Post,
            "both" => Self::Both,
            _ => Self::Off,
        }
    }

    /// Whether a call that stores by this method is allowed.
    #[must_use]
    pub fn allows(self, call: StoreBy) -> bool {
        match call {
            StoreBy::Get => matches!(self, Self::Get | Self::Both),
            StoreBy::Post => matches!(self, Self::Post | Self::Both),
        }
    }
}

/// The method of a call that stores.
#[derive(Clone, Copy, Debug)]
pub enum StoreBy {
    /// With the pairs in the query.
    Get,
    /// With the pairs in the body.
    Post,
}

/// Refuses a name that breaks the core's rule.
pub fn check_name(kind: NameKind, name: &str) -> Result<(), Failure> {
    name::check(kind, name).map_err(|error| Failure::bad(error.to_string()))
}

/// What a store call needs to know of a namespace.
pub struct WriteRules {
    /// The row's id.
    pub id: i64,
    /// By which methods values may be stored.
    pub method: WriteMethod,
    /// Whether a key is enough to store.
    pub by_key: bool,
    /// The namespace's key, good for all its devices.
    pub write_key: Option<String>,
    /// The key of the packets call.
    pub legacy_key: Option<String>,
    /// Whether a device must be registered before it may store.
    pub registered_only: bool,
}

impl WriteRules {
    /// Looks a namespace up by name.
    pub fn find(connection: &Connection, name: &str) -> Result<Option<Self>, Failure> {
        let sql = "SELECT id, http_write_method, write_by_key, write_key, legacy_key, registered_only
                   FROM namespace WHERE name = ?1";
        Ok(connection.query_row(sql, values![name], Self::from_row)?)
    }

    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            method: WriteMethod::from_word(&row.text(1)?),
            by_key: row.get(2)?,
            write_key: row.get(3)?,
            legacy_key: row.get(4)?,
            registered_only: row.get(5)?,
        })
    }
}

/// The id of a namespace that this user may see.
pub fn visible(connection: &Connection, user: i64, name: &str) -> Result<i64, Failure> {
    let sql = "SELECT namespace.id FROM namespace
               JOIN user_namespace ON user_namespace.namespace_id = namespace.id
               WHERE user_namespace.user_id = ?1 AND namespace.name = ?2";
    let found = connection.query_row(sql, values![user, name], |row| row.get(0))?;
    found.ok_or_else(|| Failure::forbidden("you may not see this namespace"))
}

/// A namespace as the API answers it.
#[derive(Serialize)]
struct Shown {
    name: String,
    description: String,
    data_survival_time: String,
    http_write_method: String,
    read_by_key: &'static str,
    read_key: String,
    write_by_key: &'static str,
    write_key: String,
}

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let text = |index: usize| row.get::<_, Option<String>>(index).map(or_none);
        Ok(Self {
            name: text(0)?,
            description: text(1)?,
            data_survival_time: text(2)?,
            http_write_method: text(3)?,
            read_by_key: truth(row.get(4)?),
            read_key: text(5)?,
            write_by_key: truth(row.get(6)?),
            write_key: text(7)?,
        })
    }
}

/// A namespace that a user may see.
pub struct Visible {
    /// The row's id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// The namespaces that this user may see, by name.
pub fn all_visible(connection: &Connection, user: i64) -> Result<Vec<Visible>, Failure> {
    let sql = "SELECT namespace.id, namespace.name FROM namespace
               JOIN user_namespace ON user_namespace.namespace_id = namespace.id
               WHERE user_namespace.user_id = ?1 ORDER BY namespace.name";
    let read = |row: &Row<'_>| Ok(Visible { id: row.get(0)?, name: row.get(1)? });
    Ok(connection.query_all(sql, values![user], read)?)
}

/// The one of a list that is asked for, under whichever of these names.
pub fn key<'a>(query: &'a Form, names: &[&str]) -> Result<Option<&'a str>, Failure> {
    let mut found = None;
    for name in names {
        let given = query.single(name)?;
        if given.is_some() && found.is_some() {
            return Err(Failure::bad(format!("give one of {}", names.join(", "))));
        }
        found = found.or(given);
    }
    Ok(found)
}

/// `GET /api/v1/namespace/`: the namespaces that the user may see, or with `key` the one named.
pub async fn list(call: Call, State(app): State<Shared>) -> Answer {
    call.query.allow_only(&["key", "_key"])?;
    let (key, user) = (key(&call.query, &["key", "_key"])?.map(str::to_owned), call.user.id);
    let shown = app.store.read(move |connection| select(connection, user, key.as_deref())).await?;
    call.wrap.answer(&shown)
}

fn select(connection: &Connection, user: i64, key: Option<&str>) -> Result<Vec<Shown>, Failure> {
    if let Some(key) = key {
        visible(connection, user, key)?;
    }
    let sql = "SELECT name, description, data_survival_time, http_write_method, read_by_key, read_key,
                      write_by_key, write_key
               FROM namespace JOIN user_namespace ON user_namespace.namespace_id = namespace.id
               WHERE user_namespace.user_id = ?1 AND (?2 IS NULL OR name = ?2) ORDER BY name";
    Ok(connection.query_all(sql, values![user, key], Shown::from_row)?)
}
