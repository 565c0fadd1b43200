// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The way that readings take to the service: by its API, or through a broker.
//!
//! Invariants: all threads that upload share one client of the broker, which makes its connection when there is something to
//! upload and tells of a failure at once, so that `retry` alone decides when to try again; that client subscribes to nothing.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Instant;

use super::OutboxOptions;
use super::wire::Parcel;
use crate::broker::{Broker, BrokerOptions};
use crate::error::{Error, ErrorCode, Result};
use crate::http::Client;

/// See the module.
#[derive(Clone)]
pub(super) enum Way {
    /// By the API, with the key for stores; in lists of packets, where there is a key for them.
    Api { key: String, legacy: Option<String> },
    /// In lists of packets of at most so many bytes, through a broker.
    Broker { broker: Arc<Broker>, max_list: usize },
}

/// Keys are not shown.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Api { .. } => "Api",
            Self::Broker { .. } => "Broker",
        })
    }
}

impl Way {
    /// The way that the options and the client tell.
    pub fn open(client: &Client, options: &OutboxOptions) -> Result<Way> {
        let missing = |what| {
            let message = format!("an outbox needs {what} when making the client");
            Error::new(ErrorCode::NotConfigured, message)
        };
        if options.broker.is_some() {
            options.namespace(client).ok_or_else(|| missing("a namespace: give it"))?;
            return Way::through_broker(client, options, None);
        }
        let key = client.key().filter(|_| client.namespace().is_some());
        let key = key.ok_or_else(|| missing("a namespace and an API key: give both"))?.to_owned();
        Ok(Way::Api { key, legacy: options.legacy_key.clone() })
    }

    /// The way through the broker of the options, with another login where one is given.
    pub fn through_broker(
        client: &Client,
        options: &OutboxOptions,
        login: Option<(&str, &str)>,
    ) -> Result<Way> {
        let Some(mut settings) = options.broker.clone() else {
            return Err(wrong("no broker is between, so there is no login: set the key"));
        };
        if let Some((login, password)) = login {
            settings = settings.login(login, password);
        }
        let settings = publisher(settings, client);
        let max_list = settings.max_list;
        Ok(Way::Broker { broker: Arc::new(Broker::open(settings)?), max_list })
    }

    /// The key for stores; none has a broker.
    pub fn key(&self) -> &str {
        match self {
            Self::Api { key, .. } => key,
            Self::Broker { .. } => "",
        }
    }

    /// The parcel of one list, where readings go in lists.
    pub fn list(&self) -> Option<Parcel> {
        match self {
            Self::Api { legacy, .. } => legacy.as_ref().map(|_| Parcel::packets()),
            Self::Broker { max_list, .. } => Some(Parcel::published(*max_list)),
        }
    }

    /// Changes the key for stores.
    pub fn set_key(&mut self, text: &str) -> Result<()> {
        let (key, _) = self.keys()?;
        *key = checked(text)?;
        Ok(())
    }

    /// Changes the key for lists of packets.
    pub fn set_legacy_key(&mut self, text: &str) -> Result<()> {
        let (_, legacy) = self.keys()?;
        *legacy = Some(checked(text)?);
        Ok(())
    }

    fn keys(&mut self) -> Result<(&mut String, &mut Option<String>)> {
        match self {
            Self::Api { key, legacy } => Ok((key, legacy)),
            Self::Broker { .. } => Err(wrong("a broker is between, which asks for no key: set the login")),
        }
    }

    /// Ends what is under way through a broker, without waiting.
    pub fn stop(&self) {
        if let Self::Broker { broker, .. } = self {
            broker.stop();
        }
    }

    /// Joins the thread of a broker's client that was stopped, if it ends in time.
    pub fn join(&self, patience: Instant) {
        if let Self::Broker { broker, .. } = self {
            broker.threads.join(patience);
        }
    }
}

/// The settings of a client that publishes when there is something to publish, beside others of the same device.
fn publisher(mut settings: BrokerOptions, client: &Client) -> BrokerOptions {
    settings.namespace = settings.namespace.or_else(|| client.namespace().map(str::to_owned));
    settings.device = settings.device.or_else(|| client.device().map(str::to_owned));
    if let (None, Some(namespace), Some(device)) =
        (&settings.client_id, &settings.namespace, &settings.device)
    {
        // Another at each opening: several programs may have outboxes of one device.
        let opening = std::hash::RandomState::new().hash_one(Instant::now()) as u32;
        settings.client_id = Some(format!("{namespace}.{device}.outbox-{opening:08x}"));
    }
    settings.clean_session(true).reconnect(false)
}

fn checked(key: &str) -> Result<String> {
    if key.is_empty() {
        return Err(wrong("the key is empty"));
    }
    Ok(key.to_owned())
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}
