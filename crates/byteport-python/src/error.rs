// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The one conversion of errors: the core's to the exceptions of `byteport.client_base`, by their codes.

use byteport_core::{Error, ErrorCode};
use pyo3::exceptions::{PyException, PyOSError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::interrupt;

static CLASSES: PyOnceLock<Vec<(ErrorCode, Py<PyAny>)>> = PyOnceLock::new();

/// Fetches the classes, once: when the interpreter goes down there are no modules to look in.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    classes(py).map(|_| ())
}

fn classes(py: Python<'_>) -> PyResult<&[(ErrorCode, Py<PyAny>)]> {
    let classes = CLASSES.get_or_try_init(py, || {
        let module = py.import(intern!(py, "byteport.client_base"))?;
        let all = ErrorCode::ALL.iter();
        all.map(|code| Ok((*code, module.getattr(class(*code))?.unbind()))).collect::<PyResult<_>>()
    });
    classes.map(Vec::as_slice)
}

/// The exception class for a code.
fn class(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidName => "ByteportClientInvalidFieldNameException",
        ErrorCode::InvalidTimestamp => "ByteportClientUnsupportedTimestampTypeException",
        ErrorCode::InvalidValue => "ByteportClientInvalidDataTypeException",
        ErrorCode::Dns
        | ErrorCode::Connect
        | ErrorCode::Proxy
        | ErrorCode::Tls
        | ErrorCode::Timeout
        | ErrorCode::Disconnected => "ByteportConnectException",
        ErrorCode::Forbidden => "ByteportClientForbiddenException",
        ErrorCode::NotFound => "ByteportClientDeviceNotFoundException",
        ErrorCode::NotAllowed => "ByteportNotAllowedException",
        ErrorCode::Server => "ByteportServerException",
        ErrorCode::LoginFailed => "ByteportLoginFailedException",
        ErrorCode::UnsupportedCompression => "ByteportClientUnsupportedCompressionException",
        ErrorCode::File => "ByteportClientFileException",
        ErrorCode::Forked => "ByteportForkedException",
        ErrorCode::Full => "ByteportOutboxFullException",
        ErrorCode::InUse => "ByteportOutboxInUseException",
        ErrorCode::Closed => "ByteportClosedException",
        _ => "ByteportClientException",
    }
}

/// The Python exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let known = classes(py)?.iter().find(|(code, _)| *code == error.code());
    let (_, class) = known.ok_or_else(|| PyException::new_err(error.to_string()))?;
    let exception = class.bind(py).call1((error.to_string(),))?;
    exception.setattr(intern!(py, "code"), error.code().number())?;
    exception.setattr(intern!(py, "phase"), error.phase().text())?;
    exception.setattr(intern!(py, "status"), error.status())?;
    exception.setattr(intern!(py, "retryable"), error.is_retryable())?;
    if let (ErrorCode::File, Some(number)) = (error.code(), errno(error)) {
        exception.setattr(intern!(py, "errno"), number)?;
        let text = py.import(intern!(py, "os"))?.call_method1(intern!(py, "strerror"), (number,))?;
        exception.setattr(intern!(py, "strerror"), text)?;
    }
    Ok(PyErr::from_value(exception))
}

/// The system's number for what went wrong, if that is the cause.
fn errno(error: &Error) -> Option<i32> {
    let mut causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.find_map(|cause| cause.downcast_ref::<std::io::Error>()).and_then(std::io::Error::raw_os_error)
}

/// What a call of the core came to; what a signal's or a logging handler raised in it goes first.
pub(crate) fn finished<T>(py: Python<'_>, done: byteport_core::Result<T>) -> PyResult<T> {
    match interrupt::raised() {
        Some(raised) => Err(raised),
        None => done.map_err(|failure| exception(py, &failure)),
    }
}

/// An exception that, where it is about a file, says about which.
pub(crate) fn named(py: Python<'_>, failure: PyErr, path: &Bound<'_, PyAny>) -> PyErr {
    let exception = failure.value(py);
    if exception.is_instance_of::<PyOSError>() {
        // What it is about is in its text in any case.
        let _ = exception.setattr(intern!(py, "filename"), path);
    }
    failure
}

/// The exception for an argument that is refused.
pub(crate) fn refused(py: Python<'_>, code: ErrorCode, message: impl Into<String>) -> PyErr {
    exception(py, &Error::new(code, message))
}

/// As [`refused`], because of what Python code raised. What is no `Exception`, such as a keyboard interrupt, passes as it is.
pub(crate) fn refused_because(py: Python<'_>, code: ErrorCode, message: String, cause: PyErr) -> PyErr {
    if !cause.is_instance_of::<PyException>(py) {
        return cause;
    }
    let error = refused(py, code, format!("{message}: {cause}"));
    error.set_cause(py, Some(cause));
    error
}
