// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Registering devices.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::{Ask, FromAnswer, More, Question, scalar};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::http::Answer;
use crate::http::session::TOKEN_FIELD;
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// What is to be registered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Registration<'a> {
    /// One UID, or several with commas between them; with `batch` also a range: `device100-107`, `10-19`, `100-107Dev`.
    pub uids: &'a str,
    /// Their type's id.
    pub device_type_id: i64,
    /// Registers again what is registered already.
    pub force: bool,
    /// Takes `uids` for a list or a range.
    pub batch: bool,
    /// Whether they are in use at once.
    pub active: bool,
    /// The length of the registration codes, in characters.
    pub reg_code_length: Option<u32>,
    /// The serial number of a single device.
    pub serial: Option<&'a str>,
}

/// What was registered.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Registered {
    /// The devices, each with its keys.
    pub devices: Vec<RegisteredDevice>,
    /// When.
    #[serde(default, deserialize_with = "scalar::time")]
    pub datetime: Option<Timestamp>,
    /// Everything else that the service says, such as `requested_uids` and `errors`; `input_parameters` may hold the session's
    /// token: do not log it.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Registered");
        shown.field("devices", &self.devices).field("datetime", &self.datetime).finish_non_exhaustive()
    }
}

/// A device that was registered.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct RegisteredDevice {
    /// Its UID.
    #[serde(deserialize_with = "scalar::some_text")]
    pub uid: String,
    /// The key with which it stores: a secret.
    #[serde(default, deserialize_with = "scalar::text")]
    pub access_key: Option<String>,
    /// The code by which its owner claims it: a secret.
    #[serde(default, deserialize_with = "scalar::text")]
    pub reg_code: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: More,
}

impl fmt::Debug for RegisteredDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredDevice").field("uid", &self.uid).finish_non_exhaustive()
    }
}

/// Registers devices in a namespace.
///
/// # Errors
/// [`ErrorCode::InvalidName`], [`ErrorCode::InvalidArgument`]; the answer is [`ErrorCode::NotAllowed`] with the service's
/// reason where it refuses, such as for a UID that is registered already.
pub fn register(namespace: &str, registration: &Registration<'_>) -> Result<Ask<Registered>> {
    name::check(NameKind::Namespace, namespace)?;
    let Registration { uids, serial, .. } = *registration;
    if uids.is_empty() {
        return Err(Error::new(ErrorCode::InvalidArgument, "there is no UID to register"));
    }
    if serial.is_some() && registration.batch {
        return Err(Error::new(ErrorCode::InvalidArgument, "a serial number is that of a single device"));
    }
    let length = registration.reg_code_length.map(|length| length.to_string());
    let ask = Ask::post(format!("/api/v1/namespace/register_device/{namespace}/"))
        .with("device_uid", uids)
        .with("device_type_id", &registration.device_type_id.to_string())
        .with_truth("force", registration.force)
        .with_truth("active", registration.active)
        .with_truth("batch_register", registration.batch)
        .with_some("reg_code_length", length.as_deref())
        .with_some("serial", serial);
    Ok(ask.checked(refusal))
}

impl FromAnswer for Registered {
    fn from_answer(answer: &Answer, question: &Question) -> Result<Registered> {
        #[derive(Deserialize)]
        struct Envelope {
            registration_result: Registered,
            #[serde(flatten)]
            more: More,
        }
        let Envelope { mut registration_result, more } = answer.decode(question.path())?;
        let datetime = more.get("datetime").and_then(Value::as_str);
        let datetime = datetime.and_then(scalar::moment);
        registration_result.datetime = registration_result.datetime.or(datetime);
        registration_result.more.extend(more);
        Ok(registration_result)
    }
}

/// A refusal comes with status 200 and `error` in place of the result.
fn refusal(answer: &Answer) -> Result<()> {
    let Ok(Value::Object(answer)) = serde_json::from_slice(&answer.body) else { return Ok(()) };
    let Some(error) = answer.get("error").filter(|error| !error.is_null()) else { return Ok(()) };
    if answer.contains_key("registration_result") {
        return Ok(());
    }
    let reason = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
    let token = answer.get("input_parameters").and_then(|sent| sent.get(TOKEN_FIELD)).and_then(Value::as_str);
    let tells_token = reason.contains(TOKEN_FIELD)
        || token.is_some_and(|token| !token.is_empty() && reason.contains(token));
    let reason = if tells_token { "it gives no reason that can be shown" } else { reason.as_str() };
    let reason: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    let message = format!("the service did not register: {reason}");
    Err(Error::new(ErrorCode::NotAllowed, message).in_phase(Phase::Decode).with_status(200))
}
