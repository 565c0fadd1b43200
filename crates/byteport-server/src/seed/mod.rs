// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The seed: users, namespaces and devices that a file asks for.
//!
//! Invariants: a seed is applied as a whole or not at all; applying it again changes nothing;
//! what the file does not name stays as it is; a list of a user's namespaces, where there is one,
//! becomes that user's grants; files of firmwares are kept before anything of the seed is, and one that
//! nothing names harms nobody. Passwords follow after the start ([`settle`](mod@settle)). No error
//! text repeats a key or a password.

pub mod apply;
pub mod device;
pub mod file;
pub mod image;
pub mod item;
pub mod settle;

use std::fmt;
use std::path::Path;

use crate::fatal::Fatal;
use crate::journal;
use crate::store::{self, Connection};

pub use settle::{Password, Settled, settle};

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

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Self::new("database", error)
    }
}

/// Reads the file and applies it in one transaction; gives the passwords that are to be settled.
///
/// The files of firmwares go to the folder `media`. Of servers that start at once on one database, one
/// applies its seed after the other.
pub fn load(connection: &Connection, path: &Path, media: Option<&Path>) -> Result<Vec<Password>, Fatal> {
    let failed = |reason: &dyn fmt::Display| Fatal::new(format_args!("seed {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    let mut seed = file::parse(path, &text).map_err(|reason| failed(&reason))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let outcome = file::check(&seed).and_then(|()| {
        image::keep_all(&mut seed, folder, media)?;
        let passwords = connection.alone(|connection| apply::all(connection, &seed))?;
        journal::info(format_args!("the seed is applied"));
        Ok(passwords)
    });
    outcome.map_err(|fault| failed(&format_args!("{}: {}", fault.place, fault.reason)))
}
