// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What an outbox tells while it works, as Python objects, and the program's function that they are told to.
//!
//! Invariant: what the function raises ends neither the upload nor the program; it is logged.

use byteport_core::ErrorCode::InvalidArgument;
use byteport_core::outbox::Event;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::{convert, ending, error, log};

/// The service took these readings.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct Delivered {
    /// Their numbers, in the order in which they were sent.
    sequences: Py<PyTuple>,
}

/// Readings were given up.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct Dropped {
    /// How many.
    count: u64,
    /// Why, in one word.
    reason: &'static str,
}

/// The service refused a reading for good.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct Quarantined {
    /// Its number.
    sequence: u64,
    /// The service's answer.
    why: String,
}

/// The way to the service changed.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct LinkChanged {
    /// In one word.
    state: &'static str,
}

/// The file can be written, or no longer.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct DiskChanged {
    /// In one word.
    state: &'static str,
}

/// A damaged file, or one of a newer version, was moved aside.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct MovedAside {
    /// Its new path.
    path: std::ffi::OsString,
    /// Readings saved from it.
    saved: u64,
    /// Readings that could not be read.
    lost: u64,
}

#[pymethods]
impl Delivered {
    fn __repr__(&self) -> String {
        format!("Delivered(sequences={})", self.sequences)
    }
}

#[pymethods]
impl Dropped {
    fn __repr__(&self) -> String {
        format!("Dropped(count={}, reason='{}')", self.count, self.reason)
    }
}

#[pymethods]
impl Quarantined {
    fn __repr__(&self) -> String {
        format!("Quarantined(sequence={}, why={:?})", self.sequence, self.why)
    }
}

#[pymethods]
impl LinkChanged {
    fn __repr__(&self) -> String {
        format!("LinkChanged(state='{}')", self.state)
    }
}

#[pymethods]
impl DiskChanged {
    fn __repr__(&self) -> String {
        format!("DiskChanged(state='{}')", self.state)
    }
}

#[pymethods]
impl MovedAside {
    fn __repr__(&self) -> String {
        format!("MovedAside(path={:?}, saved={}, lost={})", self.path, self.saved, self.lost)
    }
}

/// The event's object; None for one that this version has no class for.
fn object<'py>(py: Python<'py>, event: &Event) -> PyResult<Option<Bound<'py, PyAny>>> {
    let object = match event {
        Event::Delivered { sequences } => {
            let sequences = PyTuple::new(py, sequences)?.unbind();
            Bound::new(py, Delivered { sequences })?.into_any()
        }
        Event::Dropped { count, reason } => {
            Bound::new(py, Dropped { count: *count, reason: reason.text() })?.into_any()
        }
        Event::Quarantined { sequence, why } => {
            Bound::new(py, Quarantined { sequence: *sequence, why: why.clone() })?.into_any()
        }
        Event::Link(state) => Bound::new(py, LinkChanged { state: state.text() })?.into_any(),
        Event::Disk(state) => Bound::new(py, DiskChanged { state: state.text() })?.into_any(),
        Event::MovedAside { path, saved, lost } => {
            let path = path.clone().into_os_string();
            Bound::new(py, MovedAside { path, saved: *saved, lost: *lost })?.into_any()
        }
        _ => return Ok(None),
    };
    Ok(Some(object))
}

/// What tells a program's function, with the interpreter's lock, as long as the interpreter is not going down.
pub(crate) fn listener(
    function: &Bound<'_, PyAny>,
) -> PyResult<impl Fn(&Event) + Send + Sync + 'static + use<>> {
    if !function.is_callable() {
        let message = format!("on_event must be a function of one argument, not {}", convert::kind(function));
        return Err(error::refused(function.py(), InvalidArgument, message));
    }
    let function = function.clone().unbind();
    Ok(move |event: &Event| {
        ending::attach(|py| {
            if let Err(raised) = tell(function.bind(py), event) {
                log::raised(py, raised, "byteport.outbox", "on_event raised, and the outbox goes on");
            }
        });
    })
}

fn tell(function: &Bound<'_, PyAny>, event: &Event) -> PyResult<()> {
    match object(function.py(), event)? {
        Some(event) => function.call1((event,)).map(|_| ()),
        None => Ok(()),
    }
}
