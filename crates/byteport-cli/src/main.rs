// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The `byteport` command: stores readings, reads series back, and manages devices.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(byteport_cli::run(std::env::args_os().skip(1)))
}
