// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The pages of a long range as a Python object. A page is loaded and read without the interpreter's lock.

use std::sync::{Arc, Mutex, PoisonError};

use byteport_core::http::{SeriesPages, SeriesQuery};
use byteport_core::model::Timestamp;
use byteport_core::{Client as Core, Result, Series, SeriesValues};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyList, PyString};

use crate::place::Field;
use crate::span::Span;
use crate::{args, error, log};

/// What is left of a range.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Pages {
    pages: Mutex<SeriesPages<Arc<Core>>>,
}

impl Pages {
    pub(crate) fn new(core: Arc<Core>, field: &Field, query: SeriesQuery) -> Result<Pages> {
        field.check()?;
        let pages = SeriesPages::new(core, field.0.each_ref().map(String::as_str), query)?;
        Ok(Pages { pages: Mutex::new(pages) })
    }
}

/// The query of a range that is read in pages.
pub(crate) fn query(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<SeriesQuery> {
    let (mut query, mut span) = (SeriesQuery::default(), Span::default());
    for (name, value) in options.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
        let name = name.cast::<PyString>()?.to_cow()?;
        if &*name == "scale" {
            query.scale = Some(args::finite(&name, &value)?);
        } else if !span.set(&name, &value)? {
            return Err(args::unknown(&name));
        }
    }
    query.span = span.finished(py)?;
    Ok(query)
}

#[pymethods]
impl Pages {
    /// The points of the next page, each as a dict; None after the last one.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        log::listen(py)?;
        let page = py.detach(|| self.pages.lock().unwrap_or_else(PoisonError::into_inner).next());
        error::finished(py, page.transpose())?.map(|series| points(py, series)).transpose()
    }
}

/// Points as the service writes them, but for what is not of use without a second call.
fn points(py: Python<'_>, series: Series) -> PyResult<Bound<'_, PyList>> {
    let Series { times, values } = series;
    match values {
        SeriesValues::Numbers(numbers) => listed(py, times, numbers, |number| {
            (!number.is_nan()).then(|| PyFloat::new(py, number).into_any())
        }),
        SeriesValues::Texts(texts) => {
            listed(py, times, texts, |text| Some(PyString::new(py, &text).into_any()))
        }
    }
}

fn listed<'py, T>(
    py: Python<'py>,
    times: Vec<i64>,
    values: Vec<T>,
    object: impl Fn(T) -> Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for (time, value) in times.into_iter().zip(values) {
        let point = PyDict::new(py);
        point.set_item(intern!(py, "t"), Timestamp::from_micros(time).to_iso8601())?;
        point.set_item(intern!(py, "v"), object(value))?;
        list.append(point)?;
    }
    Ok(list)
}
