// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A program's function that is told how far a transfer has come, and may end it.

use std::ops::ControlFlow;

use pyo3::prelude::*;
use pyo3::types::PyBool;

/// The function, and what it raised.
pub(crate) struct Progress {
    function: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Progress {
    /// None is told nothing.
    pub(crate) fn new(function: &Bound<'_, PyAny>) -> Progress {
        let function = (!function.is_none()).then(|| function.clone().unbind());
        Progress { function, raised: None }
    }

    /// Tells it, with the interpreter's lock; what it raises, or False, ends the transfer.
    pub(crate) fn tell(&mut self, so_far: u64, total: Option<u64>) -> ControlFlow<()> {
        let Some(function) = &self.function else { return ControlFlow::Continue(()) };
        let told = Python::try_attach(|py| {
            let answer = function.bind(py).call1((so_far, total))?;
            Ok(!answer.is(PyBool::new(py, false)))
        });
        match told {
            Some(Ok(true)) => return ControlFlow::Continue(()),
            Some(Err(raised)) => self.raised = Some(raised),
            Some(Ok(false)) | None => {} // the last one: the interpreter is going down
        }
        ControlFlow::Break(())
    }

    /// What a transfer came to; what the function raised goes first.
    pub(crate) fn finished<T>(self, done: PyResult<T>) -> PyResult<T> {
        match self.raised {
            Some(raised) => Err(raised),
            None => done,
        }
    }
}
