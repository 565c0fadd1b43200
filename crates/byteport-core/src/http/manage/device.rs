// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Devices: listed, one by one, and found by a term.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::ask::one_or_more;
use super::{Ask, DeviceType, FromAnswer, More, Question, scalar};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::http::Answer;
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// A device, with as much of it as the depth of the question asks for.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// Its UID, the second part of a GUID.
    #[serde(deserialize_with = "scalar::some_text")]
    pub uid: String,
    /// Its namespace.
    #[serde(default, deserialize_with = "scalar::text")]
    pub namespace: Option<String>,
    /// Its type.
    #[serde(default, deserialize_with = "type_ref")]
    pub device_type: Option<DeviceTypeRef>,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "scalar::truth")]
    pub active: Option<bool>,
    /// Another name for it, for people.
    #[serde(default, deserialize_with = "scalar::text")]
    pub alias: Option<String>,
    /// Its serial number.
    #[serde(default, deserialize_with = "scalar::text")]
    pub serial: Option<String>,
    /// For people.
    #[serde(default, deserialize_with = "scalar::text")]
    pub description: Option<String>,
    /// Degrees north.
    #[serde(default, deserialize_with = "scalar::number")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(default, deserialize_with = "scalar::number")]
    pub lon: Option<f64>,
    /// Where it is, in words.
    #[serde(default, deserialize_with = "scalar::text")]
    pub location_hint: Option<String>,
    /// Seconds without contact after which it counts as offline.
    #[serde(default, deserialize_with = "scalar::integer")]
    pub timeout_limit: Option<i64>,
    /// When it last stored.
    #[serde(default, deserialize_with = "scalar::time")]
    pub last_contact: Option<Timestamp>,
    /// Everything else that the service says of it, its access key included: do not log it.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Device");
        shown.field("uid", &self.uid).field("namespace", &self.namespace);
        shown.field("last_contact", &self.last_contact).finish_non_exhaustive()
    }
}

/// A device's type: its id, or all of it where the depth asks for that.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DeviceTypeRef {
    /// The type's id.
    Id(i64),
    /// The type.
    Type(Box<DeviceType>),
    /// Something else by which the service calls it.
    Name(String),
}

impl DeviceTypeRef {
    /// The type's id, if the service told it.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Type(device_type) => Some(device_type.id),
            Self::Name(_) => None,
        }
    }
}

fn type_ref<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<DeviceTypeRef>, D::Error> {
    use serde::de::Error as _;
    let value = Value::deserialize(deserializer)?;
    if value.is_object() {
        let device_type =
            DeviceType::deserialize(value).map_err(|_| D::Error::custom("is no device type"))?;
        return Ok(Some(DeviceTypeRef::Type(Box::new(device_type))));
    }
    let text = scalar::text(value).map_err(|_| D::Error::custom("is neither an id nor a device type"))?;
    Ok(text.map(|text| text.trim().parse().map_or(DeviceTypeRef::Name(text), DeviceTypeRef::Id)))
}

/// The devices of a namespace, or with `uid` that one, or with a `*` at its end those whose UID begins so. `depth`: 0 lists
/// UIDs only, 1 the devices, 2 and 3 their types and child devices too; the service decides where it is `None`.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidArgument`] for a depth above 3.
pub fn devices(namespace: &str, uid: Option<&str>, depth: Option<u8>) -> Result<Ask<Vec<Device>>> {
    name::check(NameKind::Namespace, namespace)?;
    let depth = depth_text(depth, 3)?;
    let ask = Ask::get(format!("/api/v1/namespace/{namespace}/device/"));
    Ok(ask.with_some("depth", depth.as_deref()).with_some("uid", uid))
}

/// One device.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; the answer is [`ErrorCode::NotFound`] where the namespace has no such device.
pub fn device(namespace: &str, uid: &str) -> Result<Ask<Device>> {
    name::check(NameKind::Device, uid)?;
    Ok(devices(namespace, Some(uid), Some(1))?.about(uid))
}

impl FromAnswer for Device {
    /// A service that does not know a parameter answers all devices: another one must not be taken for the one asked for.
    fn from_answer(answer: &Answer, question: &Question) -> Result<Device> {
        let devices: Vec<Device> = one_or_more(answer, question.path())?;
        devices.into_iter().find(|device| question.uid().is_none_or(|uid| device.uid == uid)).ok_or_else(
            || {
                Error::new(ErrorCode::NotFound, "the namespace has no such device: check its UID")
                    .in_phase(Phase::Decode)
            },
        )
    }
}

/// The GUIDs that hold a term; with a `.` at its end the one that it is; with `*` as a wild card. At most `limit` of them.
pub fn search_guids(term: &str, limit: u32) -> Ask<Vec<String>> {
    search(term, limit, false)
}

/// As [`search_guids`], but the devices themselves.
pub fn search_devices(term: &str, limit: u32) -> Ask<Vec<Device>> {
    search(term, limit, true)
}

fn search<T>(term: &str, limit: u32, full: bool) -> Ask<T> {
    let ask = Ask::get("/api/v1/search_devices/").with("term", term).with_truth("full", full);
    ask.with("limit", &limit.to_string())
}

/// What a search found.
#[derive(Deserialize)]
#[serde(bound = "T: serde::de::DeserializeOwned")]
struct Found<T> {
    #[serde(deserialize_with = "scalar::or_empty")]
    data: Vec<T>,
}

impl FromAnswer for Vec<String> {
    fn from_answer(answer: &Answer, question: &Question) -> Result<Vec<String>> {
        answer.decode::<Found<String>>(question.path()).map(|found| found.data)
    }
}

impl FromAnswer for Vec<Device> {
    /// A namespace's devices are a list, those of a search are in an object.
    fn from_answer(answer: &Answer, question: &Question) -> Result<Vec<Device>> {
        if answer.body.trim_ascii_start().first() == Some(&b'{') {
            return answer.decode::<Found<Device>>(question.path()).map(|found| found.data);
        }
        answer.decode(question.path())
    }
}

/// How deep to look, as a parameter.
pub(super) fn depth_text(depth: Option<u8>, most: u8) -> Result<Option<String>> {
    if depth.is_some_and(|depth| depth > most) {
        return Err(Error::new(ErrorCode::InvalidArgument, format!("the depth must be 0 to {most}")));
    }
    Ok(depth.map(|depth| depth.to_string()))
}
