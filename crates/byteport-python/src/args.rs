// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Arguments that are neither names nor values: texts, paths, keys, time-outs, pairs.

use std::path::PathBuf;
use std::time::Duration;

use byteport_core::ErrorCode::InvalidArgument;
use pyo3::prelude::*;
use pyo3::types::PyString;

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

/// A number of bytes.
pub(crate) fn size(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    number(value, &format!("{name} must be a number of bytes, at least 0 and less than 2**64"))
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
