// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Deliveries that are stored together.
//!
//! Invariants: readings are stored before the dead letters beside them; both are on disk before the broker is told. What is
//! stored twice, because the broker was not told of the first time, is stored once, for its time is the same.

use std::sync::{Arc, Mutex, PoisonError};

use byteport_core::broker::Delivery;
use byteport_core::model::Timestamp;
use byteport_core::model::name::{self, NameKind};
use byteport_core::model::packet::{self, Item};
use serde::Deserialize;

use super::admit;
use super::letters::{self, Letter};
use super::options::ROOT;
use crate::answer::Failure;
use crate::ingest::packets::{self, UNDATED};
use crate::ingest::reading::Reading;
use crate::store::{Connection, Store};

/// The most deliveries in a batch.
pub const MOST: usize = 500;
/// A batch takes no more deliveries once they have so many bytes.
pub const BYTES: usize = 8 * 1024 * 1024;

/// Where a batch comes from.
pub struct Source<'a> {
    /// The broker as it is called.
    pub broker: &'a str,
    /// Its virtual host.
    pub vhost: &'a str,
}

impl Source<'_> {
    /// Whose packets come from here, as far as that is known.
    fn owner(&self) -> Option<String> {
        Some(self.vhost).filter(|vhost| *vhost != ROOT).map(str::to_owned)
    }
}

/// The namespace that a bad packet names, where that can be read.
fn namespace_of(text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        namespace: String,
    }
    let named: Named = serde_json::from_slice(text).ok()?;
    Some(named.namespace).filter(|namespace| name::check(NameKind::Namespace, namespace).is_ok())
}

/// A part of a list, and where it came from.
struct Text<'a> {
    destination: &'a str,
    bytes: &'a [u8],
}

/// What is stored in one go: at most as many packets and fields as one call over HTTP may store, and one packet more.
#[derive(Default)]
pub struct Piece<'a> {
    readings: Vec<Arc<Reading>>,
    /// Of each reading.
    texts: Vec<Text<'a>>,
    letters: Vec<Letter>,
    weight: usize,
}

impl<'a> Piece<'a> {
    /// Takes in an item of a list that was received at this time.
    pub fn take(&mut self, item: Item<'a>, delivery: &'a Delivery, received: Timestamp, source: &Source<'_>) {
        let text = Text { destination: delivery.destination(), bytes: item.text };
        self.weight += 1;
        match item.packet {
            Ok(packet) if packets::is_dated(&packet) => {
                self.weight += packet.fields.len();
                self.readings.push(Arc::new(packets::reading(packet, received)));
                self.texts.push(text);
            }
            Ok(packet) => self.letters.push(text.letter(received, Some(&packet.namespace), UNDATED.into())),
            Err(error) => {
                let named = namespace_of(item.text).or_else(|| source.owner());
                self.letters.push(text.letter(received, named.as_deref(), error.to_string()));
            }
        }
    }

    /// Whether it is to be stored before more is taken in.
    pub fn is_full(&self) -> bool {
        self.weight >= packets::MOST
    }

    /// Stores all that can be stored, and keeps the rest as dead letters; gives how many these are.
    pub async fn store(&self, store: &Store, source: &Source<'_>) -> Result<usize, Failure> {
        let mut letters = self.letters.clone();
        if !self.readings.is_empty() {
            let refused = self.add(store, source.vhost).await?;
            letters.extend(refused.into_iter().filter_map(|(place, failure)| self.refused(place, &failure)));
        }
        let count = letters.len();
        if count > 0 {
            let broker = source.broker.to_owned();
            store.write(move |connection| letters::keep(connection, &broker, &letters)).await?;
        }
        Ok(count)
    }

    /// Adds the readings that may be stored; gives the places of the others, and why.
    async fn add(&self, store: &Store, vhost: &str) -> Result<Vec<(usize, Failure)>, Failure> {
        let refused: Arc<Mutex<Vec<_>>> = Arc::default();
        let (readings, told, vhost) = (self.readings.clone(), Arc::clone(&refused), vhost.to_owned());
        let admit = move |connection: &Connection| {
            let sifted = admit::sift(connection, &readings, &vhost)?;
            // Whatever an earlier attempt has left there is of no account.
            *told.lock().unwrap_or_else(PoisonError::into_inner) = sifted.refused;
            Ok(sifted.admitted)
        };
        store.add(admit).await?;
        let refused = std::mem::take(&mut *refused.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(refused)
    }

    fn refused(&self, place: usize, failure: &Failure) -> Option<Letter> {
        let (reading, text) = (self.readings.get(place)?, self.texts.get(place)?);
        Some(text.letter(reading.received, Some(&reading.namespace), failure.reason().to_owned()))
    }
}

impl Text<'_> {
    fn letter(&self, received: Timestamp, namespace: Option<&str>, reason: String) -> Letter {
        Letter::new(received, self.destination, namespace, reason, self.bytes)
    }
}

/// The items of a delivery.
pub fn items(delivery: &Delivery) -> packet::Items<'_> {
    packet::items(delivery.body(), packets::MOST)
}
