// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The `byteport` command as a function: the program of that name and `python -m byteport` are both this.
//!
//! Invariants: standard output carries results only, and nothing of them is left in a buffer at the end; no key or
//! password that is given is ever written anywhere but to the service, and one that the service gives is shown only where it
//! is asked for; nothing here ends the process, but for Ctrl-C.
#![forbid(unsafe_code)]

mod address;
mod ask;
mod broker;
mod chart;
mod command;
mod config;
mod exit;
mod format;
mod hidden;
mod input;
mod interrupt;
mod json;
mod kept;
mod lines;
mod listing;
mod logging;
mod options;
mod output;
mod progress;
mod screen;
mod session;
mod settings;
mod span;

use std::ffi::OsString;
use std::iter;
use std::panic::catch_unwind;

use exit::Exit;
use settings::Settings;

/// Runs the command with the arguments that follow its name, and gives its exit status; docs/command.md says what each
/// means. Help, results and errors are printed as the program prints them.
///
/// It is made for a process of its own: it uses the standard streams and the environment, expects SIGPIPE to be ignored
/// and SIGINT to end the process, and the first call with `--verbose` sets the process's logger if there is none yet. A
/// command with something to leave in order takes SIGINT, SIGTERM and SIGHUP over, and a hook of
/// [`byteport_core::on_interrupt`].
///
/// ```
/// assert_eq!(byteport_cli::run(["--version".into()]), 0);
/// ```
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let line: Vec<OsString> = iter::once("byteport".into()).chain(arguments).collect();
    // A panic has told on standard error what it is.
    catch_unwind(|| execute(line)).unwrap_or(Exit::Here) as u8
}

fn execute(line: Vec<OsString>) -> Exit {
    let (cli, given) = match options::parse(line.into_iter()) {
        Ok(parsed) => parsed,
        Err(error) => return options::end(&error),
    };
    logging::start(cli.common.verbose, cli.command.is_service());
    let settings = Settings::gather(&cli.common, &given);
    match settings.and_then(|settings| cli.command.run(&settings)) {
        Ok(()) => Exit::Ok,
        Err(failure) => exit::end(&failure),
    }
}
