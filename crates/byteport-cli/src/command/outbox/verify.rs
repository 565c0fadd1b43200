// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport outbox verify`: whether a file is sound. Nothing in it is changed.

use std::io::Write as _;

use byteport_core::outbox::OutboxFile;

use super::FileArgs;
use crate::exit::{Exit, Failure};
use crate::{output, screen};

/// Lists what is wrong, a line each; the exit status says whether that is nothing.
pub fn run(args: &FileArgs) -> Result<(), Failure> {
    let path = args.outbox.display();
    let verdict = OutboxFile::open(&args.outbox)?.verify()?;
    let mut out = output::open()?;
    for problem in &verdict.problems {
        writeln!(out, "{}", screen::printable(problem))?;
    }
    out.flush()?;
    if verdict.is_sound() {
        log::info!(target: "byteport::outbox", "{path} is sound: {} readings", verdict.readings);
        return Ok(());
    }
    let (damaged, readings) = (verdict.damaged, verdict.readings);
    let text = format!("{path} is damaged: {damaged} readings are lost, {readings} can be read");
    Err(Failure::Left(Exit::Here, text))
}
