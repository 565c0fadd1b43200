// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Looking into a file without having it: while a program owns it, or nobody does. Nothing is changed.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::kind::{self, Kind, NO_DATABASE};
use super::lock;
use super::place::Place;
use super::room;
use super::totals::Kept;
use super::{Refused, Stored, Totals, Trouble, open, read, schema};
use crate::error::{Error, ErrorCode, Result};

/// A connection that only reads; or why there is none.
#[derive(Debug)]
pub(in crate::outbox) struct Looker {
    place: Place,
    connection: std::result::Result<Connection, String>,
}

impl Looker {
    /// Opens a file for reading. A damaged one is opened too, and says so when it is asked.
    pub fn open(path: &Path) -> Result<Looker> {
        let place = Place::of(path)?;
        let name = place.path.display().to_string();
        let refuse = |code, why: &str| Err(Error::new(code, format!("{name} {why}")));
        // To close a descriptor of a file gives up the locks that this process has on it, SQLite's, too.
        let is_own = lock::owner(&place.path) == Some(std::process::id());
        let kind = if is_own { Ok(Kind::Ours) } else { kind::look(&place) };
        let kind = kind.map_err(|error| {
            Error::new(ErrorCode::File, format!("{name} cannot be read: see that it may be")).because(error)
        })?;
        let connection = match kind {
            Kind::Nothing => {
                return refuse(ErrorCode::InvalidArgument, "is not there: name the file of an outbox");
            }
            Kind::Damaged(NO_DATABASE) => {
                return refuse(ErrorCode::InvalidArgument, "is no outbox, or its beginning is damaged");
            }
            Kind::Foreign => return refuse(ErrorCode::InvalidArgument, "is a database of another program"),
            Kind::Damaged(why) => Err(why.to_owned()),
            Kind::Newer(version) => {
                Err(format!("its version is {version}, this library knows {}", schema::VERSION))
            }
            Kind::Ours => connect(&place).map_err(|error| error.to_string()),
        };
        Ok(Looker { place, connection })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.place.path
    }

    /// Why nothing can be read, if that is so.
    pub fn problem(&self) -> Option<&str> {
        self.connection.as_ref().err().map(String::as_str)
    }

    fn ask<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let connection = self.connection.as_ref().map_err(|why| self.damaged(why))?;
        ask(connection).map_err(|error| {
            let trouble = Trouble::of(&error, &self.place.path);
            Error::new(ErrorCode::File, trouble.text().to_owned())
        })
    }

    fn damaged(&self, why: &str) -> Error {
        let message = format!(
            "{} is damaged ({why}): a program that opens it as its outbox saves what can be read",
            self.place.path.display()
        );
        Error::new(ErrorCode::File, message)
    }

    /// The totals; `None` where they are damaged.
    pub fn totals(&self) -> Result<Option<Totals>> {
        self.ask(|connection| Ok(Kept::read(connection)?.map(|kept| kept.totals)))
    }

    /// The first block after this one, and whether its row is what was written.
    pub fn next(&self, after: u64) -> Result<Option<(Stored, bool)>> {
        self.ask(|connection| {
            let Some(found) = read::find(connection, read::NEXT, after)? else { return Ok(None) };
            if found.id <= after {
                return Err(read::out_of_order());
            }
            let (id, is_sound) = (found.id, found.is_sound);
            Ok(Some((found.settle(read::done(connection, id)?), is_sound)))
        })
    }

    /// Readings in quarantine after this row; `None` for a damaged one.
    pub fn refused(&self, after: i64, most: u32) -> Result<Vec<(i64, Option<Refused>)>> {
        self.ask(|connection| read::refused(connection, after, most))
    }

    /// What SQLite finds wrong.
    pub fn check(&self) -> Result<Vec<String>> {
        self.ask(open::check)
    }

    /// Runs `look` on one state of the file, whatever its owner does meanwhile.
    pub fn at_once<T>(&self, look: impl FnOnce() -> Result<T>) -> Result<T> {
        self.ask(|connection| connection.execute_batch("BEGIN"))?;
        let looked = look();
        self.ask(|connection| connection.execute_batch("COMMIT"))?;
        looked
    }

    /// The bytes that the outbox takes on the disk.
    pub fn disk_bytes(&self) -> u64 {
        let files = [self.place.path.clone(), self.place.log(), self.place.reserve()];
        files.iter().map(|path| room::length_of(path)).sum()
    }
}

/// A file without a log is read as it is; one with a log by SQLite's rules, which leave the owner in peace.
fn connect(place: &Place) -> rusqlite::Result<Connection> {
    let connection = if room::length_of(&place.log()) == 0 {
        kind::open_still(&place.path)?
    } else {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(&place.path, flags)?
    };
    schema::tune_reader(&connection)?;
    Ok(connection)
}

/// The bound of a file that is opened to change its quarantine: it is none.
pub(in crate::outbox) const NO_BOUND: u64 = 1 << 40;
