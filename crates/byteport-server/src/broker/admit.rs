// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Which readings that came by a broker may be stored.
//!
//! Invariants: nothing is changed here; a reading that may not be stored is told apart from a database that cannot be asked.

use std::sync::Arc;

use super::options::ROOT;
use crate::answer::Failure;
use crate::ingest::packets::{Rules, known};
use crate::ingest::reading::{Admitted, Reading};
use crate::store::Connection;

/// What becomes of readings.
#[derive(Default)]
pub struct Sifted {
    /// Those that may be stored.
    pub admitted: Vec<Admitted>,
    /// The places of those that may not, and why.
    pub refused: Vec<(usize, Failure)>,
}

/// Looks at readings that came from a virtual host.
pub fn sift(connection: &Connection, readings: &[Arc<Reading>], vhost: &str) -> Result<Sifted, Failure> {
    let mut rules = Rules::new();
    let is_of_one = vhost != ROOT && known(&mut rules, connection, vhost)?.is_some();
    let mut sifted = Sifted::default();
    for (place, reading) in readings.iter().enumerate() {
        let rules = known(&mut rules, connection, &reading.namespace)?;
        let outcome = match is_of_one && reading.namespace != vhost {
            true => Err(Failure::forbidden("the virtual host is another namespace's")),
            false => reading.without_key(connection, rules),
        };
        match outcome {
            Ok(admitted) => sifted.admitted.push(admitted),
            Err(failure) if failure.status().is_client_error() => sifted.refused.push((place, failure)),
            Err(failure) => return Err(failure),
        }
    }
    Ok(sifted)
}
