// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Arguments that are neither names nor values: texts, paths, keys, time-outs, pairs.

use std::path::PathBuf;
use std::time::Duration;

use byteport_core::ErrorCode::InvalidArgument;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDelta, PyString};

use crate::{convert, error};

/// An API key, which may be a number as names may.
pub(crate) fn key(value: &Bound<'_, PyAny>) -> PyResult<String> {
    match convert::number_text(value) {
        Some(digits) => digits.or_else(|cause| {
            let py = value.py();
            convert::only_exceptions(py, cause)?; // its text may hold the key
            let message = format!("the API key has no text: write it as str, not {}", convert::kind(value));
            Err(error::refused(py, InvalidArgument, message))
        }),
        None => text("the API key", value),
    }
}

/// A text of whatever content; its content is not repeated in the error, for it may be a secret.
pub(crate) fn text(what: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let refused = |why: String| error::refused(value.py(), InvalidArgument, format!("{what} {why}"));
    let text = value
        .cast::<PyString>()
        .map_err(|_| refused(format!("must be str, not {}", convert::kind(value))))?;
    let text = text.to_cow().map_err(|_| refused("holds a lone surrogate, which is no character".into()))?;
    Ok(text.into_owned())
}

/// The bytes of a message: as they are, or a text's in UTF-8.
pub(crate) fn bytes(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Ok(bytes.to_vec());
    }
    if value.is_instance_of::<PyString>() {
        return text(what, value).map(String::into_bytes);
    }
    let message = format!("{what} must be bytes or str, not {}", convert::kind(value));
    Err(error::refused(value.py(), InvalidArgument, message))
}

/// A path on the client's host.
pub(crate) fn absolute(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let path_text = text("the path", path)?;
    if !path_text.starts_with('/') {
        let message = format!("the path {path_text:?} does not begin with /");
        return Err(error::refused(path.py(), InvalidArgument, message));
    }
    Ok(path_text)
}

/// Names and values, as texts.
pub(crate) type Pairs<'py> = Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// The texts of a query or a form.
pub(crate) fn pairs(pairs: Pairs<'_>) -> PyResult<Vec<(String, String)>> {
    let texts = pairs.iter().map(|(name, value)| {
        Ok((text("the parameter's name", name)?, text("the parameter's value", value)?))
    });
    texts.collect()
}

/// The error for an option that there is not.
pub(crate) fn unknown(name: &str) -> PyErr {
    PyTypeError::new_err(format!("there is no option {name}"))
}

/// Pairs of texts as the core takes them.
pub(crate) fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The items of a list, a tuple, or whatever else gives its items.
pub(crate) fn several<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let items = value.try_iter().and_then(|items| items.collect());
    items.map_err(|cause| {
        let message = format!("{name} must be a list, not {}", convert::kind(value));
        error::refused_because(value.py(), InvalidArgument, message, cause)
    })
}

/// Yes or no, as `if` takes it.
pub(crate) fn truth(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_truthy().map_err(|cause| {
        let message = format!("{name} must be True or False, not {}", convert::kind(value));
        error::refused_because(value.py(), InvalidArgument, message, cause)
    })
}

/// A file's path.
pub(crate) fn file(name: &str, value: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    value.extract().map_err(|cause| {
        let message = format!("{name} must be a path (str or os.PathLike), not {}", convert::kind(value));
        error::refused_because(value.py(), InvalidArgument, message, cause)
    })
}

/// A time-out.
pub(crate) fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let message = format!("{name} must be a positive number of seconds");
    let seconds: f64 = number(value, &message)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| error::refused(value.py(), InvalidArgument, message))
}

/// A span of time: seconds, or a timedelta.
pub(crate) fn span(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    if value.is_instance_of::<PyDelta>() {
        return seconds(name, &value.call_method0(intern!(value.py(), "total_seconds"))?);
    }
    seconds(name, value)
}

/// A span of time to wait; without end where it is None.
pub(crate) fn patience(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    if value.is_none() { Ok(Duration::MAX) } else { span(name, value) }
}

/// One of the words that the core knows.
pub(crate) fn choice<T>(
    name: &str,
    value: &Bound<'_, PyAny>,
    from_text: impl FnOnce(&str) -> Option<T>,
) -> PyResult<T> {
    let word = text(name, value)?;
    from_text(&word).ok_or_else(|| match convert::shown(value) {
        Ok(shown) => error::refused(value.py(), InvalidArgument, format!("there is no {name} {shown}")),
        Err(raised) => raised,
    })
}

/// A number of bytes.
pub(crate) fn size(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    number(value, &format!("{name} must be a number of bytes, at least 0 and less than 2**64"))
}

/// A whole number.
pub(crate) fn count(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    number(value, &format!("{name} must be a whole number, at least 0 and less than 2**32"))
}

/// A number that is one.
pub(crate) fn finite(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let message = format!("{name} must be a finite number");
    let number: f64 = number(value, &message)?;
    if number.is_finite() { Ok(number) } else { Err(error::refused(value.py(), InvalidArgument, message)) }
}

/// A whole number, or None.
pub(crate) fn index(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<u32>> {
    if value.is_none() { Ok(None) } else { count(name, value).map(Some) }
}

fn number<'py, T>(value: &Bound<'py, PyAny>, message: &str) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    value.extract().or_else(|cause| {
        let py = value.py();
        convert::only_exceptions(py, cause)?;
        Err(error::refused(py, InvalidArgument, message))
    })
}
