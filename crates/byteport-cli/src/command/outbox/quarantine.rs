// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox quarantine`: the readings that the service refused for good.

use std::path::Path;

use byteport_core::outbox::{OutboxFile, QuarantinedReading};
use clap::Args;

use super::{FileArgs, reading};
use crate::exit::Failure;
use crate::listing::{ListArgs, Listing, list};
use crate::{format, json};

pub const EXAMPLES: &str = "\
Examples:
  byteport outbox quarantine readings.outbox
  byteport outbox quarantine readings.outbox --retry 17 18     what waits is uploaded by replay, or by the outbox's owner
  byteport outbox quarantine readings.outbox --discard         all of them

Settings and exit status: byteport --help";

const COLUMNS: &[&str] = &["sequence", "refused", "status", "why", "time", "device", "data"];

#[derive(Args)]
pub struct QuarantineArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Let these wait again, or all, to be uploaded next time
    #[arg(long, value_name = "SEQUENCE", num_args = 0.., conflicts_with = "discard")]
    retry: Option<Vec<u64>>,
    /// Throw these away, or all
    #[arg(long, value_name = "SEQUENCE", num_args = 0..)]
    discard: Option<Vec<u64>>,
    #[command(flatten)]
    list: ListArgs,
}

pub fn run(args: &QuarantineArgs) -> Result<(), Failure> {
    let path = &args.file.outbox;
    match (&args.retry, &args.discard) {
        (Some(chosen), _) => {
            choose(path, chosen, |path, chosen| OutboxFile::requeue(path, chosen), "wait again")
        }
        (None, Some(chosen)) => {
            choose(path, chosen, |path, chosen| OutboxFile::discard(path, chosen), "are discarded")
        }
        (None, None) => {
            let refused = OutboxFile::open(path)?.quarantined()?;
            let text = format!("[{}]", refused.iter().map(object).collect::<Vec<_>>().join(","));
            Listing { text: &text, columns: COLUMNS, rows: list, secrets: false }.print(&args.list)
        }
    }
}

/// Does something with those that are named, or with all.
fn choose(
    path: &Path,
    chosen: &[u64],
    act: fn(&Path, Option<&[u64]>) -> byteport_core::Result<u64>,
    what: &str,
) -> Result<(), Failure> {
    OutboxFile::open(path)?.summary()?; // what is no outbox, or not there, is not made one
    let chosen = Some(chosen).filter(|chosen| !chosen.is_empty());
    let count = act(path, chosen)?;
    let asked = chosen.map_or(count, |chosen| chosen.len() as u64);
    if count < asked {
        return Err(Failure::input(format!(
            "{count} {what}: the other {} are not in quarantine",
            asked - count
        )));
    }
    log::info!(target: "byteport::outbox", "{count} readings {what}");
    Ok(())
}

fn object(refused: &QuarantinedReading) -> String {
    let stored = &refused.reading;
    format!(
        "{{\"sequence\":{},\"refused\":{},\"status\":{},\"why\":{},\"time\":{},\"device\":{},\"data\":{}}}",
        refused.sequence,
        json::quoted(&format::time(refused.at.as_micros())),
        refused.status,
        json::quoted(&refused.why),
        json::quoted(&reading::shown_time(stored)),
        json::quoted(&format!("{}.{}", stored.namespace, stored.device)),
        json::quoted(&reading::data(stored))
    )
}
