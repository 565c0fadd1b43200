// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The command line.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser};

use crate::command::Command;
use crate::exit::{self, Exit};
use crate::screen;

/// Stores readings on a Byteport service, reads series back, and manages devices.
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

/// Who asks, in commands with a session.
#[derive(Args)]
pub struct UserArgs {
    /// The user who logs in; the password comes from BYTEPORT_PASSWORD, the settings file or the terminal
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
}

/// Who stores.
#[derive(Args)]
pub struct StoreAsArgs {
    /// The UID of the device that measured
    #[arg(long, value_name = "UID")]
    pub device: Option<String>,
    #[command(flatten)]
    pub key: KeyArgs,
}

/// Which broker, and who logs in there.
#[derive(Args)]
pub struct BrokerArgs {
    /// The broker: mqtts://HOST or stomps://HOST, without TLS mqtt:// or stomp://, each with :PORT or without, or `none`
    #[arg(long, value_name = "URL")]
    pub broker: Option<String>,
    /// The broker's user, who is not the one of the web pages; the password comes from BYTEPORT_BROKER_PASSWORD, the settings
    /// file or the terminal
    #[arg(long, value_name = "NAME")]
    pub broker_user: Option<String>,
    /// The broker's virtual host [default: the namespace for MQTT, / for STOMP]
    #[arg(long, value_name = "NAME")]
    pub broker_vhost: Option<String>,
}

/// With which key.
#[derive(Args)]
pub struct KeyArgs {
    /// The API key, only with --allow-key-on-command-line: better use BYTEPORT_KEY or the settings file
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub key: Option<String>,
    /// Take --key, although every user of this machine can then see the key in the list of processes
    #[arg(long)]
    pub allow_key_on_command_line: bool,
}

const SETTINGS: &str = "\
Examples:
  byteport store --device cart-44 speed=12.5
  byteport read my_garage.cart-44.speed --since 1h --format chart
  byteport login --user me@example.org
  byteport devices my_garage

Settings, the first that is there counts:
  1. the options
  2. the environment: BYTEPORT_HOST, BYTEPORT_NAMESPACE, BYTEPORT_DEVICE, BYTEPORT_KEY, BYTEPORT_LEGACY_KEY,
     BYTEPORT_USER, BYTEPORT_PASSWORD, BYTEPORT_BROKER, BYTEPORT_BROKER_USER, BYTEPORT_BROKER_PASSWORD,
     BYTEPORT_BROKER_VHOST, BYTEPORT_CA_FILE, BYTEPORT_PROXY, BYTEPORT_TIMEOUT
  3. the settings file, TOML: host, namespace, device, key, legacy_key, user, password, broker, broker_user,
     broker_password, broker_vhost, ca_file, proxy, timeout
  A key or password that is nowhere is asked for on a terminal.

Exit status:
";

/// What the command line can say.
pub fn command() -> clap::Command {
    let statuses: Vec<String> =
        Exit::ALL.iter().map(|exit| format!("  {}  {}", *exit as u8, exit.text())).collect();
    Cli::command().after_help(format!("{SETTINGS}{}", statuses.join("\n")))
}

/// Reads the command line: what it says, and the options by their names.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<(Cli, ArgMatches), clap::Error> {
    let given = command().try_get_matches_from_mut(args)?;
    Ok((Cli::from_arg_matches(&given)?, given))
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
        let mut command = command();
        command.clone().debug_assert();
        command.build();
        documented(&command, "");
    }

    /// Every command and each of its options has its place in the document.
    fn documented(command: &clap::Command, path: &str) {
        let document = include_str!("../../../docs/command.md");
        for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            let is_named = document.split(&format!("--{option}")).skip(1).any(ends);
            assert!(is_named, "docs/command.md lacks --{option}");
        }
        for deeper in command.get_subcommands().filter(|deeper| deeper.get_name() != "help") {
            let path = format!("{path}{}", deeper.get_name());
            assert!(document.contains(&format!("`{path}")), "docs/command.md lacks {path}");
            documented(deeper, &format!("{path} "));
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
