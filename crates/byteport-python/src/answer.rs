// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the service answered, as Python objects of what a caller asks for.

use byteport_core::http;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};

use crate::error;

/// An answer with a status that says yes.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Answer {
    core: http::Answer,
    /// Where it came from, for error texts.
    path: String,
}

impl Answer {
    pub(crate) fn new(core: http::Answer, path: String) -> Answer {
        Answer { core, path }
    }
}

/// Times in microseconds and numbers, each as the bytes of an array, and how many values were no numbers.
type Columns<'py> = (Bound<'py, PyByteArray>, Bound<'py, PyByteArray>, usize);

#[pymethods]
impl Answer {
    /// An answer that came by another way, such as a program's own.
    #[new]
    fn of(body: &[u8], path: String) -> Answer {
        Answer::new(http::Answer { status: 200, headers: Default::default(), body: body.to_vec() }, path)
    }

    #[getter]
    fn path(&self) -> &str {
        &self.path
    }

    #[getter]
    fn status(&self) -> u16 {
        self.core.status
    }

    #[getter]
    fn headers(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect(); // as Python reads headers
        self.core.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
    }

    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.core.body)
    }

    /// The body's text, checked to be JSON.
    fn json_text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let text = py.detach(|| self.core.json(&self.path));
        error::finished(py, text).map(|text| PyString::new(py, text))
    }

    /// The series in the body, as two columns of numbers.
    fn series<'py>(&self, py: Python<'py>) -> PyResult<Columns<'py>> {
        let read = py.detach(|| {
            let (times, numbers, skipped) = self.core.series(&self.path)?.into_numbers();
            let times: Vec<u8> = times.into_iter().flat_map(i64::to_ne_bytes).collect();
            let numbers: Vec<u8> = numbers.into_iter().flat_map(f64::to_ne_bytes).collect();
            Ok((times, numbers, skipped))
        });
        let (times, values, skipped) = error::finished(py, read)?;
        Ok((PyByteArray::new(py, &times), PyByteArray::new(py, &values), skipped))
    }
}
