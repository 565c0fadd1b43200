// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport download`: a stored object as a file.
//!
//! Invariant: whatever ends it, a file has its name only when it is whole; nothing else stays behind.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use byteport_core::Client;
use byteport_core::http::{DownloadOptions, Downloaded, Unpack};
use byteport_core::manage::ValueRef;
use clap::Args;

use super::value::{LATEST, reference};
use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::options::UserArgs;
use crate::output::{self, Pipe};
use crate::progress::Bar;
use crate::settings::Settings;
use crate::{address, session};

pub const EXAMPLES: &str = "\
Examples:
  byteport download my_garage.cart-44.photo -o photo.jpg
  byteport download cart-44.photo 1430438400012 >photo.jpg

Settings and exit status: byteport --help";

#[derive(Args)]
pub struct DownloadArgs {
    /// The field
    #[arg(value_name = "NS.DEVICE.FIELD")]
    series: String,
    /// Which value: r of a point that read --format service shows; without it the newest, which byteport-server knows
    #[arg(value_name = "REF", default_value = LATEST)]
    reference: String,
    /// Where to write it; - for standard output, even if that is a terminal
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// As it was stored: text, neither decoded nor decompressed
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    user: UserArgs,
}

pub fn run(args: &DownloadArgs, settings: &Settings) -> Result<(), Failure> {
    let series = address::series(&args.series, settings)?;
    let to_file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if args.output.is_none() && output::is_terminal() {
        let why = "an object is not for a terminal: name a file with -o FILE, or insist with -o -";
        return Err(Failure::input(why));
    }
    let stop = Stop::catch()?;
    let value = reference(&series, &args.reference);
    let unpack = if args.raw { Unpack::Nothing } else { Unpack::There };
    let done = session::with(settings, |client| get(client, &value, unpack, to_file, &stop));
    stop.end_if_wanted();
    let bytes = done?.bytes;
    log::info!(target: "byteport::download", "downloaded {bytes} bytes of {}", series.guid());
    Ok(())
}

fn get(
    client: &Client,
    value: &ValueRef<'_>,
    unpack: Unpack,
    to_file: Option<&Path>,
    stop: &Stop,
) -> Result<Downloaded, Failure> {
    let mut bar = to_file.map(|path| Bar::new(&path.display().to_string()));
    let mut progress = |come, total| {
        if let Some(bar) = &mut bar {
            bar.tell(come, total);
        }
        if stop.is_wanted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = DownloadOptions { unpack, limit: None, progress: Some(&mut progress) };
    match to_file {
        Some(path) => Ok(client.download_to(value, options, path)?),
        None => {
            let mut out = Pipe::new(output::open()?);
            let done = client.download(value, options, &mut out);
            if out.closed {
                return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
            }
            Ok(done?)
        }
    }
}
