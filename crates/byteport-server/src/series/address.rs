// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The field that a call's path names.
//!
//! Invariants: whether a device or field exists is told only to those who may see its namespace;
//! an unknown device is 404, a known device's unknown field is one without values.

use byteport_core::model::name::NameKind;

use super::{Kind, number};
use crate::answer::Failure;
use crate::namespace;
use crate::store::{Connection, Row};
use crate::target::Target;
use crate::values;

/// A field as a path names it: the three names keep the core's rule.
pub struct Address {
    device: Target,
    field: String,
}

/// What is known of a field before its values are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The row's id; a field without values has none.
    pub id: Option<i64>,
    /// How many of its values are not numbers.
    pub texts: i64,
    /// What its definition says that it is, where it has one.
    pub defined: Option<Kind>,
}

impl Address {
    /// Checks the three names of a path.
    pub fn checked((namespace, uid, field): (String, String, String)) -> Result<Self, Failure> {
        let device = Target::checked((namespace, uid))?;
        namespace::check_name(NameKind::Field, &field)?;
        Ok(Self { device, field })
    }

    /// Finds the field: 403 if the user may not see the namespace, 404 if there is no such device.
    pub fn find(&self, connection: &Connection, user: i64) -> Result<Found, Failure> {
        let device = self.device.find(connection, user)?;
        let sql = "SELECT id, texts FROM field WHERE device_id = ?1 AND name = ?2";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found = connection.query_row(sql, values![device.id, self.field], read)?;
        let (id, texts) = found.map_or((None, 0), |(id, texts)| (Some(id), texts));
        Ok(Found { id, texts, defined: defined_kind(connection, device.device_type, &self.field)? })
    }

    /// The GUID, `NS.UID.FIELD`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}.{}", self.device.guid(), self.field)
    }

    /// Namespace, device and field.
    #[must_use]
    pub fn names(&self) -> [&str; 3] {
        [&self.device.namespace, &self.device.uid, &self.field]
    }
}

/// The type that the field's definition gives, if there is one.
fn defined_kind(
    connection: &Connection,
    device_type: Option<i64>,
    field: &str,
) -> Result<Option<Kind>, Failure> {
    let sql = "SELECT data_type FROM field_definition WHERE device_type_id = ?1 AND name = ?2";
    let found = connection.query_row(sql, values![device_type, field], |row| row.get::<_, String>(0))?;
    let is_number = |word: String| number::TYPES.contains(&word.to_ascii_lowercase().as_str());
    Ok(found.map(|word| if is_number(word) { Kind::Number } else { Kind::Text }))
}
