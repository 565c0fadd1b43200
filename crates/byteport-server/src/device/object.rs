// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A device as the API answers it.
//!
//! Invariant: any number of devices, with their types and children, is read by a fixed number of
//! queries.

use std::collections::HashMap;

use byteport_core::model::Timestamp;
use serde::Serialize;

use crate::answer::Failure;
use crate::device_type;
use crate::scalar::{or_none, time_or_none, truth};
use crate::store::{Connection, Row, Value};
use crate::{store, values};

/// A device with what belongs to it.
#[derive(Serialize)]
pub struct Shown {
    #[serde(skip)]
    id: i64,
    #[serde(skip)]
    type_id: Option<i64>,
    #[serde(skip)]
    parent_id: Option<i64>,
    uid: String,
    namespace: String,
    guid: String,
    device_type: Kind,
    active: &'static str,
    registered: &'static str,
    alias: String,
    serial: String,
    description: String,
    lat: String,
    lon: String,
    location_hint: String,
    timeout_limit: String,
    offline_alarm: &'static str,
    alarm_interval: String,
    alarm_repeat_times: String,
    last_contact: String,
    online: &'static str,
    parent: String,
    access_key: String,
    reg_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<Shown>>,
}

/// A device's type: its id, or the type itself.
#[derive(Serialize)]
#[serde(untagged)]
enum Kind {
    Id(String),
    Whole(Box<device_type::object::Shown>),
}

/// What a device is read by; a condition comes after it.
const SELECT: &str = "SELECT device.*, namespace.name AS namespace, parent.uid AS parent,
        coalesce(device.timeout_limit, device_type.timeout_limit, 0) AS patience
    FROM device JOIN namespace ON namespace.id = device.namespace_id
    LEFT JOIN device_type ON device_type.id = device.device_type_id
    LEFT JOIN device AS parent ON parent.id = device.parent_id";

impl Shown {
    fn from_row(row: &Row<'_>, now: Timestamp) -> store::Result<Self> {
        let text = |name: &str| row.get::<_, Option<String>>(name).map(or_none);
        let number = |name: &str| row.get::<_, Option<i64>>(name).map(or_none);
        let degrees = |name: &str| row.get::<_, Option<f64>>(name).map(or_none);
        let (uid, namespace): (String, String) = (row.get("uid")?, row.get("namespace")?);
        let contact: Option<i64> = row.get("last_contact")?;
        let type_id: Option<i64> = row.get("device_type_id")?;
        Ok(Self {
            id: row.get("id")?,
            type_id,
            parent_id: row.get("parent_id")?,
            guid: format!("{namespace}.{uid}"),
            uid,
            namespace,
            device_type: Kind::Id(or_none(type_id)),
            active: truth(row.get("active")?),
            registered: truth(row.get("registered")?),
            alias: text("alias")?,
            serial: text("serial")?,
            description: text("description")?,
            lat: degrees("lat")?,
            lon: degrees("lon")?,
            location_hint: text("location_hint")?,
            timeout_limit: number("timeout_limit")?,
            offline_alarm: truth(row.get("offline_alarm")?),
            alarm_interval: number("alarm_interval")?,
            alarm_repeat_times: number("alarm_repeat_times")?,
            last_contact: time_or_none(contact),
            online: online(row.get("patience")?, contact, now),
            parent: text("parent")?,
            access_key: text("access_key")?,
            reg_code: text("reg_code")?,
            children: None,
        })
    }
}

/// Whether a device was heard of within this many seconds; without a number nobody can tell.
fn online(patience: i64, contact: Option<i64>, now: Timestamp) -> &'static str {
    if patience <= 0 {
        return crate::scalar::NONE;
    }
    let latest = contact.map(|contact| contact.saturating_add(patience.saturating_mul(1_000_000)));
    truth(latest.is_some_and(|latest| latest >= now.as_micros()))
}

/// Reads the devices that a condition on `device` picks and orders.
pub fn select(connection: &Connection, condition: &str, values: &[Value<'_>]) -> Result<Vec<Shown>, Failure> {
    let (sql, now) = (format!("{SELECT} {condition}"), Timestamp::now());
    Ok(connection.query_all(&sql, values, |row| Shown::from_row(row, now))?)
}

/// Reads the devices of these rows, by namespace and UID.
pub fn by_ids(connection: &Connection, ids: impl Iterator<Item = i64>) -> Result<Vec<Shown>, Failure> {
    let condition =
        "WHERE device.id IN (SELECT value FROM json_each(?1)) ORDER BY namespace.name, device.uid";
    select(connection, condition, values![json_list(ids)])
}

/// Adds to devices what belongs to them at this depth.
pub fn deepen(connection: &Connection, devices: &mut [Shown], depth: usize) -> Result<(), Failure> {
    if depth < 2 {
        return Ok(());
    }
    let condition = "WHERE device.parent_id IN (SELECT value FROM json_each(?1)) ORDER BY device.uid";
    let ids = json_list(devices.iter().map(|device| device.id));
    let mut children = select(connection, condition, values![ids])?;
    if depth > 2 {
        with_types(connection, &mut children)?;
    }
    let mut by_parent: HashMap<_, Vec<_>> = HashMap::new();
    for child in children {
        by_parent.entry(child.parent_id).or_default().push(child);
    }
    for device in devices.iter_mut() {
        device.children = Some(by_parent.remove(&Some(device.id)).unwrap_or_default());
    }
    with_types(connection, devices)
}

/// Puts types in the place of their ids.
fn with_types(connection: &Connection, devices: &mut [Shown]) -> Result<(), Failure> {
    let ids = json_list(devices.iter().filter_map(|device| device.type_id));
    let types = device_type::object::by_ids(connection, &ids)?;
    for device in devices {
        if let Some(found) = device.type_id.and_then(|id| types.get(&id)) {
            device.device_type = Kind::Whole(Box::new(found.clone()));
        }
    }
    Ok(())
}

/// Ids as one text that a query takes apart.
fn json_list(ids: impl Iterator<Item = i64>) -> String {
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    format!("[{}]", ids.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_online_within_its_time() {
        let now = Timestamp::from_micros(100_000_000);
        let told = |patience, contact| online(patience, contact, now);
        assert_eq!((told(0, Some(99)), told(0, None)), ("None", "None"));
        assert_eq!((told(10, Some(90_000_000)), told(10, Some(89_999_999))), ("True", "False"));
        assert_eq!((told(i64::MAX, Some(i64::MAX)), told(5, None)), ("True", "False"));
    }
}
