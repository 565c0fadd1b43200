// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `POST /api/v1/namespace/register_device/NS/`: makes devices known and gives them their keys.
//!
//! Choices where the API is silent:
//! - All devices of a call are registered, or none: `errors` is always empty where there is a
//!   `registration_result`, and what is wrong with the form is told in `error` as well, with 200.
//! - A device that stored and is not registered is no existing UID: it is registered without `force`.
//! - `force` gives a registered device a new access key, and a new registration code or none; the
//!   old ones are worth nothing from then on. Type and serial number stay if none are given; its
//!   values and everything else stay in any case.
//! - `active` is false if it is not given, as the Python client sends it. No `device_type_id`: no type.
//! - A registration code is of capital letters and digits that are not taken for each other; without
//!   `reg_code_length` there is none.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use byteport_core::model::Timestamp;
use byteport_core::model::name::NameKind;
use serde::Serialize;
use serde_json::{Map, Value};

use super::uids;
use crate::answer::{Answer, Failure};
use crate::app::{Shared, body};
use crate::form::Form;
use crate::jsonp::plain;
use crate::session::{call, csrf};
use crate::store::Connection;
use crate::{device_type, namespace, scalar, secret, values};

/// The largest form: as many UIDs as may be registered, each of the greatest length.
const LARGEST_FORM: usize = 1024 * 1024;
/// The longest registration code.
const LONGEST_CODE: usize = 64;
/// Letters and digits of registration codes; there are 32, so that a random byte picks each as often.
const CODE: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// UIDs that an error names.
const NAMED: usize = 5;

const PARAMETERS: [&str; 8] = [
    csrf::FIELD,
    "device_uid",
    "device_type_id",
    "batch_register",
    "force",
    "active",
    "reg_code_length",
    "serial",
];

/// What is to be registered.
struct Order {
    devices: Vec<Registered>,
    device_type: Option<i64>,
    force: bool,
    active: bool,
    serial: Option<String>,
}

/// What a device gets.
#[derive(Clone, Serialize)]
struct Registered {
    uid: String,
    access_key: String,
    reg_code: String,
}

#[derive(Serialize)]
struct Answered {
    #[serde(flatten)]
    outcome: Outcome,
    datetime: String,
    namespace: String,
    user: String,
    input_parameters: Map<String, Value>,
}

#[derive(Serialize)]
enum Outcome {
    #[serde(rename = "registration_result")]
    Done { requested_uids: Vec<String>, errors: [String; 0], devices: Vec<Registered> },
    #[serde(rename = "error")]
    Refused(String),
}

/// Registers devices in a namespace that the user may see.
pub async fn register(
    State(app): State<Shared>,
    Path(namespace): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (user, form) = call::posted(&app, &headers, body, LARGEST_FORM).await?;
    namespace::check_name(NameKind::Namespace, &namespace)?;
    let (id, name) = (user.id, namespace.clone());
    let row = app.store.look_up(move |connection| namespace::visible(connection, id, &name)).await?;
    // However short a form is, it may stand for many devices, each with a key.
    let parse = move || (Order::from_form(&form), sent(&form));
    let (order, input_parameters) = body::parsed(LARGEST_FORM, parse).await?;
    let outcome = match order {
        Ok(order) => app.store.write(move |connection| carry_out(connection, row, &order)).await?,
        Err(reason) => Outcome::Refused(reason),
    };
    let datetime = Timestamp::now().to_iso8601();
    plain(&Answered { outcome, datetime, namespace, user: user.name, input_parameters })
}

/// What was sent, without the token.
fn sent(form: &Form) -> Map<String, Value> {
    let pairs = form.iter().filter(|(name, _)| *name != csrf::FIELD);
    pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

impl Order {
    /// Reads the form; an error is for the caller.
    fn from_form(form: &Form) -> Result<Self, String> {
        Self::parse(form).map_err(|failure| failure.reason().to_owned())
    }

    fn parse(form: &Form) -> Result<Self, Failure> {
        form.allow_only(&PARAMETERS)?;
        let text = |name: &str| form.single(name).map(|text| text.and_then(scalar::given));
        let uids = text("device_uid")?.ok_or_else(|| Failure::bad("device_uid is missing"))?;
        let uids = uids::parse(uids, form.flag("batch_register")?.unwrap_or(false)).map_err(Failure::bad)?;
        let serial = scalar::text("serial", text("serial")?.unwrap_or_default())?;
        if serial.is_some() && uids.len() > 1 {
            return Err(Failure::bad("a serial number is for a single device"));
        }
        let code = match text("reg_code_length")? {
            Some(_) => form.count("reg_code_length", 0..=LONGEST_CODE)?.unwrap_or(0),
            None => 0,
        };
        let device_type =
            text("device_type_id")?.map(|text| device_type::id("device_type_id", text)).transpose()?;
        let force = form.flag("force")?.unwrap_or(false);
        let active = form.flag("active")?.unwrap_or(false);
        let devices = uids.into_iter().map(|uid| Registered::new(uid, code)).collect::<Result<_, _>>()?;
        Ok(Self { devices, device_type, force, active, serial })
    }
}

impl Registered {
    fn new(uid: String, code: usize) -> Result<Self, Failure> {
        let reg_code = if code == 0 { scalar::NONE.to_owned() } else { random_code(code)? };
        Ok(Self { uid, access_key: secret::token()?, reg_code })
    }
}

fn random_code(length: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal("random numbers", error))?;
    Ok(bytes.iter().map(|byte| char::from(CODE[usize::from(byte % 32)])).collect())
}

/// Registers all devices, or says why none is registered.
///
/// Of two servers that register in a namespace, the later waits.
fn carry_out(connection: &Connection, namespace: i64, order: &Order) -> Result<Outcome, Failure> {
    connection.lock("namespace", &[namespace])?;
    if let Some(id) = order.device_type {
        if device_type::find(connection, namespace, id)?.is_none() {
            return Ok(Outcome::Refused(format!("the namespace has no device type with the id {id}")));
        }
    }
    if !order.force {
        let existing = existing(connection, namespace, order)?;
        if !existing.is_empty() {
            return Ok(Outcome::Refused(already(&existing)));
        }
    }
    for device in &order.devices {
        insert(connection, namespace, device, order)?;
    }
    let requested_uids = order.devices.iter().map(|device| device.uid.clone()).collect();
    Ok(Outcome::Done { requested_uids, errors: [], devices: order.devices.clone() })
}

/// Those of the devices that are registered.
fn existing(connection: &Connection, namespace: i64, order: &Order) -> Result<Vec<String>, Failure> {
    let sql = "SELECT 1 FROM device WHERE namespace_id = ?1 AND uid = ?2 AND registered = 1";
    let mut existing = Vec::new();
    for device in &order.devices {
        if connection.exists(sql, values![namespace, device.uid])? {
            existing.push(device.uid.clone());
        }
    }
    Ok(existing)
}

fn already(existing: &[String]) -> String {
    let named: Vec<_> = existing.iter().take(NAMED).map(String::as_str).collect();
    let more = match existing.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("registered already: {}{more}; force registers again and gives new keys", named.join(", "))
}

fn insert(
    connection: &Connection,
    namespace: i64,
    device: &Registered,
    order: &Order,
) -> Result<(), Failure> {
    let sql = "INSERT INTO device (namespace_id, uid, registered, access_key, reg_code, device_type_id,
                   active, serial)
               VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (namespace_id, uid) DO UPDATE SET registered = 1, access_key = ?3, reg_code = ?4,
                   device_type_id = coalesce(?5, device.device_type_id), active = ?6,
                   serial = coalesce(?7, device.serial)";
    let code = scalar::given(&device.reg_code);
    let values = values![
        namespace,
        device.uid,
        device.access_key,
        code,
        order.device_type,
        order.active,
        order.serial
    ];
    connection.execute(sql, values)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_length_and_differ() {
        let codes = [random_code(40), random_code(40)].map(|code| code.expect("random"));
        assert!(codes.iter().all(|code| code.len() == 40 && code.bytes().all(|byte| CODE.contains(&byte))));
        assert_ne!(codes[0], codes[1]);
    }

    #[test]
    fn an_error_names_a_few() {
        let uids: Vec<_> = (1..=7).map(|number| format!("d{number}")).collect();
        assert!(already(&uids).starts_with("registered already: d1, d2, d3, d4, d5 and 2 more;"));
        assert!(already(&uids[..1]).starts_with("registered already: d1;"));
    }
}
