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
use super::item::{Device, DeviceType, Firmware};
use crate::device::configure::{LAT, LON, degrees};
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
        check_device(&format!("{place}.devices[{index}]"), device)?;
    }
    for (index, kind) in namespace.device_types.iter().enumerate() {
        check_device_type(&format!("{place}.device_types[{index}]"), kind)?;
    }
    Ok(())
}

fn check_device(place: &str, device: &Device) -> Result<(), Fault> {
    check_name(NameKind::Device, &device.uid, format_args!("{place}.uid"))?;
    for (name, number, most) in [("lat", device.lat, LAT), ("lon", device.lon, LON)] {
        if number.is_some() {
            let checked = degrees(name, number, most);
            checked.map_err(|failure| Fault::new(format!("{place}.{name}"), failure.reason()))?;
        }
    }
    Ok(())
}

fn check_device_type(place: &str, kind: &DeviceType) -> Result<(), Fault> {
    unique(&format!("{place}.firmware"), kind.firmware.iter().map(|firmware| &firmware.version))?;
    for (index, firmware) in kind.firmware.iter().enumerate() {
        check_firmware(&format!("{place}.firmware[{index}]"), firmware)?;
    }
    let definitions = format!("{place}.field_definitions");
    unique(&definitions, kind.field_definitions.iter().map(|definition| &definition.name))?;
    for (index, definition) in kind.field_definitions.iter().enumerate() {
        check_name(NameKind::Field, &definition.name, format_args!("{definitions}[{index}].name"))?;
    }
    Ok(())
}

fn check_firmware(place: &str, firmware: &Firmware) -> Result<(), Fault> {
    if firmware.file.is_some() && firmware.image.is_some() {
        return Err(Fault::new(place, "needs either file or image, not both"));
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
