// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How a seed's devices get into the table.
//!
//! Invariant: a device's parent is another device of its namespace, and nobody is among the
//! parents of its own parents.

use super::Fault;
use super::item::Device;
use crate::store::{self, Connection};
use crate::values;

/// Makes or updates the devices of a namespace, then joins them with their parents.
pub fn all(connection: &Connection, place: &str, namespace: i64, devices: &[Device]) -> Result<(), Fault> {
    for (index, device) in devices.iter().enumerate() {
        let kind = device_type(connection, &format!("{place}[{index}]"), namespace, device)?;
        put(connection, namespace, kind, device)?;
    }
    for (index, device) in devices.iter().enumerate() {
        if let Some(parent) = &device.parent {
            join(connection, &format!("{place}[{index}].parent"), namespace, (&device.uid, parent))?;
        }
    }
    Ok(())
}

/// The row of a device's type.
fn device_type(
    connection: &Connection,
    place: &str,
    namespace: i64,
    device: &Device,
) -> Result<Option<i64>, Fault> {
    let Some(name) = &device.device_type else { return Ok(None) };
    let sql = "SELECT id FROM device_type WHERE namespace_id = ?1 AND name = ?2";
    let found = connection.query_row(sql, values![namespace, name], |row| row.get(0))?;
    let missing = || Fault::new(format!("{place}.device_type"), "the namespace has no such device type");
    found.map(Some).ok_or_else(missing)
}

fn put(connection: &Connection, namespace: i64, kind: Option<i64>, device: &Device) -> Result<(), Fault> {
    let sql = "INSERT INTO device (namespace_id, uid, registered, access_key, device_type_id, active, alias,
                   serial, description, lat, lon, location_hint, timeout_limit, offline_alarm,
                   alarm_interval, alarm_repeat_times)
               VALUES (?1, ?2, 1, ?3, ?4, coalesce(?5, 1), ?6, ?7, ?8, ?9, ?10, ?11, ?12, coalesce(?13, 0),
                   ?14, ?15)
               ON CONFLICT (namespace_id, uid) DO UPDATE SET registered = 1,
                   access_key = coalesce(?3, device.access_key), device_type_id = coalesce(?4, device.device_type_id),
                   active = coalesce(?5, device.active), alias = coalesce(?6, device.alias),
                   serial = coalesce(?7, device.serial), description = coalesce(?8, device.description),
                   lat = coalesce(?9, device.lat), lon = coalesce(?10, device.lon),
                   location_hint = coalesce(?11, device.location_hint),
                   timeout_limit = coalesce(?12, device.timeout_limit),
                   offline_alarm = coalesce(?13, device.offline_alarm),
                   alarm_interval = coalesce(?14, device.alarm_interval),
                   alarm_repeat_times = coalesce(?15, device.alarm_repeat_times)";
    let values = values![
        namespace,
        device.uid,
        device.access_key,
        kind,
        device.active,
        device.alias,
        device.serial,
        device.description,
        device.lat,
        device.lon,
        device.location_hint,
        device.timeout_limit,
        device.offline_alarm,
        device.alarm_interval,
        device.alarm_repeat_times,
    ];
    connection.execute(sql, values)?;
    Ok(())
}

/// Makes one device the parent of another.
fn join(
    connection: &Connection,
    place: &str,
    namespace: i64,
    (uid, parent): (&str, &str),
) -> Result<(), Fault> {
    let row = |uid: &str| -> store::Result<Option<i64>> {
        let sql = "SELECT id FROM device WHERE namespace_id = ?1 AND uid = ?2";
        connection.query_row(sql, values![namespace, uid], |row| row.get(0))
    };
    let (child, parent) = (row(uid)?, row(parent)?);
    let parent = parent.ok_or_else(|| Fault::new(place, "the namespace has no such device"))?;
    connection.execute("UPDATE device SET parent_id = ?2 WHERE id = ?1", values![child, parent])?;
    let sql = "WITH RECURSIVE above (id) AS (SELECT ?2 UNION
                   SELECT parent_id FROM device JOIN above USING (id) WHERE parent_id IS NOT NULL)
               SELECT EXISTS (SELECT 1 FROM above WHERE id = ?1)";
    match connection.query_one(sql, values![child, parent], |row| row.get(0))? {
        true => Err(Fault::new(place, "a device is not above itself")),
        false => Ok(()),
    }
}
