// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Points in time: every kind of number and date that Python programs write, exactly to the microsecond.

use byteport_core::ErrorCode::InvalidTimestamp;
use byteport_core::model::Timestamp;
use pyo3::exceptions::PyOverflowError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyFloat, PyInt, PyString, PyTzInfo};

use crate::convert::shown;
use crate::error::{exception, refused, refused_because};

/// UNIX seconds as any real number, or a date with its time.
pub(crate) fn timestamp(value: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    let py = value.py();
    let made = if value.is_instance_of::<PyBool>() {
        return Err(unsupported(value));
    } else if let Ok(seconds) = value.cast::<PyFloat>() {
        Timestamp::from_secs_f64(seconds.extract()?)
    } else if value.is_instance_of::<PyInt>() {
        Timestamp::from_secs(value.extract().unwrap_or(i64::MAX)) // out of range as it is
    } else if let Ok(date) = value.cast::<PyDateTime>() {
        return micros(date).map(Timestamp::from_micros);
    } else {
        match other(value) {
            Ok(Some(made)) => made,
            Ok(None) => return Err(unsupported(value)),
            Err(cause) => return Err(unsupported_because(value, cause)),
        }
    };
    made.map_err(|error| exception(py, &error))
}

fn unsupported(value: &Bound<'_, PyAny>) -> PyErr {
    let refused = |shown| {
        let message = format!("unsupported timestamp: {shown} is no number of seconds and no datetime");
        refused(value.py(), InvalidTimestamp, message)
    };
    shown(value).map_or_else(|raised| raised, refused)
}

fn unsupported_because(value: &Bound<'_, PyAny>, cause: PyErr) -> PyErr {
    let refused = |shown| {
        refused_because(value.py(), InvalidTimestamp, format!("unsupported timestamp: {shown}"), cause)
    };
    shown(value).map_or_else(|raised| raised, refused)
}

/// Numbers of other kinds, such as NumPy's, Fraction and Decimal, and NumPy's dates; None for what is none of them.
fn other(value: &Bound<'_, PyAny>) -> PyResult<Option<byteport_core::Result<Timestamp>>> {
    let py = value.py();
    let numbers = py.import(intern!(py, "numbers"))?;
    let is = |kind| value.is_instance(&numbers.getattr(kind)?);
    if is("Integral")? {
        let seconds = value.call_method0(intern!(py, "__index__"))?;
        return Ok(Some(Timestamp::from_secs(seconds.extract()?)));
    }
    if is("Rational")? {
        let micros = value.mul(1_000_000)?.call_method0(intern!(py, "__round__"))?;
        return Ok(Some(Ok(Timestamp::from_micros(micros.extract()?))));
    }
    if is("Real")? {
        return Ok(Some(Timestamp::from_secs_f64(value.extract()?)));
    }
    match value.get_type().name()?.to_cow()?.as_ref() {
        "Decimal" => decimal(value).map(Some),
        "datetime64" => numpy_date(value).map(|micros| Some(Ok(Timestamp::from_micros(micros)))),
        _ => Ok(None),
    }
}

/// A Decimal, rounded to six decimals as its text is.
fn decimal(value: &Bound<'_, PyAny>) -> PyResult<byteport_core::Result<Timestamp>> {
    let py = value.py();
    let far = 10_i64.pow(13);
    if value.gt(far)? || value.lt(-far)? {
        return Err(PyOverflowError::new_err("out of range")); // its text could have a billion digits
    }
    let text = value.call_method1(intern!(py, "__format__"), (".6f",))?;
    Ok(Timestamp::parse(&text.cast_into::<PyString>()?.to_cow()?))
}

/// The microseconds of a `numpy.datetime64` of any unit; what is finer is cut.
fn numpy_date(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let py = value.py();
    let to = |unit| value.call_method1(intern!(py, "astype"), (unit,));
    let micros = to("datetime64[us]")?;
    let number: i64 = micros
        .call_method1(intern!(py, "astype"), ("int64",))?
        .call_method0(intern!(py, "item"))?
        .extract()?;
    // NaT is no number, and equals nothing; a year too far for microseconds wraps round, and is another day.
    let days = micros.call_method1(intern!(py, "astype"), ("datetime64[D]",))?;
    if !days.eq(to("datetime64[D]")?)? {
        return Err(PyOverflowError::new_err("out of range"));
    }
    Ok(number)
}

/// Microseconds since the epoch; a datetime without zone is UTC.
fn micros(date: &Bound<'_, PyDateTime>) -> PyResult<i64> {
    since_epoch(date).map_err(|cause| unsupported_because(date, cause))
}

/// [`micros`] by integer arithmetic, with the errors of the datetime's zone.
fn since_epoch(date: &Bound<'_, PyDateTime>) -> PyResult<i64> {
    static EPOCHS: PyOnceLock<(Py<PyDateTime>, Py<PyDateTime>)> = PyOnceLock::new();
    let py = date.py();
    let (naive, utc) = EPOCHS.get_or_try_init(py, || -> PyResult<_> {
        let utc = PyTzInfo::utc(py)?;
        let epoch = |zone| PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, zone);
        Ok((epoch(None)?.unbind(), epoch(Some(&utc))?.unbind()))
    })?;
    let has_zone = !date.call_method0(intern!(py, "utcoffset"))?.is_none();
    let since = date.sub(if has_zone { utc } else { naive })?;
    let days: i32 = since.getattr(intern!(py, "days"))?.extract()?;
    let seconds: i32 = since.getattr(intern!(py, "seconds"))?.extract()?;
    let micros: i32 = since.getattr(intern!(py, "microseconds"))?.extract()?;
    Ok((i64::from(days) * 86_400 + i64::from(seconds)) * 1_000_000 + i64::from(micros))
}

/// The wire text of a timestamp.
#[pyfunction]
pub(crate) fn timestamp_text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    timestamp(value).map(|timestamp| timestamp.to_string())
}

/// A datetime's microseconds since the epoch.
#[pyfunction]
pub(crate) fn unix_micros(date: &Bound<'_, PyAny>) -> PyResult<i64> {
    match date.cast::<PyDateTime>() {
        Ok(datetime) => micros(datetime),
        Err(_) => {
            let message = format!("unsupported timestamp: {} is no datetime", shown(date)?);
            Err(refused(date.py(), InvalidTimestamp, message))
        }
    }
}
