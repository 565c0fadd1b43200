// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport publish`: readings for the service, or a text for anybody, through the broker.
//!
//! Invariants: everything is checked before a password is asked for and anything is sent; what counts as done is what the broker
//! has confirmed.

use std::time::Duration;

use byteport_core::Error;
use byteport_core::broker::Broker;
use byteport_core::model::name::{self, NameKind};
use byteport_core::model::packet::Packet;
use byteport_core::model::{Reading, Timestamp};
use clap::Args;

use super::feed::{self, Next, Tally};
use super::store::{self, MeasuredArgs};
use crate::exit::{self, Failure};
use crate::interrupt::Stop;
use crate::options::BrokerArgs;
use crate::settings::{Name, Settings};
use crate::{broker, input};

pub const EXAMPLES: &str = "\
Without --to, what is published are readings, which the service takes from the broker and stores.

Examples:
  byteport publish --broker mqtts://broker.byteport.se --broker-user joe --device cart-44 speed=12.5
  sensor | byteport publish --broker stomps://stomp.byteport.se --lines
  byteport publish --to my_garage.cart-44 'lights on'

Settings and exit status: byteport --help";

/// The longest line, in bytes.
const LINE_LIMIT: usize = 1 << 20;

/// How long the farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct PublishArgs {
    /// A field and its value, number or text, stored as it stands; with --to, the text, or - for standard input
    #[arg(value_name = "NAME=VALUE|TEXT")]
    pairs: Vec<String>,
    #[command(flatten)]
    measured: MeasuredArgs,
    /// The UID of the device that measured
    #[arg(long, value_name = "UID")]
    device: Option<String>,
    /// Publish a reading for each line of standard input, in the forms that store --lines takes
    #[arg(long, conflicts_with_all = ["pairs", "files", "timestamp"])]
    lines: bool,
    /// Publish a text to this MQTT topic or STOMP destination, in place of readings
    #[arg(long, value_name = "DESTINATION", conflicts_with_all = ["lines", "files", "timestamp", "device"])]
    to: Option<String>,
    #[command(flatten)]
    broker: BrokerArgs,
}

pub fn run(args: &PublishArgs, settings: &Settings) -> Result<(), Failure> {
    match &args.to {
        Some(destination) => text(destination, &args.pairs, settings),
        None if args.lines => lines(settings),
        None => one(store::reading(&args.pairs, &args.measured)?, settings),
    }
}

/// A client that fails at once where it cannot connect.
fn open(settings: &Settings) -> Result<Broker, Failure> {
    let options = broker::options(settings, broker::need(settings)?)?;
    Ok(Broker::open(broker::passing(options).reconnect(false))?)
}

fn text(destination: &str, texts: &[String], settings: &Settings) -> Result<(), Failure> {
    let text = match texts {
        [text] if text == "-" => input::text_of("-")?,
        [text] => text.clone(),
        _ => {
            return Err(Failure::input(
                "--to takes one text: put quotes around it, or give - for standard input",
            ));
        }
    };
    let client = open(settings)?;
    client.publish(destination, text.as_bytes())?;
    log::info!(target: "byteport::publish", "published {} bytes to {destination}", text.len());
    leave(&client)
}

fn one(reading: Option<Reading>, settings: &Settings) -> Result<(), Failure> {
    let reading = reading.ok_or_else(|| {
        Failure::input("nothing to publish: give NAME=VALUE, --lines, or --to DESTINATION TEXT")
    })?;
    let (namespace, device) = (namespace(settings)?, device(settings)?);
    let client = open(settings)?;
    client.store(&reading)?;
    let time = reading.timestamp().map(Timestamp::to_iso8601).unwrap_or_default();
    log::info!(target: "byteport::publish", "published {} fields of {namespace}.{device} at {time}Z", reading.fields().len());
    leave(&client)
}

fn namespace(settings: &Settings) -> Result<&str, Failure> {
    let namespace = settings.need(Name::Namespace, "namespace")?;
    name::check(NameKind::Namespace, namespace)?;
    Ok(namespace)
}

fn device(settings: &Settings) -> Result<&str, Failure> {
    let device = settings.need(Name::Device, "device UID")?;
    name::check(NameKind::Device, device)?;
    Ok(device)
}

fn leave(client: &Broker) -> Result<(), Failure> {
    client.close(FAREWELL)?;
    Ok(())
}

/// The lines that come together go out together.
fn lines(settings: &Settings) -> Result<(), Failure> {
    let namespace = namespace(settings)?;
    let client = open(settings)?;
    let stop = Stop::catch()?;
    stop.endure(); // what was read is published in any case
    let mut lines = Lines { client, namespace, settings, waiting: Vec::new(), tally: Tally::default() };
    let done = feed::each(&stop, LINE_LIMIT, |next| match next {
        Next::Line(number, line) => lines.add(number, line),
        Next::Pause => lines.send(),
    });
    leave(&lines.client)?;
    done.and_then(|()| lines.tally.end())
}

/// Readings on their way.
struct Lines<'a> {
    client: Broker,
    namespace: &'a str,
    settings: &'a Settings,
    /// Lines that are not sent yet, with their numbers.
    waiting: Vec<(u64, Packet)>,
    tally: Tally,
}

impl Lines<'_> {
    fn add(&mut self, number: u64, line: Result<&str, Failure>) -> Result<(), Failure> {
        match line.and_then(|line| self.packet(line)) {
            Ok(packet) => self.waiting.push((number, packet)),
            Err(Failure::Call(error)) => self.tally.refused(number, &error),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// The packet of a line, stamped now unless the line says when.
    fn packet(&self, line: &str) -> Result<Packet, Failure> {
        let reading = feed::reading(line, self.namespace)?;
        let uid = reading.device().map_or_else(|| device(self.settings), Ok)?.to_owned();
        let timestamp = reading.timestamp().or_else(|| Reading::new().timestamp());
        let fields =
            reading.fields().iter().map(|(name, value)| Ok((name.clone(), value.to_wire()?.into_owned())));
        Ok(Packet {
            namespace: self.namespace.to_owned(),
            uid,
            timestamp,
            fields: fields.collect::<Result<_, Error>>()?,
        })
    }

    /// Publishes what waits, and waits for the broker's answers. What is about a reading is told; what is about the way or the
    /// broker ends it.
    fn send(&mut self) -> Result<(), Failure> {
        let (numbers, packets): (Vec<u64>, Vec<Packet>) =
            std::mem::take(&mut self.waiting).into_iter().unzip();
        let mut unconfirmed = Vec::new();
        for (number, answer) in numbers.into_iter().zip(self.client.store_all(&packets)?) {
            match answer {
                Ok(()) => self.tally.taken(),
                Err(error) if exit::is_input(&error) => self.tally.refused(number, &error),
                Err(error) => unconfirmed.push((number, error)),
            }
        }
        let count = unconfirmed.len();
        match unconfirmed.into_iter().next() {
            Some((number, error)) => {
                let message =
                    format!("not published: {count} lines, the first of them line {number}: {error}");
                Err(Error::new(error.code(), message).into())
            }
            None => Ok(()),
        }
    }
}
