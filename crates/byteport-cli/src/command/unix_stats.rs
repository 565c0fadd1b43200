// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport unix-stats`: stores what is measured of this machine, once or again and again.

use std::path::Path;
use std::time::{Duration, Instant};

use byteport_core::model::{Reading, Timestamp};
use byteport_core::{Client, Error, ErrorCode, Method};
use clap::Args;

use super::{machine, store};
use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::options::StoreAsArgs;
use crate::settings::{self, Settings};

pub const EXAMPLES: &str = "\
Fields: la1, la5 and la15, the load; rd_free, KiB free on the root file system; mem_free, KiB; tcp_established, connections;
eth0_rx_mb, eth0_tx_mb and the like, MiB received and sent by each Ethernet or wireless interface.
No connection, and what else may pass, is told and waited for; any other error ends it. Ctrl-C ends it with exit status 0.

Examples:
  byteport unix-stats --device server-1 --once
  byteport unix-stats --device server-1 --interval 300

Settings and exit status: byteport --help";

#[derive(Args)]
pub struct UnixStatsArgs {
    /// The time between two readings
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "60",
        allow_negative_numbers = true,
        conflicts_with = "once"
    )]
    interval: String,
    /// Store one reading, and end
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    store_as: StoreAsArgs,
}

pub fn run(args: &UnixStatsArgs, settings: &Settings) -> Result<(), Failure> {
    let interval = settings::seconds("interval", &args.interval)?;
    let (client, device) = store::client(settings, Method::Post)?;
    if args.once {
        return Ok(measured(&client, &device)?);
    }
    let stop = Stop::catch()?;
    let mut due = Instant::now();
    loop {
        match measured(&client, &device) {
            Err(error) if error.is_retryable() && !stop.is_wanted() => {
                log::warn!(target: "byteport::unix_stats", "not stored: {error}");
            }
            Err(error) if !stop.is_wanted() => return Err(error.into()),
            _ => {}
        }
        due = next(due, interval);
        let stopped = stop.wait(None, due.saturating_duration_since(Instant::now()));
        if stopped.map_err(|error| Error::new(ErrorCode::Internal, format!("waiting failed: {error}")))? {
            return Ok(());
        }
    }
}

/// The next time of those that are so far apart that is still to come.
fn next(due: Instant, interval: Duration) -> Instant {
    let now = Instant::now();
    let next = due.checked_add(interval).unwrap_or(now + Duration::from_secs(u64::from(u32::MAX)));
    if next > now { next } else { now }
}

fn measured(client: &Client, device: &str) -> Result<(), Error> {
    let mut reading = Reading::unstamped();
    reading.set_timestamp(Some(Timestamp::now()));
    for (name, value) in machine::measure(Path::new("/")) {
        reading.set(&name, value)?;
    }
    client.store(&reading)?;
    log::info!(target: "byteport::unix_stats", "stored {} fields of {device}", reading.fields().len());
    Ok(())
}
