// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport ping`: does the service answer?

use std::io::Write as _;
use std::time::Instant;

use byteport_core::{Client, Error, ErrorCode, manage};

use crate::exit::Failure;
use crate::output;
use crate::settings::Settings;

pub fn run(settings: &Settings) -> Result<(), Failure> {
    let client = Client::new(settings.connection()?)?;
    let start = Instant::now();
    let answer = client.ask(manage::echo(&[("test", "hello")]))?;
    let time = start.elapsed();
    if answer.get("test").and_then(|text| text.as_str()) != Some("hello") {
        let message = "what answers is no Byteport service: check the host's name";
        return Err(Error::new(ErrorCode::InvalidAnswer, message).into());
    }
    let mut out = output::open()?;
    writeln!(out, "{} answered in {:.1} ms", client.origin(), time.as_secs_f64() * 1000.0)?;
    Ok(out.flush()?)
}
