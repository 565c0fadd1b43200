// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport value`: one value, however long it is.

use byteport_core::manage::{self, ValueRef};
use clap::Args;

use crate::exit::Failure;
use crate::listing::{ListArgs, Listing, one};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{address, session};

/// What byteport-server takes for the newest value of a field.
pub const LATEST: &str = "latest";

#[derive(Args)]
pub struct ValueArgs {
    /// The field
    #[arg(value_name = "NS.DEVICE.FIELD")]
    series: String,
    /// Which value: r of a point that read --format service shows; without it the newest, which byteport-server knows
    #[arg(value_name = "REF", default_value = LATEST)]
    reference: String,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

pub fn run(args: &ValueArgs, settings: &Settings) -> Result<(), Failure> {
    let ask = manage::value(&reference(&address::series(&args.series, settings)?, &args.reference))?;
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    Listing { text: &text, columns: &["timestamp", "value", "ref"], rows: one, secrets: false }
        .print(&args.list)
}

/// A value of a series.
pub fn reference<'a>(series: &address::Series<'a>, reference: &'a str) -> ValueRef<'a> {
    ValueRef { namespace: series.namespace, device: series.device, field: series.field, reference }
}
