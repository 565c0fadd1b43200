// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport listen`: a device's messages, as they come from the broker.
//!
//! Invariant: the broker is told that a message is taken only after its line was written and flushed.

mod print;

use std::time::{Duration, Instant};

use byteport_core::ErrorCode;
use byteport_core::broker::{Broker, BrokerOptions, Channel, Verdict};
use byteport_core::model::Timestamp;
use clap::Args;

use print::{Format, Printer};

use crate::exit::Failure;
use crate::interrupt::Stop;
use crate::options::BrokerArgs;
use crate::settings::{self, Settings};
use crate::{address, broker, output, span};

pub const EXAMPLES: &str = "\
A connection that is lost is made again; only the first one must succeed. Ctrl-C ends it with exit status 0.

Examples:
  byteport listen my_garage.cart-44 --broker mqtts://broker.byteport.se --broker-user joe
  byteport listen cart-44 --keep --format json | while read -r message; do ...; done
  byteport listen cart-44 --count 1 --for 60
  byteport listen --topic 'my_garage/#'

Settings and exit status: byteport --help";

/// How long the farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct ListenArgs {
    /// The device
    #[arg(value_name = "NS.DEVICE", required_unless_present = "topics")]
    device: Option<String>,
    /// Listen to this MQTT topic or STOMP destination in place of a device's own; may be given several times
    #[arg(long = "topic", value_name = "DESTINATION", conflicts_with = "device")]
    topics: Vec<String>,
    /// As the device itself, for which the broker keeps messages while nobody listens: by MQTT its session, which only one
    /// client can have, by STOMP its queue
    #[arg(long, conflicts_with = "topics")]
    keep: bool,
    /// End after so many messages; a list that came as one is printed whole
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after this time
    #[arg(long = "for", value_name = "SECONDS", allow_negative_numbers = true)]
    time: Option<String>,
    /// Leave out messages that are older than this when they come: 30s, 10m, 1h, 2d, 1w
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    max_age: Option<String>,
    /// Leave out messages whose time is further in the future than this
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    max_ahead: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    broker: BrokerArgs,
}

pub fn run(args: &ListenArgs, settings: &Settings) -> Result<(), Failure> {
    let device = args.device.as_deref().map(|text| address::device(text, settings)).transpose()?;
    let time = args.time.as_deref().map(|text| settings::seconds("for", text)).transpose()?;
    let limits =
        [&args.max_age, &args.max_ahead].map(|limit| limit.as_deref().map(span::duration).transpose());
    let [max_age, max_ahead] = limits;
    let (max_age, max_ahead) = (max_age?, max_ahead?);
    let mut options = broker::options(settings, broker::need(settings)?)?;
    options = options.max_age(max_age.unwrap_or(Duration::MAX)).max_ahead(max_ahead.unwrap_or(Duration::MAX));
    if let Some(device) = &device {
        options = options.namespace(device.namespace).device(device.uid);
    }
    options = if args.keep { options.channel(Channel::Queue) } else { broker::passing(options) };
    let device = device.map(|device| format!("{}.{}", device.namespace, device.uid));
    Listener { args, time, device }.run(options)
}

/// What is listened to, and for how long.
struct Listener<'a> {
    args: &'a ListenArgs,
    time: Option<Duration>,
    device: Option<String>,
}

impl Listener<'_> {
    fn run(self, options: BrokerOptions) -> Result<(), Failure> {
        let stop = Stop::catch()?;
        let client = Broker::open(options)?;
        let heard = self.hear(&client);
        stop.endure();
        let stats = client.stats()?;
        let (received, stale, ahead) = (stats.received, stats.stale, stats.ahead);
        log::info!(
            target: "byteport::listen",
            "received {received} messages, of which {stale} too old and {ahead} of the future were left out"
        );
        client.close(FAREWELL)?;
        match heard {
            Err(Failure::Call(error)) if error.code() == ErrorCode::Stopped && stop.is_wanted() => Ok(()),
            other => other,
        }
    }

    fn hear(self, client: &Broker) -> Result<(), Failure> {
        let ends = self.time.and_then(|time| Instant::now().checked_add(time));
        client.first_try()?; // why it failed may be a mistake in the address
        self.subscribe(client)?;
        let (format, is_terminal) = (self.args.format, output::is_terminal());
        let mut printer = Printer { out: output::open()?, format, is_terminal, device: self.device };
        printer.begin()?;
        let mut count = 0;
        while self.args.count.is_none_or(|most| count < most) {
            let left = ends.map_or(Duration::MAX, |ends| ends.saturating_duration_since(Instant::now()));
            let Some(delivery) = client.receive(left)? else { break };
            printer.delivery(&delivery, Timestamp::now())?;
            client.settle(&delivery, Verdict::Taken)?;
            count += delivery.messages().len() as u64;
        }
        Ok(())
    }

    fn subscribe(&self, client: &Broker) -> Result<(), Failure> {
        if self.args.topics.is_empty() {
            client.subscribe_own()?;
        }
        for topic in &self.args.topics {
            client.subscribe(topic)?;
        }
        let names = self.device.clone().unwrap_or_else(|| self.args.topics.join(", "));
        log::info!(target: "byteport::listen", "listening to {names}");
        Ok(())
    }
}
