// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How a seed gets into the tables.
//!
//! Invariants: rows are found by name and updated, never doubled; a password that is still the
//! same keeps its hash, so that sessions live on; one that changed ends its user's sessions.

use byteport_core::model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Fault;
use super::file::{Device, DeviceType, FieldDefinition, Firmware, Namespace, Seed, User};
use crate::namespace::WriteMethod;
use crate::session::password;

/// Applies everything; the caller holds the transaction.
pub fn all(connection: &Connection, seed: &Seed) -> Result<(), Fault> {
    for (index, item) in seed.namespaces.iter().enumerate() {
        namespace(connection, &format!("namespaces[{index}]"), item)?;
    }
    for (index, item) in seed.users.iter().enumerate() {
        user(connection, &format!("users[{index}]"), item)?;
    }
    Ok(())
}

fn namespace(connection: &Connection, place: &str, item: &Namespace) -> Result<(), Fault> {
    let sql = "INSERT INTO namespace (name, description, data_survival_time, http_write_method, write_by_key,
                   write_key, read_by_key, read_key, legacy_key, registered_only)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
               ON CONFLICT (name) DO UPDATE SET description = ?2, data_survival_time = ?3,
                   http_write_method = ?4, write_by_key = ?5, write_key = ?6, read_by_key = ?7,
                   read_key = ?8, legacy_key = ?9, registered_only = ?10
               RETURNING id";
    let values = params![
        item.name,
        item.description,
        item.data_survival_time.map(|days| days.to_string()),
        item.http_write_method.unwrap_or(WriteMethod::Post).word(),
        item.write_by_key.unwrap_or(true),
        item.write_key,
        item.read_by_key.unwrap_or(false),
        item.read_key,
        item.legacy_key,
        item.registered_only,
    ];
    let id = connection.query_row(sql, values, |row| row.get(0))?;
    for kind in &item.device_types {
        device_type(connection, id, kind)?;
    }
    for (index, item) in item.devices.iter().enumerate() {
        device(connection, &format!("{place}.devices[{index}]"), id, item)?;
    }
    Ok(())
}

fn device_type(connection: &Connection, namespace: i64, item: &DeviceType) -> Result<(), Fault> {
    let sql = "INSERT INTO device_type (namespace_id, name, description, timeout_limit, accepts_children,
                   command_channel, command_support, internet_connection, photo)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
               ON CONFLICT (namespace_id, name) DO UPDATE SET description = ?3, timeout_limit = ?4,
                   accepts_children = ?5, command_channel = ?6, command_support = ?7,
                   internet_connection = ?8, photo = ?9
               RETURNING id";
    let values = params![
        namespace,
        item.name,
        item.description,
        item.timeout_limit,
        item.accepts_children,
        item.command_channel,
        item.command_support,
        item.internet_connection.unwrap_or(true),
        item.photo,
    ];
    let id = connection.query_row(sql, values, |row| row.get(0))?;
    for definition in &item.field_definitions {
        field_definition(connection, id, definition)?;
    }
    for item in &item.firmware {
        firmware(connection, id, item)?;
    }
    Ok(())
}

fn field_definition(connection: &Connection, device_type: i64, item: &FieldDefinition) -> Result<(), Fault> {
    let sql =
        "INSERT INTO field_definition (device_type_id, name, data_type, object_type, encoding_type, unit,
                   unit_symbol, role, list_separator, automation, default_processor, description)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
               ON CONFLICT (device_type_id, name) DO UPDATE SET data_type = ?3, object_type = ?4,
                   encoding_type = ?5, unit = ?6, unit_symbol = ?7, role = ?8, list_separator = ?9,
                   automation = ?10, default_processor = ?11, description = ?12";
    let values = params![
        device_type,
        item.name,
        item.data_type,
        item.object_type,
        item.encoding_type,
        item.unit,
        item.unit_symbol,
        item.role,
        item.list_separator,
        item.automation,
        item.default_processor,
        item.description,
    ];
    connection.execute(sql, values)?;
    Ok(())
}

fn firmware(connection: &Connection, device_type: i64, item: &Firmware) -> Result<(), Fault> {
    let sql = "INSERT INTO firmware (device_type_id, version, filesize, md5_digest, image, comment, uploader,
                   enabled, uploaded)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
               ON CONFLICT (device_type_id, version) DO UPDATE SET filesize = ?3, md5_digest = ?4, image = ?5,
                   comment = ?6, uploader = ?7, enabled = ?8";
    let values = params![
        device_type,
        item.version,
        item.filesize.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
        item.md5_digest,
        item.image,
        item.comment,
        item.uploader,
        item.enabled.unwrap_or(true),
        Timestamp::now().as_micros(),
    ];
    connection.execute(sql, values)?;
    Ok(())
}

fn device(connection: &Connection, place: &str, namespace: i64, item: &Device) -> Result<(), Fault> {
    let sql = "SELECT id FROM device_type WHERE namespace_id = ?1 AND name = ?2";
    let kind: Option<i64> = match &item.device_type {
        None => None,
        Some(name) => {
            let found = connection.query_row(sql, params![namespace, name], |row| row.get(0)).optional()?;
            let place = format!("{place}.device_type");
            Some(found.ok_or_else(|| Fault::new(place, "the namespace has no such device type"))?)
        }
    };
    let sql = "INSERT INTO device (namespace_id, uid, registered, access_key, device_type_id, active, alias,
                   serial, description)
               VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT (namespace_id, uid) DO UPDATE SET registered = 1, access_key = ?3,
                   device_type_id = ?4, active = ?5, alias = ?6, serial = ?7, description = ?8";
    let values = params![
        namespace,
        item.uid,
        item.access_key,
        kind,
        item.active.unwrap_or(true),
        item.alias,
        item.serial,
        item.description,
    ];
    connection.execute(sql, values)?;
    Ok(())
}

fn user(connection: &Connection, place: &str, item: &User) -> Result<(), Fault> {
    let sql = "SELECT id, password_hash FROM user WHERE name = ?1";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found: Option<(i64, String)> = connection.query_row(sql, [&item.name], row).optional()?;
    let id = match found {
        Some((id, hash)) if is_still(item, &hash) => id,
        Some((id, _)) => {
            let sql = "UPDATE user SET password_hash = ?2 WHERE id = ?1";
            connection.execute(sql, params![id, new_hash(item)?])?;
            connection.execute("DELETE FROM session WHERE user_id = ?1", [id])?;
            id
        }
        None => {
            let sql = "INSERT INTO user (name, password_hash) VALUES (?1, ?2) RETURNING id";
            connection.query_row(sql, params![item.name, new_hash(item)?], |row| row.get(0))?
        }
    };
    grants(connection, place, id, &item.namespaces)
}

fn is_still(item: &User, hash: &str) -> bool {
    let is_same_hash = item.password_hash.as_deref() == Some(hash);
    is_same_hash || item.password.as_deref().is_some_and(|text| password::verify(text, hash))
}

fn new_hash(item: &User) -> Result<String, Fault> {
    match (&item.password, &item.password_hash) {
        (Some(text), _) => Ok(password::hash(text)?),
        (None, Some(hash)) => Ok(hash.clone()),
        (None, None) => Err(Fault::new("users", "password is missing")),
    }
}

fn grants(connection: &Connection, place: &str, user: i64, names: &[String]) -> Result<(), Fault> {
    connection.execute("DELETE FROM user_namespace WHERE user_id = ?1", [user])?;
    for (index, name) in names.iter().enumerate() {
        let sql = "INSERT OR IGNORE INTO user_namespace (user_id, namespace_id)
                   SELECT ?1, id FROM namespace WHERE name = ?2";
        if connection.execute(sql, params![user, name])? == 0 {
            let place = format!("{place}.namespaces[{index}]");
            return Err(Fault::new(place, format_args!("{name:?} is no namespace, or is there twice")));
        }
    }
    Ok(())
}
