// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Connections that read, a few of them, opened when first needed.
//!
//! Invariants: they are opened read-only; at most `CONNECTIONS` queries run at a time; no
//! connection is held between two queries, so a slow client holds none.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::answer::Failure;

/// Queries that may run at the same time.
const CONNECTIONS: usize = 4;

/// The pool. Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    path: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// A pool for this file, which must exist when the first query is made.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        let turns = Arc::new(Semaphore::new(CONNECTIONS));
        Self { path: Arc::new(path), idle: Arc::default(), turns }
    }

    /// Runs a query off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Failure::internal("readers", error))?;
        let pool = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let connection = pool.take()?;
            let outcome = work(&connection);
            pool.give_back(connection);
            outcome
        });
        task.await.map_err(|error| Failure::internal("readers", error))?
    }

    fn take(&self) -> Result<Connection, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => self.open().map_err(Failure::from),
        }
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.path.as_path(), flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(connection)
    }
}
