// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An outbox as a Python object: a queue of readings in a file, which threads of the core upload.
//!
//! Invariant: the core is called without the interpreter's lock. Its threads take that lock to log and to tell events, and
//! may hold what such a call waits for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use byteport_core::Client as Core;
use byteport_core::outbox::{self, Durability};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::args::{self, choice, span};
use crate::ending::{self, Kept};
use crate::outbox_stats::OutboxStats;
use crate::{convert, error, log, outbox_options};

/// The answer to one accepted reading.
#[pyclass(frozen, eq, get_all, module = "byteport._byteport")]
#[derive(PartialEq)]
pub(crate) struct Receipt {
    /// The reading's number in its outbox.
    sequence: u64,
    /// How safe it is now; None where it was dropped.
    held: Option<&'static str>,
}

#[pymethods]
impl Receipt {
    fn __repr__(&self) -> String {
        let held = self.held.map_or_else(|| "None".to_owned(), |held| format!("'{held}'"));
        format!("Receipt(sequence={}, held={held})", self.sequence)
    }
}

/// What an outbox did with its last readings when it was flushed or closed.
#[pyclass(frozen, eq, get_all, module = "byteport._byteport")]
#[derive(PartialEq)]
pub(crate) struct Flushed {
    /// Readings that the service took while the call waited.
    delivered: u64,
    /// Readings that are kept.
    kept: u64,
    /// Readings that could not be kept.
    lost: u64,
    /// How long the call waited, in seconds.
    waited: f64,
}

impl From<outbox::Flushed> for Flushed {
    fn from(done: outbox::Flushed) -> Flushed {
        let waited = done.waited.as_secs_f64();
        Flushed { delivered: done.delivered, kept: done.kept, lost: done.lost, waited }
    }
}

#[pymethods]
impl Flushed {
    fn __repr__(&self) -> String {
        let Flushed { delivered, kept, lost, waited } = self;
        format!("Flushed(delivered={delivered}, kept={kept}, lost={lost}, waited={waited:.3})")
    }
}

/// An open outbox; threads may share it. One that is not closed works on until the interpreter ends.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct Outbox {
    kept: Arc<Kept>,
}

impl Outbox {
    /// Opens one; one that nobody can reach any more gives its file up for it.
    pub(crate) fn open(
        core: Arc<Core>,
        path: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Outbox> {
        let py = path.py();
        let (file, options) = (args::file("path", path)?, outbox_options::options(options)?);
        log::listen(py)?;
        ending::check(py, "outbox")?;
        ending::close_unreachable(py, &file);
        let opened = py.detach(|| outbox::Outbox::open(&file, core, options));
        let opened = error::finished(py, opened).map_err(|failure| error::named(py, failure, path))?;
        Ok(Outbox { kept: ending::keep(py, opened)? })
    }

    /// Calls the core without the interpreter's lock.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&outbox::Outbox) -> byteport_core::Result<T> + Send,
    ) -> PyResult<T> {
        log::listen(py)?;
        let done = py.detach(|| work(self.kept.core()));
        error::finished(py, done)
    }
}

#[pymethods]
impl Outbox {
    fn enqueue(
        &self,
        data: &Bound<'_, PyAny>,
        device: &Bound<'_, PyAny>,
        timestamp: &Bound<'_, PyAny>,
        durability: &Bound<'_, PyAny>,
        timeout: &Bound<'_, PyAny>,
    ) -> PyResult<Receipt> {
        let level = choice("durability", durability, Durability::from_text)?;
        let timeout = if timeout.is_none() { None } else { Some(span("timeout", timeout)?) };
        let reading = convert::reading(data, device, timestamp)?;
        let receipt = self.with(data.py(), |core| match timeout {
            Some(timeout) => core.enqueue_within(&reading, level, timeout),
            None => core.enqueue(&reading, level),
        })?;
        Ok(Receipt { sequence: receipt.sequence, held: receipt.held.map(Durability::text) })
    }

    /// How safe the readings up to a number are, once they are as safe as that or the time is over.
    fn wait_for(
        &self,
        py: Python<'_>,
        sequence: u64,
        durability: &Bound<'_, PyAny>,
        timeout: &Bound<'_, PyAny>,
    ) -> PyResult<&'static str> {
        let level = choice("durability", durability, Durability::from_text)?;
        let timeout = span("timeout", timeout)?;
        self.with(py, |core| core.wait_for(sequence, level, timeout)).map(Durability::text)
    }

    fn flush(&self, timeout: &Bound<'_, PyAny>) -> PyResult<Flushed> {
        let limit = span("timeout", timeout)?;
        self.with(timeout.py(), |core| core.flush(limit)).map(Flushed::from)
    }

    fn close(&self, timeout: &Bound<'_, PyAny>) -> PyResult<Flushed> {
        let limit = span("timeout", timeout)?;
        let flushed = self.with(timeout.py(), |core| core.close(limit))?;
        ending::forget(timeout.py(), &self.kept);
        Ok(flushed.into())
    }

    fn stats(&self, py: Python<'_>) -> PyResult<OutboxStats> {
        self.with(py, outbox::Outbox::stats).map(OutboxStats::from)
    }

    fn set_key(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = args::key(key)?;
        self.with(key.py(), |core| core.set_key(&text))
    }

    fn set_legacy_key(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = args::text("the legacy key", key)?;
        self.with(key.py(), |core| core.set_legacy_key(&text))
    }

    fn resume(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, outbox::Outbox::resume)
    }

    /// The file, as it was named.
    #[getter]
    fn path(&self) -> std::ffi::OsString {
        self.kept.core().path().as_os_str().to_owned()
    }
}

/// A path that names the same file in whichever way it was written; the path itself where there is no file yet.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
