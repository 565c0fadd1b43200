// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox`: looks into the file of an outbox, and uploads what waits in it.
//!
//! Invariant: looking changes nothing, and works while a program has the outbox open.

mod export;
mod ls;
mod open;
mod options;
mod outcome;
mod quarantine;
mod reading;
mod replay;
mod stat;
mod store;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub use store::ThroughArgs;

use options::{KeepArgs, UploadArgs, way};

use crate::exit::Failure;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum OutboxCommand {
    /// Say what an outbox has delivered, keeps and gave up, and which process has it open
    Stat(stat::StatArgs),
    /// List the readings that wait, the oldest first
    Ls(ls::LsArgs),
    /// Print the readings that wait, for other programs
    #[command(after_help = export::EXAMPLES)]
    Export(export::ExportArgs),
    /// See whether the file is sound; nothing in it is changed
    Verify(FileArgs),
    /// Upload what waits, until nothing does
    #[command(after_help = replay::EXAMPLES)]
    Replay(replay::ReplayArgs),
    /// List the readings that the service refused for good, send them again, or discard them
    #[command(after_help = quarantine::EXAMPLES)]
    Quarantine(quarantine::QuarantineArgs),
}

/// Which outbox.
#[derive(Args)]
pub struct FileArgs {
    /// The outbox's file
    #[arg(value_name = "FILE")]
    pub outbox: PathBuf,
}

pub fn run(command: &OutboxCommand, settings: &Settings) -> Result<(), Failure> {
    match command {
        OutboxCommand::Stat(args) => stat::run(args),
        OutboxCommand::Ls(args) => ls::run(args),
        OutboxCommand::Export(args) => export::run(args),
        OutboxCommand::Verify(args) => verify::run(args),
        OutboxCommand::Replay(args) => replay::run(args, settings),
        OutboxCommand::Quarantine(args) => quarantine::run(args),
    }
}
