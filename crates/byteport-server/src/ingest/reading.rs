// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! One reading of one device, and whether it may be stored.
//!
//! Invariant: nothing is changed here; namespace, method, key and registration are checked before a
//! reading is admitted, and [`insert`](super::insert) stores what was.

use std::sync::Arc;

use byteport_core::model::Timestamp;

use crate::answer::Failure;
use crate::namespace::{StoreBy, WriteRules};
use crate::secret;
use crate::store::{Connection, Row};
use crate::{store, values};

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

/// A reading that may be stored.
#[derive(Clone)]
pub struct Admitted {
    /// The row of its namespace.
    pub namespace: i64,
    /// The reading.
    pub reading: Arc<Reading>,
}

struct Device {
    registered: bool,
    access_key: Option<String>,
}

impl Device {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        Ok(Self { registered: row.get(0)?, access_key: row.get(1)? })
    }
}

impl Reading {
    /// Admits the reading if the key, the namespace's or the device's own, allows it.
    pub fn with_key(
        self: &Arc<Self>,
        connection: &Connection,
        key: &str,
        by: StoreBy,
    ) -> Result<Admitted, Failure> {
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
        Ok(self.admitted(&rules))
    }

    /// Admits the reading if the packets call's key allows it; these are the rules of its namespace.
    pub fn with_legacy_key(
        self: &Arc<Self>,
        connection: &Connection,
        key: &str,
        rules: Option<&WriteRules>,
    ) -> Result<Admitted, Failure> {
        let expected = rules.and_then(|rules| rules.legacy_key.as_deref());
        let is_key = secret::matches(key, expected);
        let Some(rules) = rules.filter(|_| is_key) else {
            return Err(Failure::forbidden("legacy_key is not valid for this namespace"));
        };
        check_method(rules, StoreBy::Post)?;
        if rules.registered_only {
            check_registration(rules, self.find_device(connection, rules.id)?.as_ref())?;
        }
        Ok(self.admitted(rules))
    }

    /// Admits the reading if its namespace, which has these rules, takes its device: whoever hands it in was let in already.
    pub fn without_key(
        self: &Arc<Self>,
        connection: &Connection,
        rules: Option<&WriteRules>,
    ) -> Result<Admitted, Failure> {
        let rules = rules.ok_or_else(|| Failure::missing("no such namespace"))?;
        if rules.registered_only {
            check_registration(rules, self.find_device(connection, rules.id)?.as_ref())?;
        }
        Ok(self.admitted(rules))
    }

    fn admitted(self: &Arc<Self>, rules: &WriteRules) -> Admitted {
        Admitted { namespace: rules.id, reading: Arc::clone(self) }
    }

    fn find_device(&self, connection: &Connection, namespace: i64) -> Result<Option<Device>, Failure> {
        let sql = "SELECT registered, access_key FROM device WHERE namespace_id = ?1 AND uid = ?2";
        Ok(connection.query_row(sql, values![namespace, self.uid], Device::from_row)?)
    }
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
