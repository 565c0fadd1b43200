// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport register`: the one command that prints keys.

use byteport_core::manage::{self, Registration};
use clap::Args;
use serde_json::Value;

use crate::exit::Failure;
use crate::listing::{ListArgs, Listing, Row, list};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{address, session};

pub const EXAMPLES: &str = "\
Examples:
  byteport register my_garage cart-44 --type 3
  byteport register my_garage cart100-119 --range --type 3 --format csv >keys.csv

What is printed holds the keys with which the devices store: keep it where others cannot read it.
Settings and exit status: byteport --help";

#[derive(Args)]
pub struct RegisterArgs {
    /// The namespace
    #[arg(value_name = "NS")]
    of: String,
    /// A UID, or several with commas between them; with --range, device100-107, 10-19 or 100-107Dev
    #[arg(value_name = "UIDS")]
    uids: String,
    /// The number of their type, as the command types lists it
    #[arg(long = "type", value_name = "TYPE")]
    device_type: i64,
    /// Take UIDS for a range of numbers, from the first to the last
    #[arg(long)]
    range: bool,
    /// Register again what is registered already
    #[arg(long)]
    force: bool,
    /// Not to be in use yet
    #[arg(long)]
    inactive: bool,
    /// The length of the codes by which owners claim their devices
    #[arg(long, value_name = "NUMBER")]
    reg_code_length: Option<u32>,
    /// The serial number of a single device
    #[arg(long, value_name = "TEXT", conflicts_with = "range")]
    serial: Option<String>,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

pub fn run(args: &RegisterArgs, settings: &Settings) -> Result<(), Failure> {
    let namespace = address::namespace(Some(&args.of), settings)?;
    let registration = Registration {
        uids: &args.uids,
        device_type_id: args.device_type,
        force: args.force,
        batch: args.range,
        active: !args.inactive,
        reg_code_length: args.reg_code_length,
        serial: args.serial.as_deref(),
    };
    let ask = manage::register(namespace, &registration)?;
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    let listing = Listing { text: &text, columns: &["uid", "access_key", "reg_code"], rows, secrets: true };
    listing.print(&args.list)
}

fn rows(mut answer: Value) -> Option<Vec<Row>> {
    list(answer.pointer_mut("/registration_result/devices")?.take())
}
