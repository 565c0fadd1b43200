// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A download as a Python object. It runs without the interpreter's lock, which is taken to write to a program's file object
//! and to tell its progress.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use byteport_core::http::{DownloadOptions, Unpack};
use byteport_core::{Client as Core, ErrorCode};
use pyo3::exceptions::PyOSError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::place::Value;
use crate::progress::Progress;
use crate::{args, convert, error, log};

/// What a download came to.
#[pyclass(frozen, get_all, module = "byteport._byteport")]
pub(crate) struct Downloaded {
    /// How many bytes were written.
    size: u64,
    /// The file name that the service proposes.
    file_name: Option<String>,
}

#[pymethods]
impl Downloaded {
    fn __repr__(&self) -> String {
        format!("<Downloaded size={} file_name={:?}>", self.size, self.file_name)
    }
}

/// A download that is ready to be run.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Download {
    core: Arc<Core>,
    value: Value,
    unpack: Unpack,
    limit: Option<u64>,
    to: To,
}

/// Where the bytes go.
enum To {
    Path(PathBuf, Py<PyAny>),
    Object(Py<PyAny>),
}

impl Download {
    pub(crate) fn new(
        core: Arc<Core>,
        value: Value,
        to: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Download> {
        let (mut decode, mut decompress, mut locally, mut limit) = (true, true, false, None);
        for (name, value) in options.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
            let name = name.cast::<PyString>()?.to_cow()?;
            match &*name {
                "decode" => decode = args::truth(&name, &value)?,
                "decompress" => decompress = args::truth(&name, &value)?,
                "locally" => locally = args::truth(&name, &value)?,
                "max_size" => limit = Some(args::size(&name, &value)?),
                _ => return Err(args::unknown(&name)),
            }
        }
        let unpack = match (decode, decompress, locally) {
            (false, _, _) => Unpack::Nothing,
            (true, true, false) => Unpack::There,
            (true, false, false) => Unpack::ThereDecodedOnly,
            (true, true, true) => Unpack::Here,
            (true, false, true) => Unpack::HereDecodedOnly,
        };
        Ok(Download { core, value, unpack, limit, to: To::new(to)? })
    }
}

impl To {
    /// A file object is what can be written to; anything else is a path.
    fn new(to: &Bound<'_, PyAny>) -> PyResult<To> {
        let py = to.py();
        if !to.hasattr(intern!(py, "write"))? {
            return Ok(To::Path(args::file("path_or_fileobj", to)?, to.clone().unbind()));
        }
        if is_a(to, "TextIOBase")? {
            let message = "path_or_fileobj takes text, and an object is bytes: open it in binary mode";
            return Err(error::refused(py, ErrorCode::InvalidArgument, message));
        }
        Ok(To::Object(to.clone().unbind()))
    }
}

/// Whether it is one of the classes of the module `io`.
fn is_a(object: &Bound<'_, PyAny>, class: &str) -> PyResult<bool> {
    object.is_instance(&object.py().import(intern!(object.py(), "io"))?.getattr(class)?)
}

#[pymethods]
impl Download {
    /// Takes it to its end.
    fn run(&self, py: Python<'_>, progress: &Bound<'_, PyAny>) -> PyResult<Downloaded> {
        log::listen(py)?;
        let mut progress = Progress::new(progress);
        let done = match &self.to {
            To::Path(path, named) => {
                let done = py.detach(|| {
                    let mut tell = |so_far, total| progress.tell(so_far, total);
                    self.core.download_to(&self.value.borrowed(), self.options(&mut tell), path)
                });
                error::finished(py, done).map_err(|failure| error::named(py, failure, named.bind(py)))
            }
            To::Object(object) => {
                let mut sink = Sink { object: object.clone_ref(py), raised: None };
                let done = py.detach(|| {
                    let mut tell = |so_far, total| progress.tell(so_far, total);
                    self.core.download(&self.value.borrowed(), self.options(&mut tell), &mut sink)
                });
                let done = error::finished(py, done);
                done.map_err(|failure| sink.explained(py, failure))
            }
        };
        let downloaded = progress.finished(done)?;
        Ok(Downloaded { size: downloaded.bytes, file_name: downloaded.file_name })
    }
}

impl Download {
    fn options<'a>(&self, progress: &'a mut byteport_core::http::Progress<'a>) -> DownloadOptions<'a> {
        DownloadOptions { unpack: self.unpack, limit: self.limit, progress: Some(progress) }
    }
}

/// A program's file object.
struct Sink {
    object: Py<PyAny>,
    raised: Option<PyErr>,
}

impl Sink {
    /// The failure of a call, as what was raised here explains it.
    fn explained(self, py: Python<'_>, failure: PyErr) -> PyErr {
        let Some(raised) = self.raised else { return failure };
        match convert::only_exceptions(py, raised) {
            Ok(cause) => {
                failure.set_cause(py, Some(cause));
                failure
            }
            Err(raised) => raised,
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = Python::try_attach(|py| {
            written(self.object.bind(py), bytes).map_err(|raised| {
                let told = told(py, &raised);
                self.raised = Some(raised);
                told
            })
        });
        written.unwrap_or_else(|| Err(io::Error::other("the interpreter is going down")))
    }

    /// What its object keeps back is its owner's to flush.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How much of it the object took: all, where it does not say.
fn written(object: &Bound<'_, PyAny>, bytes: &[u8]) -> PyResult<usize> {
    let py = object.py();
    let answer = object.call_method1(intern!(py, "write"), (PyBytes::new(py, bytes),))?;
    if !answer.is_none() {
        return answer.extract().map(|count: usize| count.min(bytes.len()));
    }
    if is_a(object, "RawIOBase")? { Ok(0) } else { Ok(bytes.len()) }
}

/// What was raised, as the core tells it.
fn told(py: Python<'_>, raised: &PyErr) -> io::Error {
    let value = raised.value(py);
    let number = value.getattr(intern!(py, "errno")).and_then(|number| number.extract::<i32>());
    match number {
        Ok(number) if value.is_instance_of::<PyOSError>() => {
            let error = io::Error::from_raw_os_error(number);
            if error.kind() == io::ErrorKind::Interrupted { io::Error::other(error) } else { error }
        }
        _ => io::Error::other(raised.to_string()),
    }
}
