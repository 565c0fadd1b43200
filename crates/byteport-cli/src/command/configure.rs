// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport configure`, what the service knows of a device, and `byteport set`, what the device is to do.

use byteport_core::manage::{self, Setting};
use clap::Args;

use crate::exit::Failure;
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{address, session};

pub const EXAMPLES: &str = "\
Names: active lat lon location_hint alias serial description timeout_limit offline_alarm alarm_interval
alarm_repeat_times

Examples:
  byteport configure my_garage.cart-44 alias='The red one' timeout_limit=600
  byteport configure cart-44 lat=65.6 lon=22.1

Settings and exit status: byteport --help";

#[derive(Args)]
pub struct ConfigureArgs {
    /// The device
    #[arg(value_name = "NS.DEVICE")]
    address: String,
    /// What to change
    #[arg(value_name = "NAME=VALUE", required = true)]
    pairs: Vec<String>,
    #[command(flatten)]
    user: UserArgs,
}

#[derive(Args)]
pub struct SetArgs {
    /// The device
    #[arg(value_name = "NS.DEVICE")]
    address: String,
    /// A field, such as 'Group name.Property', and its value
    #[arg(value_name = "PATH=VALUE", required = true)]
    pairs: Vec<String>,
    #[command(flatten)]
    user: UserArgs,
}

pub fn configure(args: &ConfigureArgs, settings: &Settings) -> Result<(), Failure> {
    let device = address::device(&args.address, settings)?;
    let mut changes = Vec::new();
    for text in &args.pairs {
        let (name, value) = address::pair(text, "NAME=VALUE")?;
        changes.push(Setting::parse(name, value)?);
    }
    let ask = manage::configure(device.namespace, device.uid, &changes)?;
    session::with(settings, |client| Ok(client.ask(ask)?))?;
    log::info!(target: "byteport::configure", "changed {}.{}", device.namespace, device.uid);
    Ok(())
}

pub fn set(args: &SetArgs, settings: &Settings) -> Result<(), Failure> {
    let device = address::device(&args.address, settings)?;
    let pairs: Result<Vec<_>, _> = args.pairs.iter().map(|text| address::pair(text, "PATH=VALUE")).collect();
    let ask = manage::set_fields(device.namespace, device.uid, &pairs?)?;
    session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    log::info!(target: "byteport::set", "set fields of {}.{}", device.namespace, device.uid);
    Ok(())
}
