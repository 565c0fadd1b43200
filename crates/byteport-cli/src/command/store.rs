// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport store`: one reading, or a sign of life; through an outbox, readings that are never lost.
//!
//! Invariant: everything is checked before a key is asked for and anything is sent.

use byteport_core::model::name::{self, NameKind};
use byteport_core::model::{Reading, Timestamp};
use byteport_core::{Client, Method, Options};
use clap::Args;

use super::outbox::ThroughArgs;
use crate::exit::Failure;
use crate::options::StoreAsArgs;
use crate::settings::{Name, Settings};
use crate::{address, ask, input, span};

pub const EXAMPLES: &str = "\
Examples:
  byteport store --device cart-44 speed=12.5 state=rolling
  byteport store --timestamp 2026-05-01T12:00:00Z speed=11
  journalctl -n 1 | byteport store --file last_line=-
  byteport store                         a sign of life
  byteport store --outbox readings.outbox --broker mqtts://broker.byteport.se speed=12.5
  byteport store --outbox /var/lib/cart/readings.outbox speed=12.5     kept there until the service has it
  sensor | byteport store --outbox readings.outbox --lines

Settings and exit status: byteport --help";

/// What was measured, and when, but for the fields that are named one by one.
#[derive(Args)]
pub struct MeasuredArgs {
    /// A field whose value is the text of a file (- for standard input)
    #[arg(long = "file", value_name = "NAME=FILE")]
    files: Vec<String>,
    /// When it was measured, UNIX seconds or ISO 8601 [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    timestamp: Option<String>,
}

#[derive(Args)]
pub struct StoreArgs {
    /// A field and its value, number or text, stored as it stands
    #[arg(value_name = "NAME=VALUE")]
    pairs: Vec<String>,
    #[command(flatten)]
    measured: MeasuredArgs,
    /// Send by GET, with at most 2,048 bytes of URL, in place of POST
    #[arg(long)]
    get: bool,
    #[command(flatten)]
    pub through: ThroughArgs,
    #[command(flatten)]
    store_as: StoreAsArgs,
}

pub fn run(args: &StoreArgs, settings: &Settings) -> Result<(), Failure> {
    args.through.check()?;
    let reading = reading(&args.pairs, &args.measured)?;
    let (connection, device) = connection(settings, if args.get { Method::Get } else { Method::Post })?;
    let has_broker = args.through.outbox.is_some() && settings.broker().is_some();
    let client = if has_broker { Client::new(connection)? } else { with_key(connection, settings)? };
    if let Some(path) = &args.through.outbox {
        let one = (!args.through.lines).then(|| reading.unwrap_or_default());
        return args.through.store(path, one.as_ref(), client, settings);
    }
    let Some(reading) = reading else {
        client.heartbeat(None)?;
        log::info!(target: "byteport::store", "{device} showed a sign of life");
        return Ok(());
    };
    client.store(&reading)?;
    let names: Vec<&str> = reading.fields().iter().map(|(name, _)| name.as_str()).collect();
    let time = reading.timestamp().map(Timestamp::to_iso8601).unwrap_or_default();
    log::info!(target: "byteport::store", "stored {} of {device} at {time}Z", names.join(", "));
    Ok(())
}

/// A client that stores as the settings say, and as which device it does.
pub fn client(settings: &Settings, method: Method) -> Result<(Client, String), Failure> {
    let (connection, device) = connection(settings, method)?;
    Ok((with_key(connection, settings)?, device))
}

fn with_key(connection: Options, settings: &Settings) -> Result<Client, Failure> {
    let namespace = settings.need(Name::Namespace, "namespace")?;
    Ok(Client::new(connection.key(&ask::key(settings, namespace)?))?)
}

/// The client's options but for the key, and as which device it stores.
fn connection(settings: &Settings, method: Method) -> Result<(Options, String), Failure> {
    let namespace = settings.need(Name::Namespace, "namespace")?;
    let device = settings.need(Name::Device, "device UID")?;
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, device)?;
    let options = settings.connection()?.namespace(namespace).device(device).store_method(method);
    Ok((options, format!("{namespace}.{device}")))
}

/// What was measured; nothing where no field is named.
pub fn reading(pairs: &[String], measured: &MeasuredArgs) -> Result<Option<Reading>, Failure> {
    let mut reading = Reading::new();
    let time = measured.timestamp.as_deref().map(span::moment).transpose()?;
    if time.is_some() {
        reading.set_timestamp(time);
    }
    for text in pairs {
        let (field, value) = address::pair(text, "NAME=VALUE")?;
        add(&mut reading, field, value.to_owned())?;
    }
    let mut stdin_taken = false;
    for text in &measured.files {
        let (field, path) = address::pair(text, "NAME=FILE")?;
        name::check(NameKind::Field, field)?;
        if path == "-" && std::mem::replace(&mut stdin_taken, true) {
            return Err(Failure::input("standard input can be one field's value only"));
        }
        add(&mut reading, field, input::text_of(path)?)?;
    }
    match (reading.fields().is_empty(), time) {
        (false, _) => Ok(Some(reading)),
        (true, None) => Ok(None),
        (true, Some(_)) => {
            Err(Failure::input("a sign of life has no --timestamp: name a field, or leave it out"))
        }
    }
}

/// Adds a field that is not there yet.
pub fn add(reading: &mut Reading, field: &str, value: String) -> Result<(), Failure> {
    if reading.fields().iter().any(|(name, _)| name == field) {
        return Err(Failure::input(format!("field {field:?} is given twice")));
    }
    reading.set(field, value)?;
    Ok(())
}
