// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! One connection to a broker.

use std::sync::Mutex;
use std::time::Duration;

use byteport_core::broker::{Broker, BrokerState, Delivery, Protocol, Verdict};

use super::options::Given;
use crate::fatal::Fatal;
use crate::journal;

/// How long a call waits for a broker to confirm a message to a device.
const CONFIRM: Duration = Duration::from_secs(2);

/// A connection, which is made again whenever it is lost.
pub struct Link {
    client: Broker,
    protocol: Protocol,
    host: String,
    vhost: String,
    name: String,
    /// Where packets come from.
    source: String,
    /// What the log says of it.
    said: Mutex<Said>,
}

/// What the log says of a connection.
#[derive(Default)]
struct Said {
    connections: u64,
    /// Why there is none.
    trouble: String,
}

/// What was handed over and waits for the broker's word.
pub struct Handed {
    /// What the broker had refused before.
    refused: u64,
}

impl Link {
    /// Makes the client, which connects in the background.
    pub fn open(given: Given) -> Result<Self, Fatal> {
        let Given { options, host, vhost, name, source, protocol } = given;
        let client = Broker::open(options);
        let client = client.map_err(|error| Fatal::new(format_args!("--ingest {name}: {error}")))?;
        Ok(Self { client, protocol, host, vhost, name, source, said: Mutex::default() })
    }

    /// How it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The virtual host.
    pub fn vhost(&self) -> &str {
        &self.vhost
    }

    /// Whether the other one goes to the same virtual host of the same machine, by whichever protocol.
    pub fn leads_where(&self, other: &Self) -> bool {
        let machine = |link: &Self| match link.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host.to_owned(),
            _ => link.host.clone(),
        };
        self.vhost == other.vhost && machine(self) == machine(other)
    }

    /// The next delivery, if one comes in time.
    ///
    /// # Errors
    /// Where none can come for now: the broker does not let this login in, or not read from there.
    pub fn receive(&self, timeout: Duration) -> byteport_core::Result<Option<Delivery>> {
        self.client.receive(timeout)
    }

    /// Tells the broker that a delivery is taken.
    pub fn settle(&self, delivery: &Delivery) {
        // It fails in a forked child alone, and this process never forks.
        let _ = self.client.settle(delivery, Verdict::Taken);
    }

    /// Hands a list of packets over for a device, to each of the destinations where it may listen, and does not wait; says
    /// whether the client has taken them.
    pub fn hand_over(&self, guid: &str, list: &[u8]) -> Option<Handed> {
        let refused = self.client.stats().ok()?.refused;
        let start = match self.protocol {
            Protocol::Mqtt => "",
            Protocol::Stomp => "/topic/",
        };
        let destinations = [format!("{start}{guid}"), format!("{start}device_messages_{guid}")];
        let posted = destinations.iter().try_for_each(|destination| self.client.post(destination, list));
        if let Err(error) = &posted {
            journal::warn(format_args!("a message to a device does not go to {}: {error}", self.name));
        }
        posted.is_ok().then_some(Handed { refused })
    }

    /// Waits until the broker has confirmed what was handed over, but not while it is away.
    pub fn confirms(&self, handed: Handed) -> bool {
        let stats = || self.client.stats().ok();
        let is_open = stats().is_some_and(|stats| stats.state == BrokerState::Open);
        is_open
            && self.client.flush(CONFIRM).is_ok_and(|missing| missing == 0)
            && stats().is_some_and(|stats| stats.refused == handed.refused)
    }

    /// Looks at the connection: asks for packets, where the broker has not promised them, and logs that they come, or why there is
    /// no connection.
    pub fn watch(&self) {
        let (Ok(stats), Ok(mut said)) = (self.client.stats(), self.said.lock()) else { return };
        if stats.state == BrokerState::Open {
            said.trouble.clear();
            // Why that fails the next receive tells.
            if stats.connections != said.connections && self.client.subscribe(&self.source).is_ok() {
                said.connections = stats.connections;
                journal::info(format_args!("takes packets from {}", self.name));
            }
        } else if !stats.last_error.is_empty() && stats.last_error != said.trouble {
            journal::warn(format_args!("no connection to {}: {}", self.name, stats.last_error));
            said.trouble = stats.last_error;
        }
    }

    /// Says goodbye, within this time and two seconds.
    pub fn close(&self, limit: Duration) {
        if self.client.close(limit).is_ok_and(|missing| missing > 0) {
            journal::warn(format_args!("messages to devices are not sent, for {} is away", self.name));
        }
    }
}
