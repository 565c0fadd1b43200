// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Ctrl-C while a call waits: Python's signal handlers run, and what they raise ends the call.
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
            RAISED.set(Some(error));
            true
        })
    });
}

/// What a signal's handler raised in the call that has just ended.
pub(crate) fn raised() -> Option<PyErr> {
    RAISED.take()
}
