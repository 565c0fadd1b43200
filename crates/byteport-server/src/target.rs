// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The device that a call's path names.
//!
//! Invariant: whether a device exists is told only to those who may see its namespace.

use byteport_core::model::name::NameKind;

use crate::answer::Failure;
use crate::namespace;
use crate::store::{Connection, Row};
use crate::values;

/// A device as a path names it: both names keep the core's rule.
#[derive(Clone)]
pub struct Target {
    /// The namespace's name.
    pub namespace: String,
    /// The device's UID.
    pub uid: String,
}

/// A device that is there.
pub struct Found {
    /// The row's id.
    pub id: i64,
    /// The row of its type, if it has one.
    pub device_type: Option<i64>,
}

impl Target {
    /// Checks the two names of a path.
    pub fn checked((namespace, uid): (String, String)) -> Result<Self, Failure> {
        namespace::check_name(NameKind::Namespace, &namespace)?;
        namespace::check_name(NameKind::Device, &uid)?;
        Ok(Self { namespace, uid })
    }

    /// Finds the device: 403 if the user may not see the namespace, 404 if there is no such device in it.
    pub fn find(&self, connection: &Connection, user: i64) -> Result<Found, Failure> {
        let namespace = namespace::visible(connection, user, &self.namespace)?;
        let sql = "SELECT id, device_type_id FROM device WHERE namespace_id = ?1 AND uid = ?2";
        let read = |row: &Row<'_>| Ok(Found { id: row.get(0)?, device_type: row.get(1)? });
        let found = connection.query_row(sql, values![namespace, self.uid], read)?;
        found.ok_or_else(|| Failure::missing("no such device"))
    }

    /// `NS.UID`.
    #[must_use]
    pub fn guid(&self) -> String {
        format!("{}.{}", self.namespace, self.uid)
    }
}
