// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The seed: users, namespaces and devices that a file asks for.
//!
//! Invariants: a seed is applied as a whole or not at all; applying it again changes nothing;
//! what the file does not name stays as it is, except a user's grants, which become those of
//! the file. No error text repeats a key or a password.

pub mod apply;
pub mod file;

use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use crate::answer::Failure;

/// Why a seed is not applied: the file, the place in it, the reason.
#[derive(Debug)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}

/// Why a part of a seed is wrong: the place in the file and the reason.
#[derive(Debug)]
pub struct Fault {
    place: String,
    reason: String,
}

impl Fault {
    /// A fault at a place such as `namespaces[0].name`.
    pub fn new(place: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { place: place.into(), reason: reason.to_string() }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::new("database", error)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::new("password", failure.reason())
    }
}

/// Reads the file and applies it in one transaction.
pub fn load(connection: &mut Connection, path: &Path) -> Result<(), SeedError> {
    let failed = |reason: &dyn fmt::Display| SeedError(format!("seed {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    let seed = file::parse(path, &text).map_err(|reason| failed(&reason))?;
    let outcome = file::check(&seed).and_then(|()| {
        let transaction = connection.transaction()?;
        apply::all(&transaction, &seed)?;
        Ok(transaction.commit()?)
    });
    outcome.map_err(|fault| failed(&format_args!("{}: {}", fault.place, fault.reason)))
}
