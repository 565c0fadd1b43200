// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A watched directory as a Python object. Everything that touches the disk is done without the interpreter's lock.

use std::os::fd::AsRawFd;
use std::sync::{Mutex, PoisonError};

use byteport_core::http::{self, Poll};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::client::Client;
use crate::upload::Upload;
use crate::{args, convert, error, log};

/// A directory whose files are stored as they change: look, fill and send until there is nothing more, wait.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Watch {
    poll: Mutex<Poll>,
}

impl Watch {
    /// Without the interpreter's lock: a thread that waits for the other one has let it go.
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut Poll) -> T + Send) -> PyResult<T> {
        log::listen(py)?;
        Ok(py.detach(|| work(&mut self.poll.lock().unwrap_or_else(PoisonError::into_inner))))
    }
}

/// What an error says under this name, if it says anything that makes sense there.
fn said<'py, T>(why: &Bound<'py, PyAny>, name: &Bound<'py, PyString>) -> PyResult<Option<T>>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    match why.getattr(name).and_then(|value| value.extract()) {
        Ok(value) => Ok(Some(value)),
        Err(error) => convert::only_exceptions(why.py(), error).map(|_| None),
    }
}

#[pymethods]
impl Watch {
    #[new]
    fn new(
        py: Python<'_>,
        directory: &Bound<'_, PyAny>,
        poll_interval: &Bound<'_, PyAny>,
    ) -> PyResult<Watch> {
        error::prepare(py)?;
        let path = args::file("directory_path", directory)?;
        let interval = args::seconds("poll_interval", poll_interval)?;
        log::listen(py)?;
        let poll = py.detach(|| Poll::open(path, interval));
        let poll = error::finished(py, poll).map_err(|failure| error::named(py, failure, directory))?;
        Ok(Watch { poll: Mutex::new(poll) })
    }

    /// Begins a round; gives the number of files that may have to be sent.
    fn look(&self, py: Python<'_>) -> PyResult<usize> {
        let found = self.with(py, Poll::look)?;
        error::finished(py, Ok(found))
    }

    /// The next files of the round, for this client to send, or for a program where it is None; None after the last.
    fn next_upload(
        &self,
        py: Python<'_>,
        client: Option<&Client>,
        device: &Bound<'_, PyAny>,
        timestamp: &Bound<'_, PyAny>,
    ) -> PyResult<Option<Upload>> {
        let (core, upload) = match client {
            Some(client) => {
                let (device, timestamp) = convert::device_and_time(device, timestamp)?;
                let core = client.core(py)?;
                let upload = error::finished(py, core.upload(device.as_deref(), timestamp))?;
                (Some(core), upload)
            }
            None => (None, http::Upload::apart()),
        };
        let filled = self.with(py, |poll| poll.fill(upload))?;
        Ok(error::finished(py, filled)?.map(|upload| Upload::new(core, upload)))
    }

    /// The last upload was stored.
    fn sent(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Poll::sent)
    }

    /// The last upload was not stored.
    fn failed(&self, py: Python<'_>, why: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = match why.str() {
            Ok(text) => text.to_string_lossy().into_owned(),
            Err(error) => convert::only_exceptions(py, error).map(|_| convert::kind(why))?,
        };
        let phase: Option<String> = said(why, intern!(py, "phase"))?;
        let status = said(why, intern!(py, "status"))?;
        self.with(py, |poll| poll.failed(&text, phase.as_deref() == Some("status"), status))?;
        error::finished(py, Ok(()))
    }

    /// Waits until something changes or the next round is due.
    fn wait(&self, py: Python<'_>) -> PyResult<()> {
        let waited = self.with(py, Poll::wait)?;
        error::finished(py, waited)
    }

    /// The longest time until the next round, in seconds.
    fn due(&self, py: Python<'_>) -> PyResult<f64> {
        self.with(py, |poll| poll.due().as_secs_f64())
    }

    /// A descriptor that becomes readable when something changes; None where there is none just now.
    fn fileno(&self, py: Python<'_>) -> PyResult<Option<i32>> {
        self.with(py, |poll| poll.events().map(|descriptor| descriptor.as_raw_fd()))
    }
}
