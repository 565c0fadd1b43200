// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The core's client as a Python class: arguments converted, then the call without the interpreter's lock.

use std::path::PathBuf;
use std::time::Duration;

use byteport_core::model::Reading;
use byteport_core::{ErrorCode, Method, Options, Proxy, Result};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::{convert, error, interrupt, log};

/// A client of one host; threads may share it.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Client {
    core: byteport_core::Client,
}

impl Client {
    /// Runs a call of the core without the interpreter's lock.
    fn run<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&byteport_core::Client) -> Result<T> + Send,
    ) -> PyResult<T> {
        log::listen(py)?;
        let done = py.detach(|| call(&self.core));
        finished(py, done)
    }
}

/// What a call of the core came to; what a signal's or a logging handler raised in it goes first.
fn finished<T>(py: Python<'_>, done: Result<T>) -> PyResult<T> {
    match interrupt::raised() {
        Some(raised) => Err(raised),
        None => done.map_err(|failure| error::exception(py, &failure)),
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (host, **options))]
    fn new(py: Python<'_>, host: &Bound<'_, PyAny>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Client> {
        error::prepare(py)?;
        let mut core = Options::new().host(&text("the host", host)?);
        for (name, value) in options.into_iter().flatten() {
            let name = name.cast::<PyString>()?.to_cow()?;
            if !value.is_none() || name == "store_path" {
                core = set(core, &name, &value)?;
            }
        }
        log::listen(py)?;
        finished(py, byteport_core::Client::new(core)).map(|core| Client { core })
    }

    #[getter]
    fn origin(&self) -> &str {
        self.core.origin()
    }

    fn store(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        timestamp: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let reading: Reading = convert::reading(data, device, timestamp)?;
        self.run(py, |core| core.store(&reading))
    }

    fn login(
        &self,
        py: Python<'_>,
        username: &Bound<'_, PyAny>,
        password: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (username, password) = (text("username", username)?, text("password", password)?);
        let path = absolute(path)?;
        self.run(py, |core| core.login_at(&path, &username, &password))
    }

    fn logout(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<String> {
        let path = text("the path", path)?;
        self.run(py, |core| core.logout_at(&path))
    }

    fn get_json(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        query: Vec<(Bound<'_, PyAny>, String)>,
    ) -> PyResult<String> {
        let path = absolute(path)?;
        let query = query.into_iter().map(|(name, value)| Ok((text("the parameter's name", &name)?, value)));
        let query: Vec<(String, String)> = query.collect::<PyResult<_>>()?;
        let query: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.run(py, |core| core.get_json(&path, &query))
    }

    fn __repr__(&self) -> String {
        format!("<byteport._byteport.Client of {}>", self.core.origin())
    }
}

/// One setting by its name.
fn set(options: Options, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Options> {
    let py = value.py();
    Ok(match name {
        "https" => options.https(value.extract()?),
        "namespace" => options.namespace(&convert::name_text("namespace", value)?),
        "key" => options.key(&key(value)?),
        "store_path" => options.store_path(&text("the store path", value)?),
        "get" if value.is_truthy()? => options.store_method(Method::Get),
        "get" => options,
        "proxy" => {
            let proxy = Proxy::parse(&text("the proxy", value)?);
            options.proxy(proxy.map_err(|failure| error::exception(py, &failure))?)
        }
        "timeout" => options.timeout(seconds(name, value)?),
        "connect_timeout" => options.connect_timeout(seconds(name, value)?),
        "ca_file" => options.ca_file(value.extract::<PathBuf>().map_err(|cause| {
            let message = format!("ca_file must be a path, not {}", convert::kind(value));
            error::refused_because(py, ErrorCode::InvalidArgument, message, cause)
        })?),
        _ => return Err(PyTypeError::new_err(format!("there is no option {name}"))),
    })
}

/// An API key, which may be a number as names may.
fn key(value: &Bound<'_, PyAny>) -> PyResult<String> {
    match convert::number_text(value) {
        Some(digits) => digits,
        None => text("the API key", value),
    }
}

/// A text of whatever content; its content is not repeated in the error, for it may be a secret.
fn text(what: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let refused =
        |why: String| error::refused(value.py(), ErrorCode::InvalidArgument, format!("{what} {why}"));
    let text = value
        .cast::<PyString>()
        .map_err(|_| refused(format!("must be str, not {}", convert::kind(value))))?;
    let text = text.to_cow().map_err(|_| refused("holds a lone surrogate, which is no character".into()))?;
    Ok(text.into_owned())
}

/// A path on the client's host.
fn absolute(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let path_text = text("the path", path)?;
    if !path_text.starts_with('/') {
        let message = format!("the path {path_text:?} does not begin with /");
        return Err(error::refused(path.py(), ErrorCode::InvalidArgument, message));
    }
    Ok(path_text)
}

/// A time-out.
fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let refused = || {
        let message = format!("{name} must be a positive number of seconds");
        error::refused(value.py(), ErrorCode::InvalidArgument, message)
    };
    let seconds: f64 = value.extract().map_err(|_| refused())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| refused())
}
