// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport message`: send messages to a device, and list them.

use byteport_core::manage;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::exit::Failure;
use crate::listing::{self, Format, ListArgs, Listing, Row};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{address, input, session};

#[derive(Subcommand)]
pub enum MessageCommand {
    /// Send a text to a device
    Send(SendArgs),
    /// List the messages that were sent to a device, the last one first
    List(MessagesArgs),
}

#[derive(Args)]
pub struct SendArgs {
    /// The device
    #[arg(value_name = "NS.DEVICE")]
    address: String,
    /// The message; - for standard input
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
    #[command(flatten)]
    user: UserArgs,
}

#[derive(Args)]
pub struct MessagesArgs {
    /// The device
    #[arg(value_name = "NS.DEVICE")]
    address: String,
    /// The number of the first one; 0 is the last one that was sent
    #[arg(long, value_name = "NUMBER")]
    from: Option<u32>,
    /// The number of the last one
    #[arg(long, value_name = "NUMBER")]
    to: Option<u32>,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

pub fn run(command: &MessageCommand, settings: &Settings) -> Result<(), Failure> {
    match command {
        MessageCommand::Send(args) => send(args, settings),
        MessageCommand::List(args) => list(args, settings),
    }
}

fn send(args: &SendArgs, settings: &Settings) -> Result<(), Failure> {
    let device = address::device(&args.address, settings)?;
    let text = if args.text == "-" { input::text_of("-")? } else { args.text.clone() };
    let ask = manage::send_message(device.namespace, device.uid, &text)?;
    let message = session::with(settings, |client| Ok(client.ask(ask)?))?;
    let id = message.id.map(|id| format!(" {id}")).unwrap_or_default();
    log::info!(target: "byteport::message", "sent message{id} to {}.{}", device.namespace, device.uid);
    Ok(())
}

fn list(args: &MessagesArgs, settings: &Settings) -> Result<(), Failure> {
    let device = address::device(&args.address, settings)?;
    let ask = manage::messages(device.namespace, device.uid, args.from, args.to)?;
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    let rows = if args.list.format == Format::Table { contents } else { listing::list };
    let columns = &["id", "send_time", "status", "user", "message"];
    Listing { text: &text, columns, rows, secrets: false }.print(&args.list)
}

/// The messages with what is in them, in place of the JSON text around it.
fn contents(answer: Value) -> Option<Vec<Row>> {
    let mut rows = listing::list(answer)?;
    for message in rows.iter_mut().filter_map(|row| row.get_mut("message")) {
        if let Some(text) = message.as_str().and_then(content) {
            *message = text.into();
        }
    }
    Some(rows)
}

fn content(message: &str) -> Option<String> {
    let packets: Vec<Value> = serde_json::from_str(message).ok()?;
    let data: Option<Vec<&str>> = packets.iter().map(|packet| packet.get("data")?.as_str()).collect();
    data.map(|data| data.join(" "))
}
