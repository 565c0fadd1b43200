// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The core's messages to Python's `logging`: target `byteport::http` goes to the logger `byteport.http`, and so on.
//!
//! Invariants: nothing is formatted, and the interpreter's lock is not taken, when nobody listens; a handler that itself
//! calls a client causes no further messages; no exception comes out of logging.

use std::cell::Cell;

use ::log::{Level, LevelFilter, Log, Metadata, Record};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The loggers that the core's messages go to.
pub(crate) const LOGGERS: [&str; 2] = ["byteport.http", "byteport.net"];

/// Python's number for its DEBUG level.
const DEBUG: u8 = 10;

struct Bridge;

static BRIDGE: Bridge = Bridge;
static LISTENERS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Puts the bridge in place. Another logger in this module cannot be: the module is a library of its own.
pub(crate) fn install() {
    if ::log::set_logger(&BRIDGE).is_ok() {
        ::log::set_max_level(LevelFilter::Info);
    }
}

/// Lets debug messages through from now on if one of the loggers takes them. Called as a call enters; programs may change
/// levels at any time. Messages above debug are few, and Python sorts them out.
pub(crate) fn listen(py: Python<'_>) {
    let max = if debug_is_on(py).unwrap_or(false) { LevelFilter::Debug } else { LevelFilter::Info };
    if max != ::log::max_level() {
        ::log::set_max_level(max);
    }
}

fn debug_is_on(py: Python<'_>) -> PyResult<bool> {
    let loggers = LISTENERS.get_or_try_init(py, || LOGGERS.iter().map(|name| logger(py, name)).collect());
    for logger in loggers.map_err(|error: PyErr| error)? {
        if logger.bind(py).call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn logger(py: Python<'_>, name: &str) -> PyResult<Py<PyAny>> {
    Ok(py.import(intern!(py, "logging"))?.call_method1(intern!(py, "getLogger"), (name,))?.unbind())
}

fn emit(py: Python<'_>, record: &Record<'_>) -> PyResult<()> {
    let level = match record.level() {
        Level::Error => 40,
        Level::Warn => 30,
        Level::Info => 20,
        Level::Debug | Level::Trace => DEBUG,
    };
    let logger = logger(py, &record.target().replace("::", "."))?;
    let logger = logger.bind(py);
    if logger.call_method1(intern!(py, "isEnabledFor"), (level,))?.is_truthy()? {
        logger.call_method1(intern!(py, "log"), (level, record.args().to_string()))?;
    }
    Ok(())
}

impl Log for Bridge {
    /// The libraries under the core log too; what they say could hold a request.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("byteport::") && metadata.level() <= ::log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) || BUSY.replace(true) {
            return;
        }
        // Nothing where the interpreter is going down.
        let _ = Python::try_attach(|py| {
            if let Err(error) = emit(py, record) {
                error.write_unraisable(py, None);
            }
        });
        BUSY.set(false);
    }

    fn flush(&self) {}
}
