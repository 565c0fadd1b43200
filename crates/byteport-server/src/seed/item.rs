// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What a seed file says of devices and of their types.

use std::path::PathBuf;

use serde::Deserialize;

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
    /// The path of its file under `/media/`, where the file is in the folder `media` already.
    pub image: Option<String>,
    /// The file itself, seen from the seed file's folder; it is kept in the folder `media`, and gives
    /// `image`, `filesize` and `md5_digest`.
    pub file: Option<PathBuf>,
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
    /// The UID of its gateway, a device of the same namespace.
    pub parent: Option<String>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// Where it is, for people.
    pub location_hint: Option<String>,
    /// Seconds without contact after which it counts as offline; 0: never. That of its type, if missing.
    pub timeout_limit: Option<u32>,
    /// Whether somebody wants to know that it is offline. The alarm keys are kept and shown, not acted on.
    pub offline_alarm: Option<bool>,
    /// Seconds between alarms.
    pub alarm_interval: Option<u32>,
    /// How often an alarm is repeated.
    pub alarm_repeat_times: Option<u32>,
}
