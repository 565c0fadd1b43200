// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport devices`: listed, found by a term, or heard of lately.

use byteport_core::manage;
use clap::Args;
use serde_json::Value;

use crate::exit::Failure;
use crate::listing::{Listing, Row, SecretListArgs, list, row};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{address, session};

pub const EXAMPLES: &str = "\
Examples:
  byteport devices my_garage
  byteport devices my_garage 'cart-*' --format csv
  byteport devices --search cart
  byteport devices my_garage --active    who stored in the last 24 hours

Settings and exit status: byteport --help";

const COLUMNS: &[&str] =
    &["uid", "alias", "device_type", "active", "online", "last_contact", "location_hint"];
const FOUND: &[&str] = &["guid", "uid", "namespace", "alias", "device_type", "active", "last_contact"];
const HEARD_OF: &[&str] = &["uid", "registered", "last_contact"];

#[derive(Args)]
pub struct DevicesArgs {
    /// The namespace, unless it is set
    #[arg(value_name = "NS")]
    of: Option<String>,
    /// The device with this UID alone, or with a * at its end those whose UID begins so
    #[arg(value_name = "UID")]
    uid: Option<String>,
    /// How much of each: 0 its UID only, 1 the device, 2 and 3 its type and child devices too
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    depth: u8,
    /// Find devices of every namespace by a part of NAMESPACE.DEVICE; * stands for anything, a . at the end asks for all of it
    #[arg(long, value_name = "TERM", conflicts_with_all = ["of", "uid", "active", "depth"])]
    search: Option<String>,
    /// The most devices that --search finds
    #[arg(long, value_name = "NUMBER", default_value_t = 100, requires = "search")]
    limit: u32,
    /// Who stored in the last 24 hours, registered or not
    #[arg(long, conflicts_with_all = ["uid", "depth"])]
    active: bool,
    #[command(flatten)]
    list: SecretListArgs,
    #[command(flatten)]
    user: UserArgs,
}

pub fn run(args: &DevicesArgs, settings: &Settings) -> Result<(), Failure> {
    if let Some(term) = &args.search {
        let ask = manage::search_devices(term, args.limit);
        let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
        return print(args, &text, FOUND, found);
    }
    let namespace = address::namespace(args.of.as_deref(), settings)?;
    if args.active {
        let ask = manage::activity(namespace)?;
        let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
        return print(args, &text, HEARD_OF, heard_of);
    }
    let ask = manage::devices(namespace, args.uid.as_deref(), Some(args.depth))?;
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    print(args, &text, if args.depth == 0 { &["uid"] } else { COLUMNS }, list)
}

fn print(
    args: &DevicesArgs,
    text: &str,
    columns: &[&str],
    rows: fn(Value) -> Option<Vec<Row>>,
) -> Result<(), Failure> {
    Listing { text, columns, rows, secrets: args.list.secrets }.print(&args.list.list)
}

fn found(mut answer: Value) -> Option<Vec<Row>> {
    list(answer.get_mut("data")?.take())
}

fn heard_of(mut answer: Value) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    for (key, registered) in [("registered_devices", "True"), ("unregistered_devices", "False")] {
        let Value::Array(devices) = answer.get_mut(key)?.take() else { return None };
        for device in devices {
            let mut row = row(device, "uid");
            row.insert("registered".to_owned(), registered.into());
            rows.push(row);
        }
    }
    Some(rows)
}
