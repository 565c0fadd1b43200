// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Python values to the core's: names, values, readings.
//!
//! Invariant: a dict is not walked while Python code can run, for that code could change it.

use byteport_core::ErrorCode::{InvalidName, InvalidValue};
use byteport_core::codec;
use byteport_core::model::name::{self, NameKind};
use byteport_core::model::{Reading, Timestamp, Value};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyInt, PyMapping, PyString};

use crate::error::{exception, finished, refused, refused_because};
use crate::{args, time};

/// The name of a value's type, for error texts.
pub(crate) fn kind(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "another type".to_owned(), |name| name.to_string())
}

/// A reading from `store`'s arguments; what is None is left out.
pub(crate) fn reading(
    data: &Bound<'_, PyAny>,
    device: &Bound<'_, PyAny>,
    timestamp: &Bound<'_, PyAny>,
) -> PyResult<Reading> {
    let py = data.py();
    let mut reading = Reading::unstamped();
    let (device, timestamp) = device_and_time(device, timestamp)?;
    if let Some(device) = device {
        reading.set_device(&device).map_err(|error| exception(py, &error))?;
    }
    reading.set_timestamp(timestamp);
    if !data.is_none() {
        for (field, field_value) in pairs(data)? {
            let field = name_text("field name", &field)?;
            let field_value = value(&field, &field_value)?;
            reading.set(&field, field_value).map_err(|error| exception(py, &error))?;
        }
    }
    Ok(reading)
}

/// The texts of a device's UID and of a timestamp, each of which may be None.
pub(crate) fn device_and_time(
    device: &Bound<'_, PyAny>,
    timestamp: &Bound<'_, PyAny>,
) -> PyResult<(Option<String>, Option<Timestamp>)> {
    let device = if device.is_none() { None } else { Some(name_text("device UID", device)?) };
    let timestamp = if timestamp.is_none() { None } else { Some(time::timestamp(timestamp)?) };
    Ok((device, timestamp))
}

pub(crate) type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

fn pairs<'py>(data: &Bound<'py, PyAny>) -> PyResult<Vec<Pair<'py>>> {
    if let Ok(dict) = data.cast::<PyDict>() {
        return Ok(dict.iter().collect());
    }
    let Ok(mapping) = data.cast::<PyMapping>() else {
        let message = format!("data must be a dict of field names and values, not {}", kind(data));
        return Err(refused(data.py(), InvalidValue, message));
    };
    let pairs = mapping.items().and_then(|items| items.iter().map(|pair| pair.extract()).collect());
    pairs.map_err(|cause| {
        let message = format!("the names and values of the {} cannot be read", kind(data));
        refused_because(data.py(), InvalidValue, message, cause)
    })
}

/// The text of a name; the reference wrote numbers too where a name goes.
pub(crate) fn name_text(what: &str, name: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = name.py();
    if let Ok(text) = name.cast::<PyString>() {
        return match text.to_cow() {
            Ok(text) => Ok(text.into_owned()),
            Err(cause) => {
                let message = format!("invalid {what} {}", shown(name)?);
                Err(refused_because(py, InvalidName, message, cause))
            }
        };
    }
    if let Some(digits) = number_text(name).filter(|_| what != "field name") {
        return digits.map_err(|cause| {
            let message = format!("invalid {what}: the {} has no text", kind(name));
            refused_because(py, InvalidName, message, cause)
        });
    }
    let message = format!("invalid {what} {}: it must be str, not {}", shown(name)?, kind(name));
    Err(refused(py, InvalidName, message))
}

/// The digits of an int, where a program may write one for a text.
pub(crate) fn number_text(value: &Bound<'_, PyAny>) -> Option<PyResult<String>> {
    let is_number = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    is_number.then(|| Ok(value.str()?.to_cow()?.into_owned()))
}

/// The beginning of a value's `repr`; its type where that fails. What is no `Exception`, such as a keyboard interrupt, passes.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> PyResult<String> {
    match value.repr() {
        Ok(text) => Ok(text.to_string_lossy().chars().take(40).collect()),
        Err(error) => only_exceptions(value.py(), error).map(|_| format!("<{}>", kind(value))),
    }
}

/// An error that may be replaced by another one; the others are raised as they are.
pub(crate) fn only_exceptions(py: Python<'_>, error: PyErr) -> PyResult<PyErr> {
    if error.is_instance_of::<PyException>(py) { Ok(error) } else { Err(error) }
}

/// A field's value. Texts and small ints are read as they are, everything else by what `str()` makes of it: floats too, for
/// the core writes some of them otherwise, such as `1e16`, or the last digit of one halfway between two shortest texts.
fn value(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        return utf8(field, text);
    }
    if value.is_exact_instance_of::<PyInt>() {
        if let Ok(number) = value.extract::<i64>() {
            return Ok(Value::Integer(number));
        }
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return decoded(field, value, bytes.as_bytes().to_vec());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return decoded(field, value, bytes.to_vec());
    }
    printed(field, value)
}

fn utf8(field: &str, text: &Bound<'_, PyString>) -> PyResult<Value> {
    match text.to_cow() {
        Ok(text) => Ok(Value::Text(text.into_owned())),
        Err(cause) => {
            let message = format!("field {field:?}: the text is not valid Unicode");
            Err(refused_because(text.py(), InvalidValue, message, cause))
        }
    }
}

fn decoded(field: &str, value: &Bound<'_, PyAny>, bytes: Vec<u8>) -> PyResult<Value> {
    String::from_utf8(bytes).map(Value::Text).map_err(|error| {
        let why = error.utf8_error();
        let message =
            format!("field {field:?}: the bytes are not UTF-8 text ({why}); send objects as base64");
        refused(value.py(), InvalidValue, message)
    })
}

fn printed(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = value.py();
    let text = value.str().map_err(|cause| {
        let message = format!("field {field:?}: str() of the {} failed", kind(value));
        refused_because(py, InvalidValue, message, cause)
    })?;
    let text = utf8(field, &text)?;
    match &text {
        // Decimal('NaN'), NumPy's, and pandas' NaT and <NA> are no number and no time that a text could stand for, but a
        // str that says "nan" is a text.
        Value::Text(word) if !value.is_instance_of::<PyString>() && is_no_number(word) => {
            Err(refused(py, InvalidValue, format!("field {field:?}: {word} is not a finite number")))
        }
        _ => Ok(text),
    }
}

fn is_no_number(word: &str) -> bool {
    let word = word.trim_start_matches(['+', '-']);
    ["nan", "snan", "inf", "infinity", "nat", "<na>"].iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Whether a name may be sent.
#[pyfunction]
pub(crate) fn is_valid_name(name: &Bound<'_, PyAny>) -> bool {
    name.cast::<PyString>().is_ok_and(|text| text.to_cow().is_ok_and(|text| name::is_valid(&text)))
}

/// The text of a name that may be sent.
#[pyfunction]
pub(crate) fn check_name(what: &str, name: &Bound<'_, PyAny>) -> PyResult<String> {
    let kind = match what {
        "namespace" => NameKind::Namespace,
        "device UID" => NameKind::Device,
        _ => NameKind::Field,
    };
    let text = name_text(what, name)?;
    name::check(kind, &text).map_err(|error| exception(name.py(), &error))?;
    Ok(text)
}

/// The names and values of a mapping.
#[pyfunction]
pub(crate) fn items<'py>(data: &Bound<'py, PyAny>) -> PyResult<Vec<Pair<'py>>> {
    pairs(data)
}

/// The object that a field's text stands for.
#[pyfunction]
pub(crate) fn decode_object<'py>(
    py: Python<'py>,
    text: &Bound<'py, PyAny>,
    max_size: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (text, max_size) = (args::text("the object's text", text)?, args::size("max_size", max_size)?);
    let object = py.detach(|| codec::decode_object(&text, max_size));
    finished(py, object).map(|object| PyBytes::new(py, &object))
}

/// The wire text of a value.
#[pyfunction]
pub(crate) fn value_text(field: &Bound<'_, PyString>, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = value.py();
    let field = field.to_string_lossy();
    let value = self::value(&field, value)?;
    let text = value
        .to_wire()
        .map_err(|error| refused(py, error.code(), format!("field {field:?}: {}", error.message())));
    Ok(text?.into_owned())
}
