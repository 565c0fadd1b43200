// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the command line says of an outbox: its bounds, and how it uploads.

use std::time::Duration;

use byteport_core::outbox::{Durability, Order, OutboxOptions, WhenFull};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::exit::Failure;
use crate::options::BrokerArgs;
use crate::settings::{self, Name, Settings};
use crate::{broker, span};

/// How long a store waits at its end unless `--wait` says it.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// The most bytes in memory unless `--max-memory` says it.
const USUAL_MEMORY: u64 = 256 << 10;

/// How an outbox uploads.
#[derive(Args)]
pub struct UploadArgs {
    /// How long to wait at the end for what is still to be uploaded, 0 for not at all [default: 5 for store, and for replay
    /// until nothing is left]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, requires = "outbox")]
    wait: Option<String>,
    /// How many connections upload at once; each device's readings go one after the other [default: 1]
    #[arg(long, value_name = "NUMBER", requires = "outbox")]
    connections: Option<usize>,
    /// Which of a device's readings go first [default: oldest_first]
    #[arg(long, value_name = "ORDER", value_parser = order(), requires = "outbox")]
    order: Option<Order>,
    /// The most readings a second that are uploaded
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true, requires = "outbox")]
    max_rate: Option<f64>,
    /// The clock is not set while it is earlier than this: what is measured then is kept with the time since the system
    /// started, and uploaded when the clock is right
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, requires = "outbox")]
    clock_floor: Option<String>,
    #[command(flatten)]
    broker: BrokerArgs,
}

/// What an outbox may take, and how safe each reading is.
#[derive(Args)]
pub struct KeepArgs {
    /// How safe a reading is before the next one is read [default: disk]
    #[arg(long, value_name = "LEVEL", value_parser = durability(), requires = "outbox")]
    durability: Option<Durability>,
    /// The most bytes on disk, such as 64M [default: 16M]
    #[arg(long, value_name = "BYTES", requires = "outbox")]
    max_disk: Option<String>,
    /// The most bytes in memory that are not in the file, such as 1M [default: 256K]
    #[arg(long, value_name = "BYTES", requires = "outbox")]
    max_memory: Option<String>,
    /// The most readings that wait
    #[arg(long, value_name = "NUMBER", requires = "outbox")]
    max_count: Option<u64>,
    /// How long a reading waits at the most: 10m, 1h, 2d, 1w
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, requires = "outbox")]
    max_age: Option<String>,
    /// What gives way when there is no room left [default: drop_oldest]
    #[arg(long, value_name = "CHOICE", value_parser = when_full(), requires = "outbox")]
    when_full: Option<WhenFull>,
}

fn named<T: Clone + Send + Sync + 'static>(
    names: impl IntoIterator<Item = &'static str>,
    of: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names).try_map(move |name| of(&name).ok_or("no such choice"))
}

fn durability() -> impl TypedValueParser<Value = Durability> {
    named(Durability::ALL.map(Durability::text), Durability::from_text)
}

fn when_full() -> impl TypedValueParser<Value = WhenFull> {
    named(WhenFull::ALL.map(WhenFull::text), WhenFull::from_text)
}

fn order() -> impl TypedValueParser<Value = Order> {
    named([Order::OldestFirst, Order::NewestFirst].map(Order::text), Order::from_text)
}

impl UploadArgs {
    /// Whether they name a broker.
    pub fn name_broker(&self) -> bool {
        self.broker.broker.is_some()
    }

    /// Adds what these say, but for the way.
    pub fn add(&self, mut options: OutboxOptions) -> Result<OutboxOptions, Failure> {
        if let Some(connections) = self.connections {
            options = options.connections(connections);
        }
        if let Some(order) = self.order {
            options = options.order(order);
        }
        if let Some(rate) = self.max_rate {
            options = options.max_rate(rate);
        }
        if let Some(floor) = &self.clock_floor {
            options = options.clock_floor(span::moment(floor)?);
        }
        Ok(options)
    }

    /// How long a store waits at its end.
    pub fn wait(&self) -> Result<Duration, Failure> {
        Ok(self.wait_if_given()?.unwrap_or(USUAL_WAIT))
    }

    /// How long to wait at the end, if that is said.
    pub fn wait_if_given(&self) -> Result<Option<Duration>, Failure> {
        match self.wait.as_deref() {
            Some("0") => Ok(Some(Duration::ZERO)),
            text => text.map(|text| settings::seconds("wait", text)).transpose(),
        }
    }
}

/// Adds the way that the settings tell: the broker, or the key for lists of packets.
pub fn way(options: OutboxOptions, settings: &Settings) -> Result<OutboxOptions, Failure> {
    Ok(match (settings.broker(), settings.get(Name::LegacyKey)) {
        (Some(url), _) => options.broker(broker::options(settings, url)?),
        (None, Some(key)) => options.legacy_key(key),
        (None, None) => options,
    })
}

impl KeepArgs {
    /// How safe each reading is to be.
    pub fn durability(&self) -> Durability {
        self.durability.unwrap_or(Durability::Disk)
    }

    pub fn when_full(&self) -> WhenFull {
        self.when_full.unwrap_or_default()
    }

    /// The longest line that can be a reading: what it takes in memory, and what JSON may need to write it down.
    pub fn line_limit(&self) -> Result<usize, Failure> {
        let most = self.max_memory.as_deref().map_or(Ok(USUAL_MEMORY), bytes)?;
        Ok(usize::try_from(most.saturating_mul(2)).unwrap_or(usize::MAX).saturating_add(4096))
    }

    /// The options that these say.
    pub fn options(&self) -> Result<OutboxOptions, Failure> {
        let mut options = OutboxOptions::new();
        if let Some(text) = &self.max_disk {
            options = options.max_disk(bytes(text)?);
        }
        if let Some(text) = &self.max_memory {
            options = options.max_memory(bytes(text)?);
        }
        if let Some(count) = self.max_count {
            options = options.max_count(count);
        }
        if let Some(text) = &self.max_age {
            options = options.max_age(span::duration(text)?);
        }
        Ok(match self.when_full {
            Some(choice) => options.when_full(choice),
            None => options,
        })
    }
}

/// A number of bytes: `4096`, or with a power of 1,024, `256K`, `16M`, `1G`.
fn bytes(text: &str) -> Result<u64, Failure> {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let count: Option<u64> = digits.parse().ok().filter(|_| !digits.starts_with('+'));
    count.and_then(|count| count.checked_mul(unit)).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Failure::input(format!("{shown:?} is not a number of bytes: write 65536, 256K, 16M or 1G"))
    })
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn numbers_of_bytes() {
        for (text, count) in
            [("0", 0), ("4096", 4096), ("256K", 256 << 10), ("16m", 16 << 20), ("1G", 1 << 30)]
        {
            assert_eq!(bytes(text).unwrap(), count, "{text}");
        }
        for bad in ["", "K", "-1", "+1", "1.5M", "1T", "1 M", "18446744073709551615K", "16MB", "1ü"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }
}
