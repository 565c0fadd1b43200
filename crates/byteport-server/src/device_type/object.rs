// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A device type as the API answers it.

use std::collections::HashMap;

use serde::Serialize;

use super::{definition, firmware};
use crate::answer::Failure;
use crate::scalar::{or_none, truth};
use crate::store::{Connection, Row, Value};
use crate::{store, values};

/// A device type, at the depth of 2 with what belongs to it.
#[derive(Clone, Serialize)]
pub struct Shown {
    #[serde(skip)]
    row: i64,
    id: String,
    name: String,
    namespace: String,
    description: String,
    timeout_limit: String,
    accepts_children: &'static str,
    command_channel: String,
    command_support: &'static str,
    internet_connection: &'static str,
    photo: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_definitions: Option<Vec<definition::Shown>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firmwares: Option<Vec<firmware::Shown>>,
}

/// What a type is read by; a condition comes after it.
const SELECT: &str = "SELECT device_type.*, namespace.name AS namespace
    FROM device_type JOIN namespace ON namespace.id = device_type.namespace_id";

impl Shown {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let text = |name: &str| row.get::<_, Option<String>>(name).map(or_none);
        let id: i64 = row.get("id")?;
        Ok(Self {
            row: id,
            id: id.to_string(),
            name: row.get::<_, String>("name")?,
            namespace: row.get("namespace")?,
            description: text("description")?,
            timeout_limit: or_none(row.get::<_, Option<i64>>("timeout_limit")?),
            accepts_children: truth(row.get("accepts_children")?),
            command_channel: text("command_channel")?,
            command_support: truth(row.get("command_support")?),
            internet_connection: truth(row.get("internet_connection")?),
            photo: text("photo")?,
            field_definitions: None,
            firmwares: None,
        })
    }
}

fn select(connection: &Connection, condition: &str, values: &[Value<'_>]) -> Result<Vec<Shown>, Failure> {
    Ok(connection.query_all(&format!("{SELECT} {condition}"), values, Shown::from_row)?)
}

/// The types with these ids, a JSON list.
pub fn by_ids(connection: &Connection, ids: &str) -> Result<HashMap<i64, Shown>, Failure> {
    let condition = "WHERE device_type.id IN (SELECT value FROM json_each(?1))";
    let types = select(connection, condition, values![ids])?;
    Ok(types.into_iter().map(|one| (one.row, one)).collect())
}

/// The types of a namespace, or the one with this id.
pub fn all(connection: &Connection, namespace: i64, key: Option<i64>) -> Result<Vec<Shown>, Failure> {
    let condition = "WHERE namespace_id = ?1 AND (?2 IS NULL OR device_type.id = ?2) ORDER BY device_type.id";
    select(connection, condition, values![namespace, key])
}

/// Adds to types what belongs to them.
pub fn deepen(connection: &Connection, types: &mut [Shown]) -> Result<(), Failure> {
    let ids: Vec<_> = types.iter().map(|one| one.id.as_str()).collect();
    let ids = format!("[{}]", ids.join(","));
    let (mut definitions, mut firmwares) = (HashMap::new(), HashMap::new());
    for one in definition::select(connection, &ids, None)? {
        definitions.entry(one.device_type.clone()).or_insert_with(Vec::new).push(one);
    }
    for one in firmware::select(connection, &ids, None)? {
        firmwares.entry(one.device_type.clone()).or_insert_with(Vec::new).push(one);
    }
    for one in types {
        one.field_definitions = Some(definitions.remove(&one.id).unwrap_or_default());
        one.firmwares = Some(firmwares.remove(&one.id).unwrap_or_default());
    }
    Ok(())
}
