// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport store --outbox`: one reading, or one a line of standard input, kept until the service has it.

use std::path::{Path, PathBuf};

use byteport_core::model::Reading;
use byteport_core::outbox::{Durability, WhenFull};
use byteport_core::{Client, ErrorCode};
use clap::Args;

use super::open::Open;
use super::outcome::Outcome;
use super::{KeepArgs, UploadArgs, way};
use crate::command::feed::{self, Next, Tally};
use crate::exit::{Exit, Failure};
use crate::interrupt::Stop;
use crate::settings::Settings;

/// Storing through an outbox.
#[derive(Args)]
pub struct ThroughArgs {
    /// Keep what is stored in this file until the service has it, however long that takes
    #[arg(long, value_name = "FILE")]
    pub outbox: Option<PathBuf>,
    /// Store a reading for each line of standard input: name=value;name="some words", or a JSON object as outbox export
    /// writes it
    #[arg(long, requires = "outbox", conflicts_with_all = ["pairs", "files", "timestamp"])]
    pub lines: bool,
    #[command(flatten)]
    keep: KeepArgs,
    #[command(flatten)]
    upload: UploadArgs,
}

impl ThroughArgs {
    /// Refuses a broker without an outbox.
    pub fn check(&self) -> Result<(), Failure> {
        if self.upload.name_broker() && self.outbox.is_none() {
            return Err(Failure::input(
                "--broker is for what goes through an outbox: give --outbox FILE, too",
            ));
        }
        Ok(())
    }

    /// Hands in one reading, or the lines of standard input where there is none, and ends when all of it is delivered or the
    /// time to wait for that is over.
    pub fn store(
        &self,
        path: &Path,
        reading: Option<&Reading>,
        client: Client,
        settings: &Settings,
    ) -> Result<(), Failure> {
        let (level, wait) = (self.keep.durability(), self.upload.wait()?);
        let options = way(self.upload.add(self.keep.options()?)?, settings)?;
        let namespace = client.namespace().unwrap_or_default().to_owned();
        let open = Open::new(path, client, options)?;
        let blocks = self.keep.when_full() == WhenFull::Block;
        let put = |reading: &Reading| open.put(reading, level, blocks);
        let taken = match reading {
            Some(reading) => {
                put(reading).map(|is_safe| Taken { short: u64::from(!is_safe), ..Taken::default() })
            }
            None => {
                each_line(open.stop(), self.keep.line_limit()?, |line| put(&feed::reading(line, &namespace)?))
            }
        };
        let drained = open.drain(wait, |_| {});
        let (outcome, stop) = open.close()?;
        let done = taken.and_then(|taken| drained.and_then(|()| taken.end(level, &outcome)));
        if reading.is_some() {
            stop.end_if_wanted();
        }
        done
    }
}

/// What became of the readings that were handed in.
#[derive(Default)]
struct Taken {
    lines: Tally,
    /// Not as safe as asked, in time.
    short: u64,
}

impl Taken {
    fn end(&self, level: Durability, outcome: &Outcome) -> Result<(), Failure> {
        match (self.short, level) {
            (0, _) => outcome.kept()?,
            (_, Durability::Delivered) => outcome.delivered()?,
            (short, _) => {
                let what = format!("{short} not forced onto the disk in time; ");
                return Err(outcome.failure(Exit::Here, &what));
            }
        }
        self.lines.end()
    }

    fn note(&mut self, number: u64, done: Result<bool, Failure>) -> Result<(), Failure> {
        match done {
            Ok(is_safe) => {
                self.lines.taken();
                self.short += u64::from(!is_safe);
            }
            Err(Failure::Call(error)) if error.code() != ErrorCode::Closed => {
                self.lines.refused(number, &error)
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }
}

/// Hands in the lines.
fn each_line(
    stop: &Stop,
    limit: usize,
    mut put: impl FnMut(&str) -> Result<bool, Failure>,
) -> Result<Taken, Failure> {
    let mut taken = Taken::default();
    feed::each(stop, limit, |next| match next {
        Next::Line(number, line) => taken.note(number, line.and_then(&mut put)),
        Next::Pause => Ok(()),
    })?;
    Ok(taken)
}
