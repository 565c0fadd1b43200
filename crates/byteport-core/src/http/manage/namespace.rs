// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Namespaces, and who was heard of in one.

use std::fmt;

use serde::Deserialize;

use super::{Ask, More, scalar};
use crate::error::Result;
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// A namespace, as the service describes it to those who may see it.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Namespace {
    /// Its name.
    #[serde(deserialize_with = "scalar::some_text")]
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "scalar::text")]
    pub description: Option<String>,
    /// How long values are kept, in days.
    #[serde(default, deserialize_with = "scalar::text")]
    pub data_survival_time: Option<String>,
    /// By which methods values may be stored: `off`, `get`, `post` or `both`.
    #[serde(default, deserialize_with = "scalar::text")]
    pub http_write_method: Option<String>,
    /// Whether a key is enough to store.
    #[serde(default, deserialize_with = "scalar::truth")]
    pub write_by_key: Option<bool>,
    /// Whether a key is enough to read.
    #[serde(default, deserialize_with = "scalar::truth")]
    pub read_by_key: Option<bool>,
    /// Everything else that the service says of it, keys included: do not log it.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespace").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The namespaces that the user may see; with `key` the one of that name.
pub fn namespaces(key: Option<&str>) -> Ask<Vec<Namespace>> {
    Ask::get("/api/v1/namespace/").with_some("key", key)
}

/// Who stored something in the last 24 hours.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Activity {
    /// Registered devices, as the service describes them, access keys included: do not log them.
    #[serde(default, deserialize_with = "scalar::or_empty")]
    pub registered_devices: Vec<serde_json::Value>,
    /// Devices that nobody registered.
    #[serde(default, deserialize_with = "scalar::or_empty")]
    pub unregistered_devices: Vec<UnregisteredDevice>,
    /// Everything else.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Debug for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Activity");
        shown.field("registered_devices", &self.registered_devices.len());
        shown.field("unregistered_devices", &self.unregistered_devices).finish_non_exhaustive()
    }
}

/// A device that stores without being registered.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct UnregisteredDevice {
    /// Where it stores.
    #[serde(default, deserialize_with = "scalar::text")]
    pub namespace: Option<String>,
    /// Its UID.
    #[serde(deserialize_with = "scalar::some_text")]
    pub uid: String,
    /// When it last stored.
    #[serde(default, deserialize_with = "scalar::time")]
    pub last_contact: Option<Timestamp>,
    /// Everything else.
    #[serde(flatten)]
    pub more: More,
}

/// The devices that stored something in the last 24 hours.
///
/// # Errors
/// [`ErrorCode::InvalidName`](crate::ErrorCode::InvalidName).
pub fn activity(namespace: &str) -> Result<Ask<Activity>> {
    name::check(NameKind::Namespace, namespace)?;
    Ok(Ask::get(format!("/api/v1/namespace/{namespace}/activity/")))
}
