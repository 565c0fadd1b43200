// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The way that readings take to the service: by its API, or through a broker.
//!
//! Invariant: all threads that upload share one way, and so one client of a broker.

use std::fmt;
use std::time::Instant;

use super::OutboxOptions;
use super::through::Through;
use super::wire::Parcel;
use crate::error::{Error, ErrorCode, Result};
use crate::http::Client;

/// See the module.
#[derive(Clone)]
pub(super) enum Way {
    /// By the API, with the key for stores; in lists of packets, where there is a key for them.
    Api { key: String, legacy: Option<String> },
    /// In lists of packets, through a broker.
    Broker(Through),
}

/// Keys are not shown.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Api { .. } => "Api",
            Self::Broker(_) => "Broker",
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
        if let Some(broker) = &options.broker {
            options.namespace(client).ok_or_else(|| missing("a namespace: give it"))?;
            return Ok(Way::Broker(Through::open(broker, client)?));
        }
        let key = client.key().filter(|_| client.namespace().is_some());
        let key = key.ok_or_else(|| missing("a namespace and an API key: give both"))?.to_owned();
        Ok(Way::Api { key, legacy: options.legacy_key.clone() })
    }

    /// The key for stores; none has a broker.
    pub fn key(&self) -> &str {
        match self {
            Self::Api { key, .. } => key,
            Self::Broker(_) => "",
        }
    }

    /// The parcel of one list, where readings go in lists.
    pub fn list(&self) -> Option<Parcel> {
        match self {
            Self::Api { legacy, .. } => legacy.as_ref().map(|_| Parcel::packets()),
            Self::Broker(through) => Some(Parcel::published(through.max_list())),
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
            Self::Broker(_) => Err(wrong("a broker is between, which asks for no key: set the login")),
        }
    }

    /// Ends what is under way through a broker, without waiting.
    pub fn stop(&self) {
        if let Self::Broker(through) = self {
            through.stop();
        }
    }

    /// Joins the thread of a broker's client that was stopped, if it ends in time.
    pub fn join(&self, patience: Instant) {
        if let Self::Broker(through) = self {
            through.join(patience);
        }
    }
}

fn checked(key: &str) -> Result<String> {
    if key.is_empty() {
        return Err(wrong("the key is empty"));
    }
    Ok(key.to_owned())
}

pub(super) fn wrong(message: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}
