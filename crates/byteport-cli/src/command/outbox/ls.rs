// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox ls`: the readings that wait, the oldest first.

use std::io::Write as _;

use byteport_core::outbox::OutboxFile;
use clap::Args;

use super::{FileArgs, reading};
use crate::exit::Failure;
use crate::{format, output};

#[derive(Args)]
pub struct LsArgs {
    #[command(flatten)]
    file: FileArgs,
    /// The most readings to list
    #[arg(short = 'n', long = "limit", value_name = "NUMBER", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
}

/// A line each, as they are read. Times without a day are those since the system started.
pub fn run(args: &LsArgs) -> Result<(), Failure> {
    let file = OutboxFile::open(&args.file.outbox)?;
    let readings = file.readings()?;
    let mut out = output::open()?;
    writeln!(out, "{:>10}  {:<27}  {:<20}  data", "sequence", "time", "device")?;
    for stored in readings.take(args.limit) {
        let stored = stored?;
        let device = format!("{}.{}", stored.namespace, stored.device);
        let (time, data) = (reading::shown_time(&stored), format::printable(&reading::data(&stored)));
        writeln!(out, "{:>10}  {time:<27}  {device:<20}  {data}", stored.sequence)?;
    }
    Ok(out.flush()?)
}
