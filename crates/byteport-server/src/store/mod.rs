// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The storage: one SQLite file in the data folder, or a PostgreSQL database that several servers
//! share; one thread that writes, a few connections that read.
//!
//! Invariants: one process uses a data folder at a time ([`lock`]); every change goes through
//! the one writer of its server ([`writer`]) and is told done only after its commit, which is on disk
//! (`synchronous=FULL`, `synchronous_commit=on`); readers cannot write; short questions (who is logged
//! in, what is a name's id) have a reader of their own and never wait for long series. The other
//! modules see a [`Connection`] and one set of statements, whatever the database is.

pub mod batch;
pub mod connection;
pub mod error;
pub mod job;
pub mod lock;
pub mod log;
pub mod pg;
pub mod place;
pub mod reader;
pub mod row;
pub mod schema;
pub mod trouble;
pub mod value;
pub mod writer;

use crate::answer::Failure;
use crate::fatal::Fatal;
use crate::ingest::reading::Admitted;

pub use batch::Counts;
pub use connection::Connection;
pub use error::{Error, Result};
pub use place::Place;
pub use reader::Readers;
pub use row::Row;
pub use value::{Bind, Value};
pub use writer::Writer;

/// The database's file name in the data folder.
pub const FILE_NAME: &str = "byteport.sqlite3";

/// Both ways into the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    // Dropped first: the writer's connection, closed last, then folds the log into the database.
    readers: Readers,
    quick: Readers,
    writer: Writer,
}

/// Queries of any length that may run at the same time.
const READERS: usize = 4;
/// Short ones that may run beside them.
const QUICK_READERS: usize = 1;

impl Store {
    /// Starts the writer thread on a connection that [`Place::open`] gave.
    pub fn start(
        connection: Connection,
        place: &Place,
    ) -> std::result::Result<(Self, writer::Thread), Fatal> {
        let (writer, thread) = writer::start(connection)?;
        let readers = Readers::open(place, READERS)?;
        let quick = Readers::open(place, QUICK_READERS)?;
        Ok((Self { readers, quick, writer }, thread))
    }

    /// Runs a change, several times if another server is in the way; returns after it is on disk, or why
    /// it was not made.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> std::result::Result<T, Failure> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        self.writer.write(work).await
    }

    /// Adds the readings that are admitted, which must make no change itself; returns after they are on disk.
    pub async fn add(
        &self,
        admit: impl FnMut(&Connection) -> std::result::Result<Vec<Admitted>, Failure> + Send + 'static,
    ) -> std::result::Result<(), Failure> {
        self.writer.add(admit).await
    }

    /// Runs a query on a connection that cannot write.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> std::result::Result<T, Failure> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        self.readers.read(work).await
    }

    /// Runs a query that finds a few rows by their index, beside those of [`Store::read`].
    pub async fn look_up<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> std::result::Result<T, Failure> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        self.quick.read(work).await
    }

    /// How much was written since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.writer.counts()
    }

    /// Returns when the writer thread is gone, which it never should be while this store lives.
    pub async fn writer_gone(&self) {
        self.writer.gone().await;
    }
}
