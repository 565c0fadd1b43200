// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is meant on the command line: a namespace, a device, a field. No name holds a point, so a namespace that is left out
//! cannot be mistaken.

use byteport_core::model::name::{self, NameKind};

use crate::exit::Failure;
use crate::settings::{Name, Settings};

/// The address of a device.
pub struct Device<'a> {
    pub namespace: &'a str,
    pub uid: &'a str,
}

/// The address of a series.
pub struct Series<'a> {
    pub namespace: &'a str,
    pub device: &'a str,
    pub field: &'a str,
}

impl Series<'_> {
    /// The address as one text.
    pub fn guid(&self) -> String {
        format!("{}.{}.{}", self.namespace, self.device, self.field)
    }
}

/// The namespace that is named, or else the one that is set.
pub fn namespace<'a>(given: Option<&'a str>, settings: &'a Settings) -> Result<&'a str, Failure> {
    let namespace = given.map_or_else(|| settings.need(Name::Namespace, "namespace"), Ok)?;
    name::check(NameKind::Namespace, namespace)?;
    Ok(namespace)
}

/// The parts of `NAMESPACE.DEVICE` or `DEVICE`.
pub fn device<'a>(text: &'a str, settings: &'a Settings) -> Result<Device<'a>, Failure> {
    let (given, uid) = match text.split('.').collect::<Vec<_>>()[..] {
        [namespace, uid] => (Some(namespace), uid),
        [uid] => (None, uid),
        _ => return Err(neither(text, "NAMESPACE.DEVICE nor DEVICE")),
    };
    let namespace = namespace(given, settings)?;
    name::check(NameKind::Device, uid)?;
    Ok(Device { namespace, uid })
}

/// The parts of `NAMESPACE.DEVICE.FIELD` or `DEVICE.FIELD`.
pub fn series<'a>(text: &'a str, settings: &'a Settings) -> Result<Series<'a>, Failure> {
    let (given, device, field) = match text.split('.').collect::<Vec<_>>()[..] {
        [namespace, device, field] => (Some(namespace), device, field),
        [device, field] => (None, device, field),
        _ => return Err(neither(text, "NAMESPACE.DEVICE.FIELD nor DEVICE.FIELD")),
    };
    let namespace = namespace(given, settings)?;
    name::check(NameKind::Device, device)?;
    name::check(NameKind::Field, field)?;
    Ok(Series { namespace, device, field })
}

/// The parts of `NAME=VALUE`.
pub fn pair<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=').ok_or_else(|| Failure::input(format!("{:?} is not {form}", shown(text, 40))))
}

fn neither(text: &str, forms: &str) -> Failure {
    Failure::input(format!("{:?} is neither {forms}", shown(text, 100)))
}

fn shown(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
