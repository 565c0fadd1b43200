// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Dead letters: what came by a broker and cannot be stored.
//!
//! Invariants: at most [`KEPT`] are kept, each with the first [`LONGEST`] bytes of its body, so together at most 64 MiB; one more
//! takes the place of the oldest. The log tells of the first at once, and of others in sum, a minute's in a line.

use std::time::{Duration, Instant};

use byteport_core::model::Timestamp;

use crate::answer::Failure;
use crate::journal;
use crate::store::{Bind as _, Connection, Value};
use crate::values;

/// Dead letters that are kept.
pub const KEPT: usize = 4096;
/// The bytes of a body that are kept.
pub const LONGEST: usize = 16 * 1024;
/// How often the log tells of them.
const EVERY: Duration = Duration::from_secs(60);

/// What cannot be stored.
#[derive(Clone, Debug)]
pub struct Letter {
    /// When it came.
    pub received: Timestamp,
    /// Where it came from at the broker.
    pub destination: String,
    /// The namespace that it is for, as far as that can be told.
    pub namespace: Option<String>,
    /// Why it cannot be stored.
    pub reason: String,
    /// How long it was.
    pub length: usize,
    /// How it begins.
    pub body: Vec<u8>,
}

impl Letter {
    /// Of a text that came.
    pub fn new(
        received: Timestamp,
        destination: &str,
        namespace: Option<&str>,
        reason: String,
        text: &[u8],
    ) -> Self {
        let body = text.get(..LONGEST).unwrap_or(text).to_vec();
        let namespace = namespace.map(str::to_owned);
        Self { received, destination: destination.to_owned(), namespace, reason, length: text.len(), body }
    }

    fn row<'a>(&'a self, broker: &'a str, (received, length): &'a (i64, i64)) -> [Value<'a>; 7] {
        [
            received.value(),
            broker.value(),
            self.destination.value(),
            self.namespace.value(),
            self.reason.value(),
            length.value(),
            self.body.as_slice().value(),
        ]
    }
}

/// Keeps letters, which came from this broker.
pub fn keep(connection: &Connection, broker: &str, letters: &[Letter]) -> Result<(), Failure> {
    let letters = letters.get(letters.len().saturating_sub(KEPT)..).unwrap_or(letters);
    let numbers = |letter: &Letter| (letter.received.as_micros(), letter.length as i64);
    let numbers: Vec<_> = letters.iter().map(numbers).collect();
    let rows: Vec<_> =
        letters.iter().zip(&numbers).map(|(letter, numbers)| letter.row(broker, numbers)).collect();
    let sql = "INSERT INTO dead_letter (received, broker, destination, namespace, reason, length, body)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.execute_many(sql, &rows)?;
    let sql = "DELETE FROM dead_letter WHERE id <=
                   (SELECT id FROM dead_letter ORDER BY id DESC LIMIT 1 OFFSET ?1)";
    connection.execute(sql, values![KEPT as i64])?;
    Ok(())
}

/// What the log tells of them.
#[derive(Default)]
pub struct Told {
    /// How many it has not told of.
    untold: usize,
    last: Option<Instant>,
}

impl Told {
    /// There are so many more.
    pub fn count(&mut self, broker: &str, letters: usize) {
        self.untold += letters;
        self.tell(broker);
    }

    /// Tells, if it is time.
    pub fn tell(&mut self, broker: &str) {
        if self.untold > 0 && self.last.is_none_or(|last| last.elapsed() >= EVERY) {
            self.tell_all(broker);
        }
    }

    /// Tells at once.
    pub fn tell_all(&mut self, broker: &str) {
        if self.untold > 0 {
            let count = std::mem::take(&mut self.untold);
            self.last = Some(Instant::now());
            journal::warn(format_args!(
                "dead letters from {broker}: {count} more, see /api/local/dead_letters/"
            ));
        }
    }
}
