// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! One reading of one device, and how it gets into the tables.
//!
//! Invariants: nothing is changed before namespace, method, key and registration are checked; a
//! value with the field and microsecond of an older one takes its place; the device's last
//! contact never moves back; `field.texts` stays the number of the field's values that are no
//! numbers.

use byteport_core::model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::answer::Failure;
use crate::namespace::{StoreBy, WriteRules};
use crate::secret;
use crate::series::number;

/// What one device measured at one time; without fields a sign of life.
pub struct Reading {
    /// The device's namespace.
    pub namespace: String,
    /// The device's UID.
    pub uid: String,
    /// When it was measured.
    pub time: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// Field names and values, checked.
    pub fields: Vec<(String, String)>,
}

struct Device {
    registered: bool,
    access_key: Option<String>,
}

impl Reading {
    /// Stores the reading if the key, the namespace's or the device's own, allows it.
    pub fn store_with_key(&self, connection: &Connection, key: &str, by: StoreBy) -> Result<(), Failure> {
        let rules = WriteRules::find(connection, &self.namespace)?;
        let rules = rules.ok_or_else(|| Failure::missing("no such namespace"))?;
        check_method(&rules, by)?;
        let device = self.find_device(connection, rules.id)?;
        let own_key = device.as_ref().and_then(|device| device.access_key.as_deref());
        let is_namespace_key = secret::matches(key, rules.write_key.as_deref());
        if !(secret::matches(key, own_key) | is_namespace_key) {
            return Err(Failure::forbidden("the key is not valid for this device"));
        }
        check_registration(&rules, device.as_ref())?;
        self.insert(connection, rules.id)
    }

    /// Stores the reading if the packets call's key allows it.
    pub fn store_with_legacy_key(&self, connection: &Connection, key: &str) -> Result<(), Failure> {
        let rules = WriteRules::find(connection, &self.namespace)?;
        let expected = rules.as_ref().and_then(|rules| rules.legacy_key.as_deref());
        let is_key = secret::matches(key, expected);
        let Some(rules) = rules.filter(|_| is_key) else {
            return Err(Failure::forbidden("legacy_key is not valid for this namespace"));
        };
        check_method(&rules, StoreBy::Post)?;
        check_registration(&rules, self.find_device(connection, rules.id)?.as_ref())?;
        self.insert(connection, rules.id)
    }

    fn find_device(&self, connection: &Connection, namespace: i64) -> Result<Option<Device>, Failure> {
        let sql = "SELECT registered, access_key FROM device WHERE namespace_id = ?1 AND uid = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_row(params![namespace, self.uid], |row| {
            Ok(Device { registered: row.get(0)?, access_key: row.get(1)? })
        });
        Ok(found.optional()?)
    }

    fn insert(&self, connection: &Connection, namespace: i64) -> Result<(), Failure> {
        let sql = "INSERT INTO device (namespace_id, uid, last_contact) VALUES (?1, ?2, ?3)
                   ON CONFLICT (namespace_id, uid)
                   DO UPDATE SET last_contact = max(coalesce(last_contact, ?3), ?3) RETURNING id";
        let contact = params![namespace, self.uid, self.received.as_micros()];
        let device: i64 = connection.prepare_cached(sql)?.query_row(contact, |row| row.get(0))?;
        for (name, text) in &self.fields {
            let field = field_id(connection, device, name)?;
            put(connection, (field, self.time.as_micros()), text)?;
        }
        Ok(())
    }
}

/// Stores a value in its place, which a field and a microsecond make.
fn put(connection: &Connection, (field, micros): (i64, i64), text: &str) -> Result<(), Failure> {
    let sql = "INSERT INTO value (field_id, micros, text) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    let is_new = connection.prepare_cached(sql)?.execute(params![field, micros, text])? > 0;
    let mut texts = i64::from(!number::is_number(text));
    if !is_new {
        texts -= replace(connection, (field, micros), text)?;
    }
    if texts != 0 {
        let sql = "UPDATE field SET texts = texts + ?2 WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![field, texts])?;
    }
    Ok(())
}

/// Puts a value in the place of another; gives 1 where the other was a text, 0 for a number.
fn replace(connection: &Connection, (field, micros): (i64, i64), text: &str) -> Result<i64, Failure> {
    let sql = "SELECT NOT is_number(text) FROM value WHERE field_id = ?1 AND micros = ?2";
    let was_text = connection.prepare_cached(sql)?.query_row(params![field, micros], |row| row.get(0))?;
    let sql = "UPDATE value SET text = ?3 WHERE field_id = ?1 AND micros = ?2";
    connection.prepare_cached(sql)?.execute(params![field, micros, text])?;
    Ok(was_text)
}

fn field_id(connection: &Connection, device: i64, name: &str) -> Result<i64, Failure> {
    let sql = "SELECT id FROM field WHERE device_id = ?1 AND name = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    if let Some(id) = statement.query_row(params![device, name], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    let sql = "INSERT INTO field (device_id, name) VALUES (?1, ?2) RETURNING id";
    Ok(connection.prepare_cached(sql)?.query_row(params![device, name], |row| row.get(0))?)
}

fn check_method(rules: &WriteRules, by: StoreBy) -> Result<(), Failure> {
    if !rules.method.allows(by) {
        let reason = "the namespace does not allow storing by this method (http_write_method)";
        return Err(Failure::forbidden(reason));
    }
    if !rules.by_key {
        return Err(Failure::forbidden("the namespace does not allow storing by key (write_by_key)"));
    }
    Ok(())
}

fn check_registration(rules: &WriteRules, device: Option<&Device>) -> Result<(), Failure> {
    if rules.registered_only && !device.is_some_and(|device| device.registered) {
        return Err(Failure::missing("no such device, and the namespace takes registered devices only"));
    }
    Ok(())
}
