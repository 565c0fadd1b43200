// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox stat`: what an outbox has done, and what it keeps.

use std::io::{self, Write};
use std::path::Path;

use byteport_core::outbox::{Dropped, FileSummary, OutboxFile, Reason};
use clap::{Args, ValueEnum};

use super::FileArgs;
use crate::exit::Failure;
use crate::{format, output, screen};

/// How the figures are written.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A name and a figure a line
    Table,
    /// One JSON object
    Json,
    /// The text that Prometheus collects
    Prometheus,
}

#[derive(Args)]
pub struct StatArgs {
    #[command(flatten)]
    file: FileArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(args: &StatArgs) -> Result<(), Failure> {
    let path = args.file.outbox.as_path();
    let summary = OutboxFile::open(path)?.summary()?;
    let mut out = output::open()?;
    match args.format {
        Format::Table => table(&mut out, path, &summary)?,
        Format::Json => writeln!(out, "{}", summary.to_json())?,
        Format::Prometheus => out.write_all(summary.to_prometheus(&path.display().to_string()).as_bytes())?,
    }
    Ok(out.flush()?)
}

fn table(out: &mut impl Write, path: &Path, summary: &FileSummary) -> io::Result<()> {
    let owner = summary.owner.map_or_else(|| "nobody".to_owned(), |pid| format!("process {pid}"));
    let oldest = summary.oldest.map(|time| format::time(time.as_micros()));
    let mut rows = vec![
        ("file", screen::printable(&path.display().to_string())),
        ("open by", owner),
        ("accepted", summary.accepted().to_string()),
        ("delivered", summary.delivered.to_string()),
        ("queued", summary.queued.to_string()),
        ("quarantined", summary.quarantined.to_string()),
        ("dropped", dropped(&summary.dropped)),
        ("bytes on disk", summary.disk_bytes.to_string()),
        ("last sequence", summary.last_sequence.to_string()),
    ];
    rows.extend(oldest.map(|time| ("oldest", time)));
    rows.into_iter().try_for_each(|(name, figure)| writeln!(out, "{name:<15}{figure}"))
}

/// How many, and those of each reason that there is.
fn dropped(dropped: &Dropped) -> String {
    let by = Reason::ALL.map(|reason| (reason.text(), dropped.by(reason)));
    let parts: Vec<String> = by
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    if parts.is_empty() { "0".to_owned() } else { format!("{} ({})", dropped.total(), parts.join(", ")) }
}
