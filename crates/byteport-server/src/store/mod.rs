// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The storage: one SQLite file in the data folder, one thread that writes, a few connections
//! that read.
//!
//! Invariants: one process uses a data folder at a time ([`lock`]); every change goes through
//! the one writer ([`writer`]) and is told done only after its commit, which is on disk
//! (`synchronous=FULL`); readers cannot write.

pub mod lock;
pub mod reader;
pub mod schema;
pub mod writer;

use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use crate::answer::Failure;

pub use reader::Readers;
pub use writer::{Counts, Writer};

/// The database's file name in the data folder.
pub const FILE_NAME: &str = "byteport.sqlite3";

/// Why the storage cannot be opened, as one sentence.
#[derive(Debug)]
pub struct StoreError(pub String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

/// Both ways into the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    // Dropped first: the writer's connection, closed last, then folds the log into the database.
    readers: Readers,
    writer: Writer,
}

impl Store {
    /// Starts the writer thread on a connection that [`schema::open`] gave.
    pub fn start(connection: Connection, folder: &Path) -> Result<(Self, writer::Thread), StoreError> {
        let (writer, thread) = writer::start(connection)?;
        let readers = Readers::new(folder.join(FILE_NAME));
        Ok((Self { writer, readers }, thread))
    }

    /// Runs a change; returns after it is on disk, or why it was not made.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.writer.write(work).await
    }

    /// Runs a query on a connection that cannot write.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.readers.read(work).await
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
