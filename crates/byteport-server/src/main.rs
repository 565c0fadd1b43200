// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The program `byteport-server`. Exit status: 0 after a clean stop, 1 with one line on standard
//! error when it could not start or go on, 2 for a wrong command line.
#![forbid(unsafe_code)]

use std::fmt::Display;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use byteport_server::{Options, journal};
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};

/// How long the last lines of the log may take to be written.
const LAST_LINES: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let mut command = command();
    let matches = command.get_matches_mut();
    if matches.get_flag("man") {
        return exit(print_manual(command).map_err(|error| format!("the page cannot be written: {error}")));
    }
    match Options::from_arg_matches(&matches) {
        Ok(options) => exit(byteport_server::run(&options)),
        Err(error) => error.format(&mut command).exit(),
    }
}

/// The command line: how to serve, or the one wish that is none.
fn command() -> Command {
    let man = Arg::new("man").long("man").action(ArgAction::SetTrue).exclusive(true);
    Options::command().arg(man.help("Print the manual page, which `man -l -` shows"))
}

fn print_manual(command: Command) -> io::Result<()> {
    clap_mangen::Man::new(command).render(&mut io::stdout().lock())
}

/// Writes why the program could not go on, if so, and gives its exit status.
fn exit(outcome: Result<(), impl Display>) -> ExitCode {
    if let Err(error) = &outcome {
        journal::error(format_args!("{error}"));
    }
    journal::finish(LAST_LINES);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
