// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How a seed gets into the tables.
//!
//! Invariants: rows are found by name and updated, never doubled; what an entry leaves out stays,
//! and is the default in a new row; a password that is still the same keeps its hash, so that
//! sessions live on; one that changed ends its user's sessions; a firmware counts as uploaded
//! when its digest was first that.

use byteport_core::model::Timestamp;

use super::file::{Namespace, Seed, User};
use super::item::{DeviceType, FieldDefinition, Firmware};
use super::settle::{self, Password};
use super::{Fault, device};
use crate::namespace::WriteMethod;
use crate::store::{Connection, Row};
use crate::values;

/// Applies everything; the caller holds the transaction.
///
/// Gives the passwords, which are not dealt with here.
pub fn all(connection: &Connection, seed: &Seed) -> Result<Vec<Password>, Fault> {
    for (index, item) in seed.namespaces.iter().enumerate() {
        namespace(connection, &format!("namespaces[{index}]"), item)?;
    }
    let mut passwords = Vec::new();
    for (index, item) in seed.users.iter().enumerate() {
        passwords.extend(user(connection, &format!("users[{index}]"), item)?);
    }
    Ok(passwords)
}

fn namespace(connection: &Connection, place: &str, item: &Namespace) -> Result<(), Fault> {
    let sql = "INSERT INTO namespace (name, description, data_survival_time, http_write_method, write_by_key,
                   write_key, read_by_key, read_key, legacy_key, registered_only)
               VALUES (?1, ?2, ?3, coalesce(?4, 'post'), coalesce(?5, 1), ?6, coalesce(?7, 0), ?8, ?9,
                   coalesce(?10, 0))
               ON CONFLICT (name) DO UPDATE SET description = coalesce(?2, namespace.description),
                   data_survival_time = coalesce(?3, namespace.data_survival_time),
                   http_write_method = coalesce(?4, namespace.http_write_method),
                   write_by_key = coalesce(?5, namespace.write_by_key), write_key = coalesce(?6, namespace.write_key),
                   read_by_key = coalesce(?7, namespace.read_by_key), read_key = coalesce(?8, namespace.read_key),
                   legacy_key = coalesce(?9, namespace.legacy_key), registered_only = coalesce(?10, namespace.registered_only)
               RETURNING id";
    let days = item.data_survival_time.map(|days| days.to_string());
    let method = item.http_write_method.map(WriteMethod::word);
    let values = values![
        item.name,
        item.description,
        days,
        method,
        item.write_by_key,
        item.write_key,
        item.read_by_key,
        item.read_key,
        item.legacy_key,
        item.registered_only,
    ];
    let id = connection.query_one(sql, values, |row| row.get(0))?;
    for kind in &item.device_types {
        device_type(connection, id, kind)?;
    }
    device::all(connection, &format!("{place}.devices"), id, &item.devices)
}

fn device_type(connection: &Connection, namespace: i64, item: &DeviceType) -> Result<(), Fault> {
    let sql = "INSERT INTO device_type (namespace_id, name, description, timeout_limit, accepts_children,
                   command_channel, command_support, internet_connection, photo)
               VALUES (?1, ?2, ?3, ?4, coalesce(?5, 0), ?6, coalesce(?7, 0), coalesce(?8, 1), ?9)
               ON CONFLICT (namespace_id, name) DO UPDATE SET description = coalesce(?3, device_type.description),
                   timeout_limit = coalesce(?4, device_type.timeout_limit),
                   accepts_children = coalesce(?5, device_type.accepts_children),
                   command_channel = coalesce(?6, device_type.command_channel),
                   command_support = coalesce(?7, device_type.command_support),
                   internet_connection = coalesce(?8, device_type.internet_connection), photo = coalesce(?9, device_type.photo)
               RETURNING id";
    let values = values![
        namespace,
        item.name,
        item.description,
        item.timeout_limit,
        item.accepts_children,
        item.command_channel,
        item.command_support,
        item.internet_connection,
        item.photo,
    ];
    let id = connection.query_one(sql, values, |row| row.get(0))?;
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
               ON CONFLICT (device_type_id, name) DO UPDATE SET data_type = ?3,
                   object_type = coalesce(?4, field_definition.object_type), encoding_type = coalesce(?5, field_definition.encoding_type),
                   unit = coalesce(?6, field_definition.unit), unit_symbol = coalesce(?7, field_definition.unit_symbol),
                   role = coalesce(?8, field_definition.role), list_separator = coalesce(?9, field_definition.list_separator),
                   automation = coalesce(?10, field_definition.automation),
                   default_processor = coalesce(?11, field_definition.default_processor),
                   description = coalesce(?12, field_definition.description)";
    let values = values![
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
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, 1), ?9)
               ON CONFLICT (device_type_id, version) DO UPDATE SET filesize = coalesce(?3, firmware.filesize),
                   md5_digest = coalesce(?4, firmware.md5_digest), image = coalesce(?5, firmware.image),
                   comment = coalesce(?6, firmware.comment), uploader = coalesce(?7, firmware.uploader),
                   enabled = coalesce(?8, firmware.enabled),
                   uploaded = CASE WHEN ?4 IS NULL OR ?4 = firmware.md5_digest THEN firmware.uploaded
                       ELSE ?9 END";
    let filesize = item.filesize.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
    let now = Timestamp::now().as_micros();
    let values = values![
        device_type,
        item.version,
        filesize,
        item.md5_digest,
        item.image,
        item.comment,
        item.uploader,
        item.enabled,
        now,
    ];
    connection.execute(sql, values)?;
    Ok(())
}

/// Makes or updates a user; a password, unlike a ready hash, is given back.
fn user(connection: &Connection, place: &str, item: &User) -> Result<Option<Password>, Fault> {
    let sql = r#"INSERT INTO "user" (name, password_hash) VALUES (?1, '') ON CONFLICT DO NOTHING"#;
    connection.execute(sql, values![item.name])?;
    let sql = r#"SELECT id, password_hash FROM "user" WHERE name = ?1"#;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (id, kept): (i64, String) = connection.query_one(sql, values![item.name], read)?;
    if let Some(hash) = item.password_hash.as_ref().filter(|hash| **hash != kept) {
        settle::keep(connection, id, hash)?;
    }
    if let Some(names) = &item.namespaces {
        grants(connection, place, id, names)?;
    }
    Ok(item.password.clone().map(|text| Password { user: id, text, kept }))
}

fn grants(connection: &Connection, place: &str, user: i64, names: &[String]) -> Result<(), Fault> {
    connection.execute("DELETE FROM user_namespace WHERE user_id = ?1", values![user])?;
    for (index, name) in names.iter().enumerate() {
        let sql = "INSERT INTO user_namespace (user_id, namespace_id)
                   SELECT ?1, id FROM namespace WHERE name = ?2 ON CONFLICT DO NOTHING";
        if connection.execute(sql, values![user, name])? == 0 {
            let place = format!("{place}.namespaces[{index}]");
            return Err(Fault::new(place, format_args!("{name:?} is no namespace, or is there twice")));
        }
    }
    Ok(())
}
