// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Devices: listing, searching, registering and configuring them, and which were heard of lately.
//!
//! Choices where the API is silent:
//! - A device is in lists from its first value on, registered or not.
//! - `depth` is 1 if it is not given. From 2 on, `device_type` is an object in place of an id, and
//!   `children` lists the devices whose parent it is, as objects of depth 1; at 3 with their types.
//! - A `key` that no device has gives an empty list. A `*` may be anywhere in it.
//! - A device is `online` while its last contact is not longer ago than its own `timeout_limit` in
//!   seconds, or else that of its type; without one, or with 0, `online` is `None`.
//! - `active` is kept and shown, not acted on: a device stores with its key in either case.
//!   The alarm keys are kept and shown, too.
//! - What a search finds is said in [`pattern`], what a registration does in [`register`].

pub mod activity;
pub mod configure;
pub mod list;
pub mod object;
pub mod pattern;
pub mod register;
pub mod search;
pub mod uids;

use std::ops::ControlFlow;

use crate::answer::Failure;
use crate::store::{Connection, Error};
use crate::values;

/// A device that a look over the names found.
pub struct Named {
    /// The row's id.
    pub id: i64,
    /// The device's UID.
    pub uid: String,
}

/// Which names to look over.
struct Names<'a> {
    /// The row of their namespace.
    namespace: i64,
    /// How the names begin.
    prefix: &'a str,
    /// The first of them, or where it would be.
    from: &'a str,
    /// When to stop looking.
    most: usize,
}

impl Names<'_> {
    /// The devices with such names that are accepted, in order of their names.
    fn find(
        &self,
        connection: &Connection,
        mut accept: impl FnMut(&str) -> bool,
    ) -> Result<Vec<Named>, Failure> {
        let sql = "SELECT id, uid FROM device WHERE namespace_id = ?1 AND uid >= ?2 ORDER BY uid";
        let mut found = Vec::new();
        connection.walk(sql, values![self.namespace, self.from.max(self.prefix)], |row| {
            let uid = row.text("uid")?;
            if !uid.starts_with(self.prefix) || found.len() >= self.most {
                return Ok(ControlFlow::Break(()));
            }
            if accept(&uid) {
                found.push(Named { id: row.get("id")?, uid: uid.into_owned() });
            }
            Ok::<_, Error>(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}
