// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The `byteport` command, for `python/byteport/__main__.py`.

use std::ffi::OsString;

use pyo3::prelude::*;

use crate::interrupt;

/// Runs the command with the arguments that follow its name, and gives its exit status. It writes to the process's own
/// standard output and error, past `sys.stdout` and `sys.stderr`. It shows its messages itself as long as there is no
/// client in this process; with one, they go to `logging`.
#[pyfunction]
pub(crate) fn command(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    let status = py.detach(|| byteport_cli::run(arguments));
    interrupt::raised().map_or(Ok(status), Err)
}
