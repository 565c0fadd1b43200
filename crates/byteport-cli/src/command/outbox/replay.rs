// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox replay`: uploads what waits.
//!
//! Invariant: it drops nothing: the bounds of whoever filled the outbox are not known here, so there are none.

use std::path::Path;
use std::time::Duration;

use byteport_core::outbox::{OutboxFile, OutboxOptions};
use byteport_core::{Client, Error, ErrorCode};
use clap::Args;

use super::open::Open;
use super::{FileArgs, UploadArgs, way};
use crate::ask;
use crate::exit::Failure;
use crate::options::KeyArgs;
use crate::progress::Bar;
use crate::settings::Settings;

pub const EXAMPLES: &str = "\
Ends with status 0 when everything is delivered, 3 where some still waits, 1 where the service refused the key or a reading.
Ctrl-C ends it, too; what is not delivered stays in the file.

Examples:
  byteport outbox replay readings.outbox
  byteport outbox replay readings.outbox --wait 60 --connections 8

Settings and exit status: byteport --help";

#[derive(Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    upload: UploadArgs,
    #[command(flatten)]
    key: KeyArgs,
}

pub fn run(args: &ReplayArgs, settings: &Settings) -> Result<(), Failure> {
    let path = args.file.outbox.as_path();
    let wait = args.upload.wait_if_given()?.unwrap_or(Duration::MAX);
    let options = args.upload.add(unbounded())?;
    // What is no outbox, or not there, is not made one.
    let file = OutboxFile::open(path)?;
    if let Some(owner) = file.summary()?.owner {
        let message = format!("{} is in use by process {owner}, which uploads it", path.display());
        return Err(Error::new(ErrorCode::InUse, message).into());
    }
    let Some(first) = file.readings()?.next().transpose()? else { return Ok(()) };
    drop(file);
    let mut connection = settings.connection()?.namespace(&first.namespace);
    if settings.broker().is_none() {
        connection = connection.key(&ask::key(settings, &first.namespace)?);
    }
    let open = Open::new(path, Client::new(connection)?, way(options, settings)?)?;
    let drained = drain(&open, path, wait);
    let (outcome, stop) = open.close()?;
    stop.end_if_wanted();
    drained.and_then(|()| outcome.delivered())
}

fn drain(open: &Open<'_>, path: &Path, wait: Duration) -> Result<(), Failure> {
    let mut bar = Bar::counting(&path.display().to_string());
    open.drain(wait, |delivered| bar.tell(delivered, Some(open.backlog())))
}

fn unbounded() -> OutboxOptions {
    OutboxOptions::new().max_disk(u64::MAX)
}
