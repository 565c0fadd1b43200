// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The commands: a file for each, with its arguments and what it does.

mod configure;
mod devices;
mod download;
mod feed;
mod firmware;
mod generate;
mod listen;
mod lists;
mod login;
mod machine;
mod message;
mod outbox;
mod ping;
mod publish;
mod read;
mod register;
mod statistics;
mod store;
mod unix_stats;
mod value;
mod watch;

use clap::Subcommand;

use crate::exit::Failure;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Command {
    /// Store one reading; without any NAME=VALUE, a sign of life
    #[command(after_help = store::EXAMPLES)]
    Store(Box<store::StoreArgs>),
    /// Read one field's values over a span of time
    #[command(after_help = read::EXAMPLES)]
    Read(read::ReadArgs),
    /// Print one value, whole
    Value(value::ValueArgs),
    /// Get a stored object as a file
    #[command(after_help = download::EXAMPLES)]
    Download(download::DownloadArgs),
    /// Say how many values a field has, day by day
    Stats(statistics::StatsArgs),
    /// Say how far each hour, day, week or month of a field is from its typical one
    Typical(statistics::TypicalArgs),
    /// Log in, and keep the session for the commands after this one
    Login(login::LoginArgs),
    /// End the session that login kept
    Logout,
    /// List the namespaces that the user may see
    Namespaces(lists::NamespacesArgs),
    /// List a namespace's devices, or find some
    #[command(after_help = devices::EXAMPLES)]
    Devices(devices::DevicesArgs),
    /// List a namespace's types of devices
    Types(lists::TypesArgs),
    /// List what the fields of a type of device mean
    Fields(lists::FieldsArgs),
    /// List firmware, or fetch what is new for a device
    #[command(subcommand)]
    Firmware(firmware::FirmwareCommand),
    /// Register devices, and print the keys with which they store
    #[command(after_help = register::EXAMPLES)]
    Register(register::RegisterArgs),
    /// Change what the service knows of a device
    #[command(after_help = configure::EXAMPLES)]
    Configure(configure::ConfigureArgs),
    /// Send messages to a device, and list them
    #[command(subcommand)]
    Message(message::MessageCommand),
    /// Set fields of a device, such as a switch: what it is to do, not what it measured
    Set(configure::SetArgs),
    /// Store the files of a folder whenever they change, until Ctrl-C
    #[command(after_help = watch::EXAMPLES)]
    Watch(watch::WatchArgs),
    /// Store this machine's load, memory, free disk, connections and network counters, until Ctrl-C
    #[command(after_help = unix_stats::EXAMPLES)]
    UnixStats(unix_stats::UnixStatsArgs),
    /// Look into the file of an outbox, and upload what waits in it
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// Print a device's messages as they come from the broker, until Ctrl-C
    #[command(after_help = listen::EXAMPLES)]
    Listen(listen::ListenArgs),
    /// Store readings through the broker, or publish a text, and wait until the broker has it
    #[command(after_help = publish::EXAMPLES)]
    Publish(publish::PublishArgs),
    /// See whether the service answers; needs no login
    Ping,
    /// Print a script that completes this command's words in a shell
    #[command(after_help = generate::EXAMPLES)]
    Completions(generate::CompletionsArgs),
    /// Write this command's manual pages into a folder
    #[command(hide = true)]
    Man(generate::ManArgs),
}

impl Command {
    pub fn run(&self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Store(args) => store::run(args, settings),
            Self::Read(args) => read::run(args, settings),
            Self::Value(args) => value::run(args, settings),
            Self::Download(args) => download::run(args, settings),
            Self::Stats(args) => statistics::stats(args, settings),
            Self::Typical(args) => statistics::typical(args, settings),
            Self::Login(_) => login::log_in(settings),
            Self::Logout => login::log_out(settings),
            Self::Namespaces(args) => lists::namespaces(args, settings),
            Self::Devices(args) => devices::run(args, settings),
            Self::Types(args) => lists::types(args, settings),
            Self::Fields(args) => lists::fields(args, settings),
            Self::Firmware(command) => firmware::run(command, settings),
            Self::Register(args) => register::run(args, settings),
            Self::Configure(args) => configure::configure(args, settings),
            Self::Message(command) => message::run(command, settings),
            Self::Set(args) => configure::set(args, settings),
            Self::Watch(args) => watch::run(args, settings),
            Self::UnixStats(args) => unix_stats::run(args, settings),
            Self::Outbox(command) => outbox::run(command, settings),
            Self::Listen(args) => listen::run(args, settings),
            Self::Publish(args) => publish::run(args, settings),
            Self::Ping => ping::run(settings),
            Self::Completions(args) => generate::completions(args),
            Self::Man(args) => generate::man(args),
        }
    }

    /// Whether it works on by itself, with nobody who looks at each step.
    pub fn is_service(&self) -> bool {
        match self {
            Self::Watch(_) => true,
            Self::Store(args) => args.through.lines,
            Self::UnixStats(args) => !args.once,
            _ => false,
        }
    }
}
