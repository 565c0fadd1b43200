// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The command line.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::exit::{self, Exit};
use crate::screen;

/// Stores readings on a Byteport service, and reads series back.
#[derive(Parser)]
#[command(name = "byteport", version)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Common {
    /// The service: HOST or HOST:PORT, by https unless it is this machine or http:// stands before it
    #[arg(long, global = true, value_name = "HOST")]
    pub host: Option<String>,
    /// The namespace, the first part of NAMESPACE.DEVICE.FIELD
    #[arg(long, global = true, value_name = "NAME")]
    pub namespace: Option<String>,
    /// A PEM file with certificate authorities to trust besides the system's
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<String>,
    /// http://, socks4://, socks4a:// or socks5://HOST:PORT, or `none` [default: as https_proxy and the like say]
    #[arg(long, global = true, value_name = "URL")]
    pub proxy: Option<String>,
    /// The longest time for one call [default: 30]
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true)]
    pub timeout: Option<String>,
    /// The settings file [default: byteport/config.toml in $XDG_CONFIG_HOME or ~/.config]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Tell on standard error what is done; -vv also how
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Subcommand)]
pub enum Command {
    /// Store one reading; without any NAME=VALUE, a sign of life
    #[command(after_help = STORE_EXAMPLES)]
    Store(StoreArgs),
    /// Read one field's values over a span of time
    #[command(after_help = READ_EXAMPLES)]
    Read(ReadArgs),
}

#[derive(Args)]
pub struct StoreArgs {
    /// A field and its value, number or text, stored as it stands
    #[arg(value_name = "NAME=VALUE")]
    pub pairs: Vec<String>,
    /// A field whose value is the text of a file (- for standard input)
    #[arg(long = "file", value_name = "NAME=FILE")]
    pub files: Vec<String>,
    /// The UID of the device that measured
    #[arg(long, value_name = "UID")]
    pub device: Option<String>,
    /// When it was measured, UNIX seconds or ISO 8601 [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub timestamp: Option<String>,
    /// Send by GET, with at most 2,048 bytes of URL, in place of POST
    #[arg(long)]
    pub get: bool,
    /// The API key, only with --allow-key-on-command-line: better use BYTEPORT_KEY or the settings file
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub key: Option<String>,
    /// Take --key, although every user of this machine can then see the key in the list of processes
    #[arg(long)]
    pub allow_key_on_command_line: bool,
}

#[derive(Args)]
pub struct ReadArgs {
    /// What to read: NAMESPACE.DEVICE.FIELD, or DEVICE.FIELD of the namespace that is set
    #[arg(value_name = "NS.DEVICE.FIELD")]
    pub series: String,
    /// The time up to now: 30s, 10m, 1h, 2d, 1w [default: 1d]
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to"], allow_hyphen_values = true)]
    pub since: Option<String>,
    /// The first moment, UNIX seconds or ISO 8601 [default: a day before --to]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// The last moment, UNIX seconds or ISO 8601 [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// The user who logs in; the password comes from BYTEPORT_PASSWORD, the settings file or the terminal
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
}

/// How a series is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Two columns, time and value
    Table,
    /// RFC 4180, with a header
    Csv,
    /// A list of {"time", "value"}, one a line
    Json,
    /// A small picture, numbers only
    Chart,
}

const STORE_EXAMPLES: &str = "\
Examples:
  byteport store --device cart-44 speed=12.5 state=rolling
  byteport store --timestamp 2026-05-01T12:00:00Z speed=11
  journalctl -n 1 | byteport store --file last_line=-
  byteport store                         a sign of life

Settings and exit status: byteport --help";

const READ_EXAMPLES: &str = "\
Examples:
  byteport read my_garage.cart-44.speed --since 1h
  byteport read cart-44.speed --since 2d --format chart
  byteport read cart-44.speed --from 2026-05-01 --to 2026-05-02 --format csv >speed.csv

Settings and exit status: byteport --help";

const SETTINGS: &str = "\
Examples:
  byteport store --device cart-44 speed=12.5
  byteport read my_garage.cart-44.speed --since 1h --format chart

Settings, the first that is there counts:
  1. the options
  2. the environment: BYTEPORT_HOST, BYTEPORT_NAMESPACE, BYTEPORT_DEVICE, BYTEPORT_KEY, BYTEPORT_USER,
     BYTEPORT_PASSWORD, BYTEPORT_CA_FILE, BYTEPORT_PROXY, BYTEPORT_TIMEOUT
  3. the settings file, TOML: host, namespace, device, key, user, password, ca_file, proxy, timeout
  A key or password that is nowhere is asked for on a terminal.

Exit status:
";

/// Reads the command line.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let statuses: Vec<String> =
        Exit::ALL.iter().map(|exit| format!("  {}  {}", *exit as u8, exit.text())).collect();
    let mut command = Cli::command().after_help(format!("{SETTINGS}{}", statuses.join("\n")));
    Cli::from_arg_matches(&command.try_get_matches_from_mut(args)?)
}

/// Prints help and version as they are, and an error as one line.
pub fn end(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            printed.map_or_else(|error| exit::end(&error.into()), |()| Exit::Ok)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Input
        }
        _ => {
            screen::say(&format!("{}; see byteport --help", one_line(&error.render().to_string())));
            Exit::Input
        }
    }
}

/// The reason in clap's text, without its usage lines.
fn one_line(text: &str) -> String {
    let reason = text.split("\n\nUsage:").next().unwrap_or(text);
    let reason = reason.split("\n\nFor more information").next().unwrap_or(reason);
    let words: Vec<&str> = reason.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").replace(" tip: ", "; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_documented() {
        let mut command = Cli::command();
        command.clone().debug_assert();
        command.build();
        let document = include_str!("../../../docs/command.md");
        for command in std::iter::once(&command).chain(command.get_subcommands()) {
            for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
                assert!(document.contains(&format!("`--{option}")), "docs/command.md lacks --{option}");
            }
        }
    }

    #[test]
    fn errors_are_one_line() {
        let error = |args: &[&str]| match parse(args.iter().map(OsString::from)) {
            Ok(_) => panic!("{args:?} is taken"),
            Err(error) => one_line(&error.render().to_string()),
        };
        assert_eq!(
            error(&["byteport", "read"]),
            "the following required arguments were not provided: <NS.DEVICE.FIELD>"
        );
        assert_eq!(
            error(&["byteport", "read", "a.b.c", "--formt", "csv"]),
            "unexpected argument '--formt' found; a similar argument exists: '--format'"
        );
    }
}
