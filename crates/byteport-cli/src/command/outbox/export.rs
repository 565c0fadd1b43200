// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox export`: the readings that wait, for other programs.

use std::io::{self, Write};

use byteport_core::outbox::{OutboxFile, StoredReading};
use clap::{Args, ValueEnum};

use super::{FileArgs, reading};
use crate::exit::Failure;
use crate::{format, output, screen};

pub const EXAMPLES: &str = "\
Examples:
  byteport outbox export readings.outbox | jq .fields
  byteport outbox export readings.outbox | byteport store --outbox other.outbox --lines
  byteport outbox export readings.outbox --format csv >readings.csv

Settings and exit status: byteport --help";

/// How the readings are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A JSON object a line, as store --lines takes them
    Lines,
    /// One JSON list of packets, as the service takes them; without those that have no time of day
    Packets,
    /// RFC 4180, a row for each field
    Csv,
}

#[derive(Args)]
pub struct ExportArgs {
    #[command(flatten)]
    file: FileArgs,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Lines)]
    format: Format,
}

pub fn run(args: &ExportArgs) -> Result<(), Failure> {
    let file = OutboxFile::open(&args.file.outbox)?;
    let readings = file.readings()?;
    let mut printer = Printer { out: output::open()?, format: args.format, count: 0, left_out: 0 };
    printer.begin()?;
    for stored in readings {
        printer.reading(&stored?)?;
    }
    printer.end()?;
    if printer.left_out > 0 {
        let count = printer.left_out;
        screen::say(&format!(
            "left out {count} without a time of day: the clock was not set when they were taken"
        ));
    }
    Ok(())
}

/// Writes one reading after the other.
struct Printer<W> {
    out: W,
    format: Format,
    count: u64,
    left_out: u64,
}

impl<W: Write> Printer<W> {
    fn begin(&mut self) -> io::Result<()> {
        match self.format {
            Format::Lines => Ok(()),
            Format::Packets => self.out.write_all(b"["),
            Format::Csv => self.out.write_all(reading::COLUMNS.as_bytes()),
        }
    }

    fn reading(&mut self, stored: &StoredReading) -> io::Result<()> {
        match self.format {
            Format::Lines => writeln!(self.out, "{}", reading::object(stored)),
            Format::Packets => self.packet(stored),
            Format::Csv => {
                let cell = if output::is_terminal() { format::quoted_for_terminal } else { format::quoted };
                self.out.write_all(reading::rows(stored, cell).as_bytes())
            }
        }
    }

    fn packet(&mut self, stored: &StoredReading) -> io::Result<()> {
        let Some(packet) = reading::packet(stored) else {
            self.left_out += 1;
            return Ok(());
        };
        let comma = if self.count == 0 { "" } else { "," };
        self.count += 1;
        write!(self.out, "{comma}\n{packet}")
    }

    fn end(&mut self) -> io::Result<()> {
        if self.format == Format::Packets {
            self.out.write_all(if self.count == 0 { b"]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()
    }
}
