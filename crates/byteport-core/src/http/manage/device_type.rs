// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Kinds of devices, what their fields mean, and their programs.

use serde::Deserialize;

use super::device::depth_text;
use super::{Ask, More, scalar};
use crate::error::Result;
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// A kind of device.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct DeviceType {
    /// Its number.
    #[serde(deserialize_with = "scalar::some_integer")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "scalar::text")]
    pub name: Option<String>,
    /// For people.
    #[serde(default, deserialize_with = "scalar::text")]
    pub description: Option<String>,
    /// Seconds without contact after which its devices count as offline.
    #[serde(default, deserialize_with = "scalar::integer")]
    pub timeout_limit: Option<i64>,
    /// Whether its devices are gateways for others.
    #[serde(default, deserialize_with = "scalar::truth")]
    pub accepts_children: Option<bool>,
    /// How commands reach its devices.
    #[serde(default, deserialize_with = "scalar::text")]
    pub command_channel: Option<String>,
    /// Everything else that the service says of it.
    #[serde(flatten)]
    pub more: More,
}

/// The kinds of devices of a namespace, or with `key` the one with that id. `depth` is 0 to 2.
///
/// # Errors
/// [`ErrorCode::InvalidName`](crate::ErrorCode::InvalidName);
/// [`ErrorCode::InvalidArgument`](crate::ErrorCode::InvalidArgument) for a depth above 2.
pub fn device_types(namespace: &str, key: Option<i64>, depth: Option<u8>) -> Result<Ask<Vec<DeviceType>>> {
    name::check(NameKind::Namespace, namespace)?;
    let depth = depth_text(depth, 2)?;
    let ask = with_key(Ask::get(format!("/api/v1/namespace/{namespace}/device_type/")), key);
    Ok(ask.with_some("depth", depth.as_deref()))
}

/// A program for a kind of device.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Firmware {
    /// Its number.
    #[serde(deserialize_with = "scalar::some_integer")]
    pub id: i64,
    /// Its version.
    #[serde(default, deserialize_with = "scalar::text")]
    pub version: Option<String>,
    /// Its image's size in bytes.
    #[serde(default, deserialize_with = "scalar::count")]
    pub filesize: Option<u64>,
    /// Its image's MD5 digest in hexadecimal.
    #[serde(default, deserialize_with = "scalar::text")]
    pub md5_digest: Option<String>,
    /// Its image's path on the server.
    #[serde(default, deserialize_with = "scalar::text")]
    pub image: Option<String>,
    /// For people.
    #[serde(default, deserialize_with = "scalar::text")]
    pub comment: Option<String>,
    /// When it was brought.
    #[serde(default, deserialize_with = "scalar::time")]
    pub uploaded: Option<Timestamp>,
    /// Whether devices may take it; what does not say so may not be taken.
    #[serde(default, deserialize_with = "scalar::is_true")]
    pub enabled: bool,
    /// Everything else that the service says of it.
    #[serde(flatten)]
    pub more: More,
}

/// The programs for a kind of device, or with `key` the one with that id.
///
/// # Errors
/// [`ErrorCode::InvalidName`](crate::ErrorCode::InvalidName).
pub fn firmwares(namespace: &str, device_type: i64, key: Option<i64>) -> Result<Ask<Vec<Firmware>>> {
    of_type(namespace, device_type, "firmware", key)
}

/// What a field of a kind of device means.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct FieldDefinition {
    /// Its number.
    #[serde(deserialize_with = "scalar::some_integer")]
    pub id: i64,
    /// The field's name.
    #[serde(default, deserialize_with = "scalar::text")]
    pub name: Option<String>,
    /// Whether it holds numbers or texts.
    #[serde(default, deserialize_with = "scalar::text")]
    pub data_type: Option<String>,
    /// The unit's name.
    #[serde(default, deserialize_with = "scalar::text")]
    pub unit: Option<String>,
    /// The unit's symbol.
    #[serde(default, deserialize_with = "scalar::text")]
    pub unit_symbol: Option<String>,
    /// For people.
    #[serde(default, deserialize_with = "scalar::text")]
    pub description: Option<String>,
    /// Everything else that the service says of it.
    #[serde(flatten)]
    pub more: More,
}

/// What the fields of a kind of device mean, or with `key` the definition with that id.
///
/// # Errors
/// [`ErrorCode::InvalidName`](crate::ErrorCode::InvalidName).
pub fn field_definitions(
    namespace: &str,
    device_type: i64,
    key: Option<i64>,
) -> Result<Ask<Vec<FieldDefinition>>> {
    of_type(namespace, device_type, "field_definition", key)
}

fn of_type<T: serde::de::DeserializeOwned + 'static>(
    namespace: &str,
    device_type: i64,
    what: &str,
    key: Option<i64>,
) -> Result<Ask<Vec<T>>> {
    name::check(NameKind::Namespace, namespace)?;
    let path = format!("/api/v1/namespace/{namespace}/device_type/{device_type}/{what}/");
    Ok(with_key(Ask::get(path), key))
}

/// The parameter's documented name is `key`; the reference client sends `_key`, and so does this one.
fn with_key<T>(ask: Ask<T>, key: Option<i64>) -> Ask<T> {
    ask.with_some("_key", key.map(|key| key.to_string()).as_deref())
}
