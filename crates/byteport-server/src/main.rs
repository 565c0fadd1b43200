// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The program `byteport-server`. Exit status: 0 after a clean stop, 1 with one line on standard
//! error when it could not start or go on, 2 for a wrong command line.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use byteport_server::{Options, journal};
use clap::Parser as _;

fn main() -> ExitCode {
    match byteport_server::run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            journal::error(format_args!("{error}"));
            ExitCode::FAILURE
        }
    }
}
