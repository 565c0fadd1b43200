// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One connection whose socket Python reads and writes, for `byteport.aio`. Only making it waits, and does so without the
//! interpreter's lock; the rest turns bytes in memory.

use std::os::fd::IntoRawFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use byteport_core::ErrorCode;
use byteport_core::http;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::answer::Answer;
use crate::call::Call;
use crate::{error, log};

/// A connection that carries one call after the other.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Link {
    parts: Mutex<Parts>,
}

struct Parts {
    /// None once Python has it.
    socket: Option<std::net::TcpStream>,
    link: http::Link,
    /// What came, until somebody asks what it means.
    answer: Option<http::Answer>,
}

impl Link {
    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn out_of_step(py: Python<'_>) -> PyErr {
    error::refused(py, ErrorCode::Internal, "a connection out of step: please report it")
}

#[pymethods]
impl Link {
    /// Connects to where the call goes; this blocks.
    #[new]
    fn new(py: Python<'_>, call: &Call) -> PyResult<Link> {
        log::listen(py)?;
        let made = py.detach(|| call.core().link());
        let (socket, link) = error::finished(py, made)?;
        Ok(Link { parts: Mutex::new(Parts { socket: Some(socket), link, answer: None }) })
    }

    /// The socket, once: from now on it is the caller's to close.
    fn detach(&self, py: Python<'_>) -> PyResult<i32> {
        let socket = self.parts().socket.take();
        socket.map(IntoRawFd::into_raw_fd).ok_or_else(|| out_of_step(py))
    }

    /// Begins a call, on an idle link.
    fn begin(&self, py: Python<'_>, call: &Call) -> PyResult<()> {
        log::listen(py)?;
        let begun = call.with(py, |core, call| self.parts().link.begin(core, call))?;
        error::finished(py, begun)
    }

    /// What is to be written now; nothing means that there is nothing more to send.
    fn outgoing<'py>(&self, py: Python<'py>, call: &Call) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = call.with(py, |_, call| self.parts().link.outgoing(call))?;
        error::finished(py, bytes).map(|bytes| PyBytes::new(py, &bytes))
    }

    /// Takes what was read, nothing being the connection's end; says whether the answer is whole.
    fn incoming(&self, py: Python<'_>, data: &[u8]) -> PyResult<bool> {
        let mut parts = self.parts();
        match error::finished(py, parts.link.incoming(data))? {
            Some(answer) => parts.answer = Some(answer),
            None => return Ok(false),
        }
        Ok(true)
    }

    /// What the answer comes to; None if the call is to be sent once more.
    fn answer(&self, py: Python<'_>, call: &Call) -> PyResult<Option<Answer>> {
        let answer = self.parts().answer.take().ok_or_else(|| out_of_step(py))?;
        let (path, done) =
            call.with(py, |core, call| (call.request().path.clone(), core.answered(call, answer)))?;
        Ok(error::finished(py, done)?.map(|answer| Answer::new(answer, path)))
    }

    /// Whether the next call can begin.
    #[getter]
    fn idle(&self) -> bool {
        self.parts().link.is_idle()
    }

    /// Whether a call that failed here is to be made again on another link, if that does no harm.
    #[getter]
    fn stale(&self) -> bool {
        self.parts().link.is_stale()
    }
}
