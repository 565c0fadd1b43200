// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A file that is taken away while it is open: what was written through an open descriptor would be gone with the process.
//!
//! Invariant: before each write, database, write-ahead log and lock are where they were. Where one was removed, all that the open
//! connection still reads is put back in a new file; another file that is in the way is moved aside.

use std::os::unix::ffi::OsStrExt;

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::build::{self, Failure, Old};
use super::lock::Lock;
use super::open::OpenError;
use super::place::Identity;
use super::{File, Trouble, open};

impl File {
    /// Sees to it that the file is where it belongs.
    pub(super) fn stay(&mut self) -> Result<(), Trouble> {
        if self.is_gone {
            return Err(self.out_of_reach("it could not be put back; it is opened anew"));
        }
        if !self.lock.is_there(&self.place) {
            self.lock = Lock::take(&self.place).map_err(|error| match error {
                OpenError::Refused(error) => Trouble::Io(error.to_string()),
                OpenError::Unusable(why) => Trouble::Io(why),
            })?;
        }
        let there = Identity::at(&self.place.path).map_err(|error| self.out_of_reach(&error.to_string()))?;
        match there {
            Some(there) if there != self.identity => self.put_back(Old::Aside("displaced")),
            Some(_) if self.place.log().exists() => Ok(()),
            _ => self.put_back(Old::Removed),
        }
    }

    /// Writes all that can be read through the connection into a new file at the path, and goes on with that.
    fn put_back(&mut self, other: Old) -> Result<(), Trouble> {
        log::warn!(target: "byteport::outbox", "{} is written anew from what is open of it", self.place.path.display());
        self.copy_out().map_err(|failure| match failure {
            Failure::Sqlite(error) => self.trouble(&error),
            Failure::Io(error) => self.out_of_reach(&error.to_string()),
        })?;
        // Closed before the new one takes the path, so that closing touches nothing of it.
        let nothing = Connection::open_in_memory().map_err(|error| self.trouble(&error))?;
        self.is_gone = true;
        drop(std::mem::replace(&mut self.connection, nothing));
        // The log is of the file that is gone: no other may be read with it.
        build::remove_log(&self.place)
            .and_then(|()| build::install(&self.place, other))
            .map_err(|error| self.out_of_reach(&error.to_string()))?;
        let connected = open::connect(&self.place, self.room.max_disk)?;
        (self.connection, self.identity) = (connected.connection, connected.identity);
        (self.synchronous, self.is_gone) = (false, false);
        Ok(())
    }

    fn copy_out(&self) -> Result<(), Failure> {
        build::remove(&self.place.unfinished())?;
        let to = self.place.unfinished();
        let to = ToSqlOutput::Borrowed(ValueRef::Text(to.as_os_str().as_bytes()));
        self.connection.execute("VACUUM INTO ?", [to])?;
        Ok(build::publish(&self.place)?)
    }

    fn out_of_reach(&self, why: &str) -> Trouble {
        Trouble::Io(format!(
            "{} is no longer where it was: put it back, or open another outbox ({why})",
            self.place.path.display()
        ))
    }
}
