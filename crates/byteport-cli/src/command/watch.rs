// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport watch`: stores the files of a folder whenever they change, each as the field of its name.

use std::path::PathBuf;

use byteport_core::http::Poll;
use byteport_core::model::Timestamp;
use byteport_core::{Client, Error, ErrorCode, Method};
use clap::Args;

use super::store;
use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::options::StoreAsArgs;
use crate::settings::{self, Settings};

pub const EXAMPLES: &str = "\
A file's name is the field's name, and its text the value. It is stored once it is at rest, and again when it changes.
Ctrl-C ends it with exit status 0.

Examples:
  byteport watch /run/sensors --device cart-44

Settings and exit status: byteport --help";

#[derive(Args)]
pub struct WatchArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The time between two looks at every file; the system tells changes on this machine at once
    #[arg(long, value_name = "SECONDS", default_value = "10", allow_negative_numbers = true)]
    interval: String,
    #[command(flatten)]
    store_as: StoreAsArgs,
}

pub fn run(args: &WatchArgs, settings: &Settings) -> Result<(), Failure> {
    let interval = settings::seconds("interval", &args.interval)?;
    let mut poll = Poll::open(&args.folder, interval)?;
    let (client, device) = store::client(settings, Method::Post)?;
    let stop = Stop::catch()?;
    log::info!(target: "byteport::watch", "watching {} for {device}", args.folder.display());
    loop {
        round(&client, &mut poll, &stop)?;
        let stopped = stop.wait(poll.events(), poll.due());
        if stopped.map_err(|error| Error::new(ErrorCode::Internal, format!("waiting failed: {error}")))? {
            return Ok(());
        }
    }
}

/// Stores what has changed. What cannot be stored is told, and tried again later.
fn round(client: &Client, poll: &mut Poll, stop: &Stop) -> Result<(), Failure> {
    poll.look();
    while !stop.is_wanted() {
        let filled = poll.fill(client.upload(None, Some(Timestamp::now()))?);
        let upload = match filled {
            Ok(Some(upload)) => upload,
            Ok(None) => break,
            Err(_) if stop.is_wanted() => break,
            Err(error) => return Err(error.into()),
        };
        match client.upload_call(upload).and_then(|call| client.perform(call)) {
            Ok(_) => poll.sent(),
            Err(_) if stop.is_wanted() => break,
            Err(error) => poll.failed(&error.to_string(), error.status().is_some(), error.status()),
        }
    }
    Ok(())
}
