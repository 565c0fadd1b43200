// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The way through a broker's client, which publishes when there is something to publish.
//!
//! Invariants: that client makes its connection when it has something to send and tells of a failure at once, so that `retry`
//! alone decides when to try again; it subscribes to nothing.

use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Instant;

use super::super::way::{Way, wrong};
use super::super::{Outbox, OutboxOptions};
use crate::broker::{Broker, BrokerOptions};
use crate::error::Result;
use crate::http::Client;

/// The broker's options, as they were given.
#[derive(Debug, Clone)]
pub(crate) struct Settings(BrokerOptions);

/// An open client of the broker.
#[derive(Clone)]
pub(in crate::outbox) struct Through {
    broker: Arc<Broker>,
    max_list: usize,
}

impl OutboxOptions {
    /// Uploads through this broker, in lists of packets of up to its [`max_list`](BrokerOptions::max_list) bytes: what the broker
    /// has confirmed is delivered, for the service takes it from there. No API key is needed. Namespace and device are the
    /// client's where these options name none.
    ///
    /// The connection is made when there is something to upload, and tried again as the outbox tries the service; it ends when
    /// nothing was uploaded for a keep-alive. The MQTT session is a clean one, and the client identifier, unless given,
    /// `NAMESPACE.UID.outbox-` and eight digits of this opening: a broker lets one client have each, and a device that listens
    /// has `NAMESPACE.UID`.
    pub fn broker(mut self, broker: BrokerOptions) -> OutboxOptions {
        self.broker = Some(Settings(broker));
        self
    }
}

impl Outbox {
    /// Changes the broker login for all that is uploaded from now on, and tries the broker at once. What is on its way is sent
    /// again with the new one.
    ///
    /// # Errors
    /// [`ErrorCode::NotConfigured`](crate::ErrorCode::NotConfigured) for an empty login;
    /// [`ErrorCode::InvalidArgument`](crate::ErrorCode::InvalidArgument) for a login or password that has control characters or
    /// more than 4,096 bytes, and where readings go through no broker;
    /// [`ErrorCode::File`](crate::ErrorCode::File) where no thread can be started;
    /// [`ErrorCode::Closed`](crate::ErrorCode::Closed); [`ErrorCode::Forked`](crate::ErrorCode::Forked).
    pub fn set_login(&self, login: &str, password: &str) -> Result<()> {
        let shared = self.shared()?;
        let Some(settings) = &shared.options.broker else {
            return Err(wrong("no broker is between, so there is no login: set the key"));
        };
        let settings = Settings(settings.0.clone().login(login, password));
        shared.take_way(Way::Broker(Through::open(&settings, &shared.client)?))?;
        self.resume()
    }
}

impl Settings {
    /// What an outbox needs of a broker.
    pub(in crate::outbox) fn check(&self) -> Result<()> {
        if !self.0.confirm {
            return Err(wrong("an outbox needs the broker's confirmation to know what is delivered"));
        }
        if !self.0.destinations.is_empty() {
            return Err(wrong("an outbox publishes only: listen with a broker's client of its own"));
        }
        Ok(())
    }

    pub(in crate::outbox) fn namespace(&self) -> Option<&str> {
        self.0.namespace.as_deref()
    }

    pub(in crate::outbox) fn device(&self) -> Option<&str> {
        self.0.device.as_deref()
    }

    /// Those of a client that publishes beside others of the same device.
    fn publisher(&self, client: &Client) -> BrokerOptions {
        let mut options = self.0.clone();
        options.namespace = options.namespace.or_else(|| client.namespace().map(str::to_owned));
        options.device = options.device.or_else(|| client.device().map(str::to_owned));
        if let (None, Some(namespace), Some(device)) =
            (&options.client_id, &options.namespace, &options.device)
        {
            // Another at each opening: several programs may have outboxes of one device.
            let opening = std::hash::RandomState::new().hash_one(Instant::now()) as u32;
            options.client_id = Some(format!("{namespace}.{device}.outbox-{opening:08x}"));
        }
        options.clean_session(true).reconnect(false)
    }
}

impl Through {
    /// Makes the broker's client, which does not connect yet.
    pub(in crate::outbox) fn open(settings: &Settings, client: &Client) -> Result<Through> {
        let options = settings.publisher(client);
        let max_list = options.max_list;
        Ok(Through { broker: Arc::new(Broker::open(options)?), max_list })
    }

    /// The most bytes of one list of packets.
    pub(in crate::outbox) fn max_list(&self) -> usize {
        self.max_list
    }

    /// Publishes a list of packets, and waits until the broker has it.
    pub(in crate::outbox) fn store_list(&self, list: &str) -> Result<()> {
        self.broker.store_list(list)
    }

    /// Ends what is under way, without waiting.
    pub(in crate::outbox) fn stop(&self) {
        self.broker.stop();
    }

    /// Joins the thread of a client that was stopped, if it ends in time.
    pub(in crate::outbox) fn join(&self, patience: Instant) {
        self.broker.threads.join(patience);
    }
}
