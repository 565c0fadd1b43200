// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A store whose values come from files and streams. Files are read and objects compressed without the interpreter's lock;
//! it is taken only to ask a Python file object for its next piece.
//!
//! Invariant: what a Python file object raises comes out of the call that read it, wrapped where it is an `Exception`.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use byteport_core::codec::Compression;
use byteport_core::http;
use byteport_core::{Client as Core, ErrorCode, Result};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyDict, PyMemoryView, PyString};

use crate::call::Call;
use crate::{args, convert, error, log};

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

    /// Works on the upload without the interpreter's lock.
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&mut http::Upload) -> Result<T> + Send,
    ) -> PyResult<T> {
        log::listen(py)?;
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

    /// Adds bytes, a text in UTF-8, or what a file object holds from where it stands, as an object.
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
            Object::File(mut file) => {
                let added = self.change(py, |upload| upload.add_object(&field, &mut file, compression));
                match file.raised.take() {
                    Some(raised) => Err(file_failed(py, &field, raised)),
                    None => added,
                }
            }
        }
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

fn file_failed(py: Python<'_>, field: &str, raised: PyErr) -> PyErr {
    let message = format!("field {field:?}: the file object cannot be read");
    error::refused_because(py, ErrorCode::File, message, raised)
}

/// Where an object's bytes come from.
enum Object {
    Bytes(PyBackedBytes),
    Text(PyBackedStr),
    File(FileObject),
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
        if data.hasattr(intern!(py, "read"))? {
            let file = data.clone().unbind();
            return Ok(Object::File(FileObject {
                file,
                left: PyBackedBytes::from(PyBytes::new(py, b"")),
                at: 0,
                raised: None,
            }));
        }
        let view = PyMemoryView::from(data).map_err(|cause| {
            refused(format!("an object is bytes, str or a file object, not {}", convert::kind(data)), cause)
        })?;
        let bytes = view.call_method0(intern!(py, "tobytes"))?;
        Ok(Object::Bytes(bytes.extract()?))
    }
}

/// Reads a Python file object, binary or text.
struct FileObject {
    file: Py<PyAny>,
    left: PyBackedBytes,
    at: usize,
    raised: Option<PyErr>,
}

impl FileObject {
    fn next_piece(&self, py: Python<'_>, most: usize) -> PyResult<PyBackedBytes> {
        let piece = self.file.bind(py).call_method1(intern!(py, "read"), (most,))?;
        if let Ok(text) = piece.cast::<PyString>() {
            let bytes = text.call_method0(intern!(py, "encode"))?;
            return Ok(bytes.extract()?);
        }
        Ok(piece.extract()?)
    }
}

impl Read for FileObject {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.left.len() {
            let piece = Python::try_attach(|py| self.next_piece(py, into.len()));
            match piece {
                Some(Ok(piece)) => (self.left, self.at) = (piece, 0),
                Some(Err(raised)) => {
                    self.raised = Some(raised);
                    return Err(io::Error::other("the file object's read() failed"));
                }
                None => return Err(io::Error::other("the interpreter is going down")),
            }
        }
        let count = into.len().min(self.left.len() - self.at);
        into[..count].copy_from_slice(&self.left[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
