// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A store whose values come from files and streams. Files are read and objects compressed without the interpreter's lock;
//! it is taken only to ask whether a signal came.
//!
//! Invariant: a program's file object is read by Python code (`byteport._storing`) and never from here. Its `read` may wait
//! for ever, and a thread that waits there when the interpreter goes down is ended by Python with what no Rust frame survives.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use byteport_core::codec::Compression;
use byteport_core::http;
use byteport_core::{Client as Core, ErrorCode, Result};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyDict, PyMemoryView, PyString};

use crate::call::Call;
use crate::{args, convert, error};

/// One store in the making.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Upload {
    /// None where a program sends it.
    core: Option<Arc<Core>>,
    upload: Mutex<Option<http::Upload>>,
}

impl Upload {
    pub(crate) fn new(core: Option<Arc<Core>>, upload: http::Upload) -> Upload {
        Upload { core, upload: Mutex::new(Some(upload)) }
    }

    fn upload(&self) -> MutexGuard<'_, Option<http::Upload>> {
        self.upload.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the upload without the interpreter's lock. Nothing of this is logged.
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&mut http::Upload) -> Result<T> + Send,
    ) -> PyResult<T> {
        let done = py.detach(|| self.upload().as_mut().map(change));
        error::finished(py, done.ok_or_else(|| spent(py))?)
    }
}

fn spent(py: Python<'_>) -> PyErr {
    error::refused(py, ErrorCode::InvalidArgument, "this upload was made a call already: begin another")
}

#[pymethods]
impl Upload {
    /// An upload whose fields a program sends itself.
    #[new]
    fn apart() -> Upload {
        Upload::new(None, http::Upload::apart())
    }

    /// Adds a file's text.
    fn add_file(&self, py: Python<'_>, field: &Bound<'_, PyAny>, path: &Bound<'_, PyAny>) -> PyResult<()> {
        let (field, file) = (convert::name_text("field name", field)?, args::file("path_to_file", path)?);
        let added = self.change(py, |upload| upload.add_file(&field, &file).map(|_| ()));
        added.map_err(|failure| error::named(py, failure, path))
    }

    /// Adds a file as an object.
    fn add_object_file(
        &self,
        py: Python<'_>,
        field: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
        compression: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let compression = self::compression(compression)?;
        let (field, file) = (convert::name_text("field name", field)?, args::file("path_to_file", path)?);
        let added = self.change(py, |upload| upload.add_object_file(&field, &file, compression));
        added.map_err(|failure| error::named(py, failure, path))
    }

    /// Adds bytes, or a text in UTF-8, as an object.
    fn add_object(
        &self,
        py: Python<'_>,
        field: &Bound<'_, PyAny>,
        data: &Bound<'_, PyAny>,
        compression: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let compression = self::compression(compression)?;
        let field = convert::name_text("field name", field)?;
        match Object::of(&field, data)? {
            Object::Bytes(bytes) => {
                self.change(py, |upload| upload.add_object(&field, &mut &bytes[..], compression))
            }
            Object::Text(text) => {
                self.change(py, |upload| upload.add_object(&field, &mut text.as_bytes(), compression))
            }
        }
    }

    /// Begins an object whose bytes come piece by piece.
    fn begin_object(
        &self,
        py: Python<'_>,
        field: &Bound<'_, PyAny>,
        compression: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let compression = self::compression(compression)?;
        let field = convert::name_text("field name", field)?;
        self.change(py, |upload| upload.begin_object(&field, compression))
    }

    /// Adds bytes to the object that is begun.
    fn add_piece(&self, py: Python<'_>, piece: PyBackedBytes) -> PyResult<()> {
        self.change(py, |upload| upload.add_piece(&piece))
    }

    /// Ends the object that is begun.
    fn end_object(&self, py: Python<'_>) -> PyResult<()> {
        self.change(py, http::Upload::end_object)
    }

    /// The length of the encoded fields, in bytes.
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        let length = self.change(py, |upload| Ok(upload.len()))?;
        Ok(usize::try_from(length)?)
    }

    /// The fields and their texts, in memory.
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        for (name, value) in self.change(py, http::Upload::fields)? {
            fields.set_item(name, value)?;
        }
        Ok(fields)
    }

    /// The call that sends it.
    fn call(&self, py: Python<'_>) -> PyResult<Call> {
        let upload = self.upload().take();
        let (Some(core), Some(upload)) = (&self.core, upload) else { return Err(spent(py)) };
        let call = error::finished(py, core.upload_call(upload))?;
        Ok(Call::new(Arc::clone(core), call))
    }
}

/// `None`, `'gzip'` or `'bzip2'`.
pub(crate) fn compression(name: &Bound<'_, PyAny>) -> PyResult<Compression> {
    if name.is_none() {
        return Ok(Compression::None);
    }
    let py = name.py();
    match name.cast::<PyString>() {
        Ok(name) => {
            Compression::parse(&name.to_string_lossy()).map_err(|failure| error::exception(py, &failure))
        }
        Err(_) => {
            let message =
                format!("unsupported compression: use None, 'gzip' or 'bzip2', not {}", convert::kind(name));
            Err(error::refused(py, ErrorCode::UnsupportedCompression, message))
        }
    }
}

/// The exception for a file object whose `read` failed so.
#[pyfunction]
pub(crate) fn unreadable(py: Python<'_>, field: &Bound<'_, PyAny>, why: Bound<'_, PyAny>) -> PyResult<PyErr> {
    let field = convert::name_text("field name", field)?;
    let message = format!("field {field:?}: the file object cannot be read");
    Ok(error::refused_because(py, ErrorCode::File, message, PyErr::from_value(why)))
}

/// Where an object's bytes come from.
enum Object {
    Bytes(PyBackedBytes),
    Text(PyBackedStr),
}

impl Object {
    fn of(field: &str, data: &Bound<'_, PyAny>) -> PyResult<Object> {
        let py = data.py();
        let refused = |why: String, cause: PyErr| {
            error::refused_because(py, ErrorCode::InvalidValue, format!("field {field:?}: {why}"), cause)
        };
        if let Ok(bytes) = data.extract::<PyBackedBytes>() {
            return Ok(Object::Bytes(bytes));
        }
        if let Ok(text) = data.cast::<PyString>() {
            let text = PyBackedStr::try_from(text.clone());
            return text
                .map(Object::Text)
                .map_err(|cause| refused("the text is not valid Unicode".into(), cause));
        }
        let view = PyMemoryView::from(data).map_err(|cause| {
            refused(format!("an object is bytes, str or a file object, not {}", convert::kind(data)), cause)
        })?;
        let format = view.getattr(intern!(py, "format"))?;
        if holds_addresses(&format.cast_into::<PyString>()?.to_string_lossy()) {
            let message =
                format!("field {field:?}: the {} holds Python objects, not bytes", convert::kind(data));
            return Err(error::refused(py, ErrorCode::InvalidValue, message));
        }
        let bytes = view.call_method0(intern!(py, "tobytes"));
        let bytes = bytes.map_err(|cause| refused("its bytes cannot be read".into(), cause))?;
        Ok(Object::Bytes(bytes.extract()?))
    }
}

/// Whether elements of this format (that of the module `struct`, and of PEP 3118) are Python objects, that is addresses.
/// Between colons are names.
fn holds_addresses(format: &str) -> bool {
    format.split(':').step_by(2).any(|types| types.contains('O'))
}
