// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Changing what the service knows of a device, and what a device is to do.

use serde_json::Value;

use super::ask::truth;
use super::{Ask, Device};
use crate::error::{Error, ErrorCode, Result};
use crate::http::session::TOKEN_FIELD;
use crate::model::name::{self, NameKind};
use crate::model::value::parse_number;

/// One setting of a device.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// Whether it is in use.
    Active(bool),
    /// Degrees north, -90 to 90.
    Lat(f64),
    /// Degrees east, -180 to 180.
    Lon(f64),
    /// Where it is, in words.
    LocationHint(String),
    /// Another name for it.
    Alias(String),
    /// Its serial number.
    Serial(String),
    /// For people.
    Description(String),
    /// Seconds without contact after which it counts as offline.
    TimeoutLimit(u32),
    /// Whether going offline is an alarm.
    OfflineAlarm(bool),
    /// Seconds between alarms.
    AlarmInterval(u32),
    /// How often an alarm is repeated.
    AlarmRepeatTimes(u32),
}

/// The names of the settings, as [`Setting::parse`] takes them.
pub const SETTING_NAMES: [&str; 11] = [
    "active",
    "lat",
    "lon",
    "location_hint",
    "alias",
    "serial",
    "description",
    "timeout_limit",
    "offline_alarm",
    "alarm_interval",
    "alarm_repeat_times",
];

impl Setting {
    /// A setting from its name and its value's text.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for an unknown name or a value that it cannot have.
    pub fn parse(name: &str, value: &str) -> Result<Setting> {
        let setting = match name {
            "active" => parse_truth(value).map(Setting::Active),
            "lat" => parse_degrees(value, 90.0).map(Setting::Lat),
            "lon" => parse_degrees(value, 180.0).map(Setting::Lon),
            "location_hint" => Some(Setting::LocationHint(value.to_owned())),
            "alias" => Some(Setting::Alias(value.to_owned())),
            "serial" => Some(Setting::Serial(value.to_owned())),
            "description" => Some(Setting::Description(value.to_owned())),
            "timeout_limit" => value.parse().ok().map(Setting::TimeoutLimit),
            "offline_alarm" => parse_truth(value).map(Setting::OfflineAlarm),
            "alarm_interval" => value.parse().ok().map(Setting::AlarmInterval),
            "alarm_repeat_times" => value.parse().ok().map(Setting::AlarmRepeatTimes),
            _ => return Err(unknown(name)),
        };
        setting.ok_or_else(|| refused(name))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Active(_) => "active",
            Self::Lat(_) => "lat",
            Self::Lon(_) => "lon",
            Self::LocationHint(_) => "location_hint",
            Self::Alias(_) => "alias",
            Self::Serial(_) => "serial",
            Self::Description(_) => "description",
            Self::TimeoutLimit(_) => "timeout_limit",
            Self::OfflineAlarm(_) => "offline_alarm",
            Self::AlarmInterval(_) => "alarm_interval",
            Self::AlarmRepeatTimes(_) => "alarm_repeat_times",
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Active(value) | Self::OfflineAlarm(value) => truth(*value).to_owned(),
            Self::Lat(degrees) | Self::Lon(degrees) => degrees.to_string(),
            Self::LocationHint(text) | Self::Alias(text) | Self::Serial(text) | Self::Description(text) => {
                text.clone()
            }
            Self::TimeoutLimit(number) | Self::AlarmInterval(number) | Self::AlarmRepeatTimes(number) => {
                number.to_string()
            }
        }
    }
}

fn unknown(name: &str) -> Error {
    let name: String = name.chars().take(40).collect();
    let message = format!("a device has no setting {name:?}: use one of {}", SETTING_NAMES.join(" "));
    Error::new(ErrorCode::InvalidArgument, message)
}

fn refused(name: &str) -> Error {
    let needs = match name {
        "active" | "offline_alarm" => "True or False",
        "lat" => "degrees from -90 to 90",
        "lon" => "degrees from -180 to 180",
        _ => "a whole number from 0 on",
    };
    Error::new(ErrorCode::InvalidArgument, format!("the setting {name} needs {needs}"))
}

fn parse_truth(text: &str) -> Option<bool> {
    match text {
        "True" | "true" | "1" => Some(true),
        "False" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn parse_degrees(text: &str, most: f64) -> Option<f64> {
    parse_number(text).filter(|degrees| degrees.abs() <= most)
}

/// Changes settings of a device; the answer is the device as it is then.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidArgument`] without a setting, or for degrees that are none.
pub fn configure(namespace: &str, uid: &str, settings: &[Setting]) -> Result<Ask<Device>> {
    check(namespace, uid)?;
    if settings.is_empty() {
        return Err(Error::new(ErrorCode::InvalidArgument, "there is no setting to change"));
    }
    let mut ask = Ask::<Device>::post(format!("/api/v1/namespace/configure_device/{namespace}/{uid}/"));
    for setting in settings {
        Setting::parse(setting.name(), &setting.value())?; // degrees may come from anywhere
        ask = ask.with(setting.name(), &setting.value());
    }
    Ok(ask.about(uid))
}

/// Sets fields of a device: what is told to it, not what it stored. Names are paths such as `Group name.Property`. What the
/// service answers is not documented.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidArgument`] without a field, or for one whose name is empty or the session token's.
pub fn set_fields(namespace: &str, uid: &str, fields: &[(&str, &str)]) -> Result<Ask<Value>> {
    check(namespace, uid)?;
    let no = |why| Err(Error::new(ErrorCode::InvalidArgument, why));
    match fields.iter().find(|(name, _)| name.is_empty() || *name == TOKEN_FIELD) {
        _ if fields.is_empty() => return no("there is no field to set"),
        Some(("", _)) => return no("a field to set has no name"),
        Some(_) => return no("no field can have the name of the session's token"),
        None => {}
    }
    let ask = Ask::post(format!("/api/v1/device_control/set_fields/{namespace}/{uid}/"));
    Ok(fields.iter().fold(ask, |ask, (name, value)| ask.with(name, value)))
}

fn check(namespace: &str, uid: &str) -> Result<()> {
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_name_and_comes_back() {
        for name in SETTING_NAMES {
            let setting = Setting::parse(name, "1").unwrap();
            assert_eq!(setting.name(), name);
            assert_eq!(Setting::parse(name, &setting.value()).unwrap(), setting);
        }
    }

    #[test]
    fn what_a_setting_cannot_be_is_told() {
        for (name, value) in [
            ("lat", "90.1"),
            ("lon", "east"),
            ("lon", "nan"),
            ("active", "yes"),
            ("timeout_limit", "-1"),
            ("colour", "red"),
            ("", ""),
        ] {
            let error = Setting::parse(name, value).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidArgument, "{name} {value}");
        }
        assert!(configure("ns", "d", &[Setting::Lat(f64::NAN)]).is_err());
        assert!(configure("ns", "d", &[]).is_err());
        assert!(set_fields("ns", "d", &[("", "1")]).is_err());
    }
}
