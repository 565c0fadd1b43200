// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The `byteport` command: stores readings, and reads series back.
//!
//! Invariant: standard output carries results only, and no key or password is ever written anywhere but to the service.
#![forbid(unsafe_code)]

mod ask;
mod chart;
mod config;
mod exit;
mod format;
mod hidden;
mod logging;
mod options;
mod read;
mod screen;
mod settings;
mod span;
mod store;

use std::process::ExitCode;

use exit::Failure;
use options::{Cli, Command};
use settings::Settings;

fn main() -> ExitCode {
    let cli = match options::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return options::end(&error),
    };
    logging::start(cli.common.verbose);
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => exit::end(&failure),
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let settings = Settings::gather(cli)?;
    match &cli.command {
        Command::Store(args) => store::run(args, &settings),
        Command::Read(args) => read::run(args, &settings),
    }
}
