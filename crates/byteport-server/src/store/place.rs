// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Where the database is: what `--data` says.
//!
//! Invariant: an address's password is in no text that is made here.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::OpenFlags;

use super::connection::Connection;
use super::log::BUSY;
use super::pg::address::SCHEMES;
use super::pg::link::Use;
use super::pg::{self, Address, Link};
use super::{FILE_NAME, schema};
use crate::fatal::Fatal;

/// `--data` as it was given, which may hold a password.
#[derive(Clone)]
pub struct Data(OsString);

impl From<OsString> for Data {
    fn from(text: OsString) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Data")
    }
}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a folder, for this server alone.
    Folder(PathBuf),
    /// On PostgreSQL.
    Postgres(Arc<Address>),
}

impl Place {
    /// Reads what `--data` says.
    pub fn parse(data: &Data) -> Result<Self, Fatal> {
        let address = data.0.to_str().filter(|text| SCHEMES.iter().any(|scheme| text.starts_with(scheme)));
        let Some(address) = address else { return Ok(Self::Folder(data.0.clone().into())) };
        let address = Address::parse(address);
        let address =
            address.map_err(|reason| Fatal::new(format_args!("the address of --data: {reason}")))?;
        Ok(Self::Postgres(Arc::new(address)))
    }

    /// The folder, where there is one.
    #[must_use]
    pub fn folder(&self) -> Option<&PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Postgres(_) => None,
        }
    }

    /// Opens the database for writing, makes or updates its tables.
    pub fn open(&self) -> Result<Connection, Fatal> {
        match self {
            Self::Folder(folder) => Ok(schema::open(folder)?.into()),
            Self::Postgres(address) => {
                pg::schema::prepare(address)?;
                link(address, Use::Write)
            }
        }
    }

    /// A connection that cannot write.
    pub fn reader(&self) -> Result<Connection, Fatal> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(FILE_NAME);
                let named = |error| Fatal::new(format_args!("cannot open {}: {error}", path.display()));
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = rusqlite::Connection::open_with_flags(&path, flags).map_err(named)?;
                connection.busy_timeout(BUSY).map_err(named)?;
                connection.set_prepared_statement_cache_capacity(schema::STATEMENTS);
                Ok(connection.into())
            }
            Self::Postgres(address) => link(address, Use::Read),
        }
    }
}

fn link(address: &Arc<Address>, purpose: Use) -> Result<Connection, Fatal> {
    let link = Link::open(Arc::clone(address), purpose);
    let named = |error| Fatal::new(format_args!("cannot connect to {address}: {error}"));
    Ok(link.map_err(named)?.into())
}
