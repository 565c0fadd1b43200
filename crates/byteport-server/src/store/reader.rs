// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Connections that read, a few of them, opened at the start.
//!
//! Invariants: they cannot write; as many queries run at a time as there are
//! connections; no connection is held between two queries, so a slow client holds none.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::connection::Connection;
use super::place::Place;
use crate::answer::Failure;
use crate::fatal::Fatal;

/// The pool. Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// A pool of connections to a database whose tables are there.
    pub fn open(place: &Place, connections: usize) -> Result<Self, Fatal> {
        let idle = (0..connections).map(|_| place.reader()).collect::<Result<_, _>>()?;
        let idle = Arc::new(Mutex::new(idle));
        Ok(Self { idle, turns: Arc::new(Semaphore::new(connections)) })
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
            let borrowed = Borrowed { connection: Some(pool.take()?), pool };
            let Some(connection) = &borrowed.connection else { return Err(Failure::unavailable()) };
            connection.refresh();
            work(connection)
        });
        task.await.map_err(|error| Failure::internal("readers", error))?
    }

    /// A connection; whoever has a turn finds one.
    fn take(&self) -> Result<Connection, Failure> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.ok_or_else(|| Failure::internal("readers", "a connection is missing"))
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

/// A connection that goes back to its pool however its use ends.
struct Borrowed {
    connection: Option<Connection>,
    pool: Readers,
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.give_back(connection);
        }
    }
}
