// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is stored through a broker, from Python values: one reading, or a packet of a list.
//!
//! Invariant: whatever has no timestamp gets the time of the call, for it may wait for long on its way.

use byteport_core::ErrorCode::InvalidPacket;
use byteport_core::model::packet::{self, Packet};
use byteport_core::model::{Reading, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};

use crate::{args, convert, error, time};

/// A reading of a mapping of fields, or of a packet's `data` text.
pub(crate) fn reading(
    data: &Bound<'_, PyAny>,
    device: &Bound<'_, PyAny>,
    timestamp: &Bound<'_, PyAny>,
) -> PyResult<Reading> {
    let py = data.py();
    let mut reading = if data.is_instance_of::<PyString>() {
        let mut reading = convert::reading(&py.None().into_bound(py), device, timestamp)?;
        for (name, text) in fields(data)? {
            reading.set(&name, text).map_err(|failure| error::exception(py, &failure))?;
        }
        reading
    } else {
        convert::reading(data, device, timestamp)?
    };
    if reading.timestamp().is_none() {
        reading.set_timestamp(now());
    }
    Ok(reading)
}

/// A packet of a list; what it does not name is taken from the client.
pub(crate) fn packet(
    given: &Bound<'_, PyAny>,
    namespace: &Bound<'_, PyAny>,
    device: &Bound<'_, PyAny>,
) -> PyResult<Packet> {
    let py = given.py();
    let refused = |message: String| error::refused(py, InvalidPacket, message);
    let mapping = given
        .cast::<PyMapping>()
        .map_err(|_| refused(format!("a packet must be a dict, not {}", convert::kind(given))))?;
    let part = |name: &str| mapping.call_method1("get", (name,));
    let (own_namespace, uid, data) = (part("namespace")?, part("uid")?, part("data")?);
    let namespace = if own_namespace.is_none() { namespace } else { &own_namespace };
    let device = if uid.is_none() { device } else { &uid };
    if namespace.is_none() || device.is_none() {
        return Err(refused("a packet names a namespace and a uid where the client has none".into()));
    }
    let fields = if data.is_instance_of::<PyString>() { fields(&data)? } else { texts(&data)? };
    Ok(Packet {
        namespace: convert::name_text("namespace", namespace)?,
        uid: convert::name_text("device UID", device)?,
        timestamp: timestamp(&part("timestamp")?)?,
        fields,
    })
}

/// The time of this call.
fn now() -> Option<Timestamp> {
    Reading::new().timestamp()
}

/// The names and values of a packet's `data`.
fn fields(data: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let fields = packet::parse_data(&args::text("data", data)?);
    fields.map_err(|failure| error::exception(data.py(), &failure))
}

/// The names and values of a mapping.
fn texts(data: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let py = data.py();
    let none = py.None().into_bound(py);
    let reading = convert::reading(data, &none, &none)?;
    let texts = reading.fields().iter().map(|(name, value)| {
        let text = value.to_wire().map_err(|failure| error::exception(py, &failure))?;
        Ok((name.clone(), text.into_owned()))
    });
    texts.collect()
}

/// A packet's timestamp: as every other here, or the text that packets have on the wire.
fn timestamp(value: &Bound<'_, PyAny>) -> PyResult<Option<Timestamp>> {
    if value.is_none() {
        return Ok(now());
    }
    if value.is_instance_of::<PyString>() {
        let parsed = Timestamp::parse(&args::text("timestamp", value)?);
        return parsed.map(Some).map_err(|failure| error::exception(value.py(), &failure));
    }
    time::timestamp(value).map(Some)
}
