// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What a seed file says, in TOML or JSON.
//!
//! Invariants: a name in the file that is not known here is an error; names of namespaces and
//! devices keep the core's rule; nothing is named twice. What "if missing" stands for holds for what
//! is new; in what is there already, whatever is missing stays. A parser's error is told by line and
//! column, without the line or the value, which may be a password.

use std::collections::HashSet;
use std::path::Path;

use byteport_core::model::name::{self, NameKind};
use serde::Deserialize;

use super::Fault;
use crate::namespace::WriteMethod;
use crate::session::password;

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    /// Who may log in.
    pub users: Vec<User>,
    /// Where devices store.
    pub namespaces: Vec<Namespace>,
}

/// Who may log in; either `password` or `password_hash`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The login name.
    pub name: String,
    /// The password itself; only its hash is kept.
    pub password: Option<String>,
    /// A ready argon2 hash in PHC form (`$argon2id$...`).
    pub password_hash: Option<String>,
    /// The namespaces that the user may see; those of before, if missing.
    pub namespaces: Option<Vec<String>>,
}

/// Where devices store.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    /// The first part of a GUID.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// The key that stores for any device.
    pub write_key: Option<String>,
    /// The key that reads. Kept and shown, not acted on.
    pub read_key: Option<String>,
    /// The key of the packets call; without one the call is off.
    pub legacy_key: Option<String>,
    /// `off`, `get`, `post` (if missing) or `both`.
    pub http_write_method: Option<WriteMethod>,
    /// Whether a key is enough to store (yes, if missing).
    pub write_by_key: Option<bool>,
    /// Whether a key is enough to read (no, if missing). Kept and shown, not acted on.
    pub read_by_key: Option<bool>,
    /// Whether only registered devices may store (no, if missing).
    pub registered_only: Option<bool>,
    /// How long values are to be kept, in days. Kept and shown, not acted on: values stay for ever.
    pub data_survival_time: Option<u32>,
    /// Kinds of devices.
    #[serde(default)]
    pub device_types: Vec<DeviceType>,
    /// Registered devices.
    #[serde(default)]
    pub devices: Vec<Device>,
}

/// A kind of device.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceType {
    /// Its name in the namespace.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Seconds without contact after which a device counts as offline.
    pub timeout_limit: Option<u32>,
    /// Whether devices of this type are gateways for others.
    pub accepts_children: Option<bool>,
    /// How commands reach the device.
    pub command_channel: Option<String>,
    /// Whether the device takes commands.
    pub command_support: Option<bool>,
    /// Whether the device has its own connection (yes, if missing).
    pub internet_connection: Option<bool>,
    /// A picture's address.
    pub photo: Option<String>,
    /// What its fields mean.
    #[serde(default)]
    pub field_definitions: Vec<FieldDefinition>,
    /// Its programs.
    #[serde(default)]
    pub firmware: Vec<Firmware>,
}

/// What a field means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDefinition {
    /// The field's name.
    pub name: String,
    /// `number` (or `integer`, `float` and the like) or anything else for text.
    pub data_type: String,
    /// What kind of object a text holds.
    pub object_type: Option<String>,
    /// How an object is encoded as text.
    pub encoding_type: Option<String>,
    /// The unit's name.
    pub unit: Option<String>,
    /// The unit's symbol.
    pub unit_symbol: Option<String>,
    /// What the field is for.
    pub role: Option<String>,
    /// What stands between the items of a list.
    pub list_separator: Option<String>,
    /// Kept as it is.
    pub automation: Option<String>,
    /// Kept as it is.
    pub default_processor: Option<String>,
    /// For people.
    pub description: Option<String>,
}

/// A program for a type of device.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firmware {
    /// Its version; names it.
    pub version: String,
    /// Its size in bytes.
    pub filesize: Option<u64>,
    /// Its MD5 digest in hexadecimal.
    pub md5_digest: Option<String>,
    /// Its file's name or address.
    pub image: Option<String>,
    /// For people.
    pub comment: Option<String>,
    /// Who brought it.
    pub uploader: Option<String>,
    /// Whether devices may take it (yes, if missing).
    pub enabled: Option<bool>,
}

/// A registered device.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The second part of a GUID.
    pub uid: String,
    /// The device's own key to store with.
    pub access_key: Option<String>,
    /// The name of its type.
    pub device_type: Option<String>,
    /// Whether it is in use (yes, if missing). Kept and shown, not acted on.
    pub active: Option<bool>,
    /// Another name for it, for people.
    pub alias: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// For people.
    pub description: Option<String>,
}

/// Reads a file by its extension; one without `.toml` or `.json` as either.
pub fn parse(path: &Path, text: &str) -> Result<Seed, String> {
    let json = || serde_json::from_str(text).map_err(|error: serde_json::Error| masked(&error.to_string()));
    let toml = || toml::from_str(text).map_err(|error: toml::de::Error| toml_reason(text, &error));
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => json(),
        Some("toml") => toml(),
        _ if text.trim_start().starts_with('{') => json(),
        _ => toml(),
    }
}

/// The place and reason of a TOML error, without the line that TOML's own text repeats.
fn toml_reason(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    format!("line {line} column {column}: {}", masked(error.message()))
}

/// A parser's reason without the value that it repeats.
fn masked(reason: &str) -> String {
    let value = ["invalid type: ", "invalid value: "].iter().find(|start| reason.starts_with(**start));
    match (value, reason.rfind(", expected ")) {
        (Some(start), Some(at)) => format!("{}{}", start.trim_end_matches(": "), &reason[at..]),
        _ => reason.to_owned(),
    }
}

/// Checks what types cannot say.
pub fn check(seed: &Seed) -> Result<(), Fault> {
    unique("users", seed.users.iter().map(|user| &user.name))?;
    unique("namespaces", seed.namespaces.iter().map(|namespace| &namespace.name))?;
    for (index, user) in seed.users.iter().enumerate() {
        check_user(&format!("users[{index}]"), user)?;
    }
    for (index, namespace) in seed.namespaces.iter().enumerate() {
        check_namespace(&format!("namespaces[{index}]"), namespace)?;
    }
    Ok(())
}

fn check_user(place: &str, user: &User) -> Result<(), Fault> {
    if user.name.is_empty() {
        return Err(Fault::new(format!("{place}.name"), "is empty"));
    }
    match (&user.password, &user.password_hash) {
        (Some(password), None) if !password.is_empty() => Ok(()),
        (None, Some(hash)) if password::is_hash(hash) => Ok(()),
        (None, Some(_)) => Err(Fault::new(format!("{place}.password_hash"), "is not an argon2 hash")),
        _ => Err(Fault::new(place, "needs either password, not empty, or password_hash")),
    }
}

fn check_namespace(place: &str, namespace: &Namespace) -> Result<(), Fault> {
    check_name(NameKind::Namespace, &namespace.name, format_args!("{place}.name"))?;
    unique(&format!("{place}.devices"), namespace.devices.iter().map(|device| &device.uid))?;
    unique(&format!("{place}.device_types"), namespace.device_types.iter().map(|kind| &kind.name))?;
    for (index, device) in namespace.devices.iter().enumerate() {
        check_name(NameKind::Device, &device.uid, format_args!("{place}.devices[{index}].uid"))?;
    }
    for (index, kind) in namespace.device_types.iter().enumerate() {
        let place = format!("{place}.device_types[{index}]");
        unique(&format!("{place}.firmware"), kind.firmware.iter().map(|firmware| &firmware.version))?;
        let definitions = format!("{place}.field_definitions");
        unique(&definitions, kind.field_definitions.iter().map(|definition| &definition.name))?;
        for (index, definition) in kind.field_definitions.iter().enumerate() {
            check_name(NameKind::Field, &definition.name, format_args!("{definitions}[{index}].name"))?;
        }
    }
    Ok(())
}

fn check_name(kind: NameKind, name: &str, place: std::fmt::Arguments<'_>) -> Result<(), Fault> {
    name::check(kind, name).map_err(|error| Fault::new(place.to_string(), error))
}

fn unique<'a>(place: &str, names: impl Iterator<Item = &'a String>) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    for (index, name) in names.enumerate() {
        if !seen.insert(name) {
            return Err(Fault::new(format!("{place}[{index}]"), format_args!("{name:?} is there twice")));
        }
    }
    Ok(())
}
