// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to devices as Python objects.
//!
//! Invariant: what a message says is shown by its own attributes only, never by `repr`.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use byteport_core::broker::{Delivery as Core, Message as CoreMessage};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::error;

/// What came from the broker at once: one message, or a list of them.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Delivery {
    core: Core,
    settled: AtomicBool,
}

impl Delivery {
    pub(crate) fn new(core: Core) -> Delivery {
        Delivery { core, settled: AtomicBool::new(false) }
    }

    /// The core's delivery, for the one verdict that counts: the first.
    pub(crate) fn to_be_settled(&self) -> Option<&Core> {
        (!self.settled.swap(true, SeqCst)).then_some(&self.core)
    }
}

#[pymethods]
impl Delivery {
    #[getter]
    fn messages<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let each = 0..slf.get().core.messages().len();
        let each = each.map(|index| Bound::new(slf.py(), Message { delivery: slf.clone().unbind(), index }));
        PyTuple::new(slf.py(), each.collect::<PyResult<Vec<_>>>()?)
    }

    #[getter]
    fn topic(&self) -> &str {
        self.core.destination()
    }

    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.core.body())
    }

    /// Of a header that is there twice the first one counts.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for (name, value) in self.core.headers().iter().rev() {
            headers.set_item(name, value)?;
        }
        Ok(headers)
    }

    #[getter]
    fn redelivered(&self) -> bool {
        self.core.redelivered()
    }

    fn __repr__(&self) -> String {
        format!("<Delivery topic={:?} length={}>", self.core.destination(), self.core.body().len())
    }
}

/// One message to a device.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Message {
    delivery: Py<Delivery>,
    index: usize,
}

impl Message {
    fn core(&self) -> Option<&CoreMessage> {
        self.delivery.get().core.messages().get(self.index)
    }
}

#[pymethods]
impl Message {
    #[getter]
    fn uid(&self) -> Option<&str> {
        self.core()?.uid.as_deref()
    }

    #[getter]
    fn namespace(&self) -> Option<&str> {
        self.core()?.namespace.as_deref()
    }

    #[getter]
    fn text(&self) -> Option<&str> {
        self.core()?.text()
    }

    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.core().map_or(&[], |message| &message.body))
    }

    #[getter]
    fn timestamp(&self) -> Option<f64> {
        self.core()?.timestamp.map(|timestamp| seconds(timestamp.as_micros()))
    }

    #[getter]
    fn age(&self) -> Option<f64> {
        self.core()?.age.map(seconds)
    }

    #[getter]
    fn redelivered(&self) -> bool {
        self.delivery.get().redelivered()
    }

    #[getter]
    fn destination(&self) -> &str {
        self.delivery.get().topic()
    }

    /// What it came in.
    #[getter]
    fn delivery(&self, py: Python<'_>) -> Py<Delivery> {
        self.delivery.clone_ref(py)
    }

    /// The names and values of a packet's `data`.
    fn fields(&self, py: Python<'_>) -> PyResult<Vec<(String, String)>> {
        let fields = self.core().map_or(Ok(Vec::new()), CoreMessage::fields);
        error::finished(py, fields)
    }

    fn __repr__(&self) -> String {
        let uid = self.uid().map_or_else(|| "None".to_owned(), |uid| format!("{uid:?}"));
        let length = self.core().map_or(0, |message| message.body.len());
        format!("<Message destination={:?} uid={uid} length={length}>", self.destination())
    }
}

/// Microseconds as seconds.
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}
