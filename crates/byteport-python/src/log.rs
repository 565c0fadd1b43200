// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The core's messages to Python's `logging`: target `byteport::http` goes to the logger `byteport.http`, and so on.
//!
//! Invariants: nothing is formatted, and the interpreter's lock is not taken, when nobody listens; a handler that itself
//! calls a client causes no further messages; no `Exception` comes out of logging, and everything else that a handler
//! raises, such as a keyboard interrupt, is raised by the call.

use std::cell::Cell;

use ::log::{Level, LevelFilter, Log, Metadata, Record};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::{ending, interrupt};

/// The loggers that the core's messages go to.
pub(crate) const LOGGERS: [&str; 5] =
    ["byteport.broker", "byteport.http", "byteport.net", "byteport.outbox", "byteport.watch"];

/// Python's number for its DEBUG level.
const DEBUG: u8 = 10;

struct Bridge;

static BRIDGE: Bridge = Bridge;
/// The core's targets and their loggers.
static LISTENERS: PyOnceLock<Vec<(String, Py<PyAny>)>> = PyOnceLock::new();

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Puts the bridge in place, if it is not. The one other logger in this module, which is a library of its own, is the
/// command's: where that one came first, it stays.
fn install() {
    if ::log::set_logger(&BRIDGE).is_ok() {
        ::log::set_max_level(LevelFilter::Info);
    }
}

/// Lets messages through from now on, those of debug if one of the loggers takes them. Called as a call enters; programs
/// may change levels at any time. Messages above debug are few, and Python sorts them out.
pub(crate) fn listen(py: Python<'_>) -> PyResult<()> {
    install();
    let debug = match debug_is_on(py) {
        Err(error) if !error.is_instance_of::<PyException>(py) => return Err(error),
        on => on.unwrap_or(false),
    };
    let max = if debug { LevelFilter::Debug } else { LevelFilter::Info };
    if max != ::log::max_level() {
        ::log::set_max_level(max);
    }
    Ok(())
}

fn debug_is_on(py: Python<'_>) -> PyResult<bool> {
    for (_, logger) in loggers(py)? {
        if logger.bind(py).call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn loggers(py: Python<'_>) -> PyResult<&[(String, Py<PyAny>)]> {
    let loggers = LISTENERS.get_or_try_init(py, || -> PyResult<_> {
        let logging = py.import(intern!(py, "logging"))?;
        let logger = |name| logging.call_method1(intern!(py, "getLogger"), (name,));
        LOGGERS.iter().map(|name| Ok((name.replace('.', "::"), logger(*name)?.unbind()))).collect()
    });
    loggers.map(Vec::as_slice)
}

fn emit(py: Python<'_>, record: &Record<'_>) -> PyResult<()> {
    let level = match record.level() {
        Level::Error => 40,
        Level::Warn => 30,
        Level::Info => 20,
        Level::Debug | Level::Trace => DEBUG,
    };
    let Some((_, logger)) = loggers(py)?.iter().find(|(target, _)| target == record.target()) else {
        return Ok(());
    };
    let logger = logger.bind(py);
    if logger.call_method1(intern!(py, "isEnabledFor"), (level,))?.is_truthy()? {
        logger.call_method1(intern!(py, "log"), (level, record.args().to_string()))?;
    }
    Ok(())
}

/// Logs what a program's function raised where nobody waits for it.
pub(crate) fn raised(py: Python<'_>, raised: PyErr, logger: &str, what: &str) {
    let log = || {
        let logging = py.import(intern!(py, "logging"))?;
        let logger = logging.call_method1(intern!(py, "getLogger"), (logger,))?;
        let context = PyDict::new(py);
        context.set_item(intern!(py, "exc_info"), raised.value(py))?;
        logger.call_method(intern!(py, "error"), (what,), Some(&context))
    };
    if let Err(failure) = log() {
        failure.write_unraisable(py, None);
    }
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
        let _ = ending::attach(|py| match emit(py, record) {
            Ok(()) => {}
            Err(error) if error.is_instance_of::<PyException>(py) => error.write_unraisable(py, None),
            Err(error) => interrupt::keep(error),
        });
        BUSY.set(false);
    }

    fn flush(&self) {}
}
