// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The program `byteport-server`. Exit status: 0 after a clean stop, 1 with one line on standard
//! error when it could not start or go on, 2 for a wrong command line.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Duration;

use byteport_server::{Options, journal};
use clap::Parser as _;

/// How long the last lines of the log may take to be written.
const LAST_LINES: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let outcome = byteport_server::run(&Options::parse());
    if let Err(error) = &outcome {
        journal::error(format_args!("{error}"));
    }
    journal::finish(LAST_LINES);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
