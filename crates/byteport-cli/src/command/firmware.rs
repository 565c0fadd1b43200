// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport firmware`: what there is for a type of device, and the newest one for a device.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use byteport_core::http::{FirmwareOutcome, FirmwareRequest, MEDIA_PREFIX};
use byteport_core::manage;
use clap::{Args, Subcommand};

use super::lists::shown;
use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::listing::ListArgs;
use crate::options::UserArgs;
use crate::progress::Bar;
use crate::settings::Settings;
use crate::{address, output, screen, session};

const FETCH_HELP: &str = "\
Prints where the image is; nothing where there is none to fetch. An image that is there already is not fetched again, and one
that came in part is gone on with. Its size and MD5 digest are checked, which finds damage, but no attacker: use https, and
let the device check a signature.

Examples:
  byteport firmware fetch my_garage.cart-44 --into /var/lib/firmware --current 1.4

Settings and exit status: byteport --help";

#[derive(Subcommand)]
pub enum FirmwareCommand {
    /// List the firmware for a type of device
    List(ImagesArgs),
    /// Fetch the newest enabled firmware of a device's type
    #[command(after_help = FETCH_HELP)]
    Fetch(FetchArgs),
}

#[derive(Args)]
pub struct ImagesArgs {
    /// The namespace
    #[arg(value_name = "NS")]
    of: String,
    /// The type's number, as the command types lists it
    #[arg(value_name = "TYPE")]
    id: i64,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

#[derive(Args)]
pub struct FetchArgs {
    /// The device
    #[arg(value_name = "NS.DEVICE")]
    address: String,
    /// The folder for the image, which must be there
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The version that the device runs, which is not fetched
    #[arg(long, value_name = "VERSION")]
    current: Option<String>,
    /// Where the service has its images
    #[arg(long, value_name = "PATH", default_value = MEDIA_PREFIX)]
    media_prefix: String,
    /// Fetch an image without a digest, too, which cannot be checked
    #[arg(long)]
    allow_unchecked: bool,
    #[command(flatten)]
    user: UserArgs,
}

pub fn run(command: &FirmwareCommand, settings: &Settings) -> Result<(), Failure> {
    match command {
        FirmwareCommand::List(args) => list(args, settings),
        FirmwareCommand::Fetch(args) => fetch(args, settings),
    }
}

fn list(args: &ImagesArgs, settings: &Settings) -> Result<(), Failure> {
    let namespace = address::namespace(Some(&args.of), settings)?;
    let ask = manage::firmwares(namespace, args.id, None)?;
    let columns = &["id", "version", "enabled", "uploaded", "filesize", "md5_digest", "image", "comment"];
    shown(ask, columns, &args.list, false, settings)
}

fn fetch(args: &FetchArgs, settings: &Settings) -> Result<(), Failure> {
    let device = address::device(&args.address, settings)?;
    let request = FirmwareRequest {
        media_prefix: &args.media_prefix,
        current_version: args.current.as_deref(),
        allow_unchecked: args.allow_unchecked,
        ..FirmwareRequest::new(device.namespace, device.uid, &args.into)
    };
    let stop = Stop::catch()?;
    let done = session::with(settings, |client| {
        let mut bar = Bar::new(&args.address);
        let mut progress = |come, total| {
            bar.tell(come, total);
            if stop.is_wanted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        Ok(client.fetch_firmware(&request, Some(&mut progress))?)
    });
    stop.end_if_wanted();
    match done? {
        FirmwareOutcome::Fetched { path, received, .. } => {
            log::info!(target: "byteport::firmware", "received {received} bytes");
            print(&path)
        }
        FirmwareOutcome::UpToDate { path: Some(path), .. } => print(&path),
        FirmwareOutcome::UpToDate { .. } => nothing(&format!("{} runs the newest firmware", args.address)),
        _ => nothing(&format!("there is no firmware for {}", args.address)),
    }
}

fn nothing(why: &str) -> Result<(), Failure> {
    screen::say(why);
    Ok(())
}

fn print(path: &Path) -> Result<(), Failure> {
    let mut out = output::open()?;
    let text = path.display().to_string();
    writeln!(out, "{}", if output::is_terminal() { screen::printable(&text) } else { text })?;
    Ok(out.flush()?)
}
