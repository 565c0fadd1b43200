// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Ctrl-C while a call waits: Python's signal handlers run, and what they raise ends the call. What a logging handler
//! raises that is no `Exception`, such as `SystemExit`, is raised by the call when it ends.
//!
//! Invariant: what a handler raised in a call is taken out before that call returns, on the same thread.

use std::cell::RefCell;

use pyo3::prelude::*;

thread_local! {
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Has the core ask whether to go on when a signal arrives.
pub(crate) fn install() {
    byteport_core::on_interrupt(|| {
        // Where the interpreter is going down there is nobody to ask.
        let raised = Python::try_attach(|py| py.check_signals().err()).flatten();
        raised.is_some_and(|error| {
            keep(error);
            true
        })
    });
}

/// Keeps what a handler raised for the call that it ran in.
pub(crate) fn keep(error: PyErr) {
    RAISED.set(Some(error));
}

/// What a handler raised in the call that has just ended.
pub(crate) fn raised() -> Option<PyErr> {
    RAISED.take()
}
