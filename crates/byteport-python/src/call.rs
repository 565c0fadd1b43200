// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One call of the core as a Python object: made with the interpreter's lock, run without.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use byteport_core::http;
use byteport_core::{Client as Core, ErrorCode};
use pyo3::prelude::*;

use crate::answer::Answer;
use crate::{error, log};

/// A call that is ready to be sent, once.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Call {
    core: Arc<Core>,
    call: Mutex<Option<http::Call>>,
}

impl Call {
    pub(crate) fn new(core: Arc<Core>, call: http::Call) -> Call {
        Call { core, call: Mutex::new(Some(call)) }
    }

    fn call(&self) -> MutexGuard<'_, Option<http::Call>> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Works on the call where it is not run here but sent over a link.
    pub(crate) fn with<T>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Core, &mut http::Call) -> T,
    ) -> PyResult<T> {
        self.call().as_mut().map(|call| work(&self.core, call)).ok_or_else(|| spent(py))
    }
}

fn spent(py: Python<'_>) -> PyErr {
    error::refused(py, ErrorCode::InvalidArgument, "this call was run already: make another")
}

#[pymethods]
impl Call {
    /// Takes the call to its end.
    fn run(&self, py: Python<'_>) -> PyResult<Answer> {
        let call = self.call().take().ok_or_else(|| spent(py))?;
        let path = call.request().path.clone();
        log::listen(py)?;
        let done = py.detach(|| self.core.perform(call));
        error::finished(py, done).map(|answer| Answer::new(answer, path))
    }

    /// Whether sending it twice has the same effect as sending it once.
    #[getter]
    fn idempotent(&self, py: Python<'_>) -> PyResult<bool> {
        self.with(py, |_, call| call.request().idempotent)
    }

    /// The longest time for it, in seconds.
    #[getter]
    fn timeout(&self) -> f64 {
        self.core.timeout().as_secs_f64()
    }

    /// The whole address, with the query.
    #[getter]
    fn url(&self, py: Python<'_>) -> PyResult<String> {
        let call = self.call();
        let call = call.as_ref().ok_or_else(|| spent(py))?;
        Ok(format!("{}{}", self.core.origin(), call.address()))
    }

    /// The pairs of the form that it posts, in memory; None for a GET.
    fn form(&self, py: Python<'_>) -> PyResult<Option<Vec<(String, String)>>> {
        let mut call = self.call();
        let call = call.as_mut().ok_or_else(|| spent(py))?;
        error::finished(py, call.form())
    }
}
