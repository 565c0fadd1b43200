// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A connection to PostgreSQL that comes back by itself.
//!
//! Invariants: what is lost within a transaction stays lost until the transaction is over, so that
//! no half of one is ever made on another connection; a connection that cannot be made is not tried
//! again before a pause, which grows, and until then whoever asks is told at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Address;
use super::session::Session;
use crate::store::error::{Error, Result};
use crate::store::trouble;

/// The first pause, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Reading only.
    Read,
    /// Writing, and reading.
    Write,
}

/// A connection, or the way to one.
pub struct Link {
    address: Arc<Address>,
    purpose: Use,
    session: Option<Session>,
    in_transaction: bool,
    pause: Duration,
    next: Instant,
}

impl Link {
    /// Makes the first connection.
    pub fn open(address: Arc<Address>, purpose: Use) -> Result<Self> {
        let session = Some(address.connect(purpose)?);
        let (pause, next) = (PAUSES.0, Instant::now());
        Ok(Self { address, purpose, session, in_transaction: false, pause, next })
    }

    /// The connection, which is made again if that is needed and its time has come.
    pub fn session(&mut self) -> Result<&mut Session> {
        if self.session.is_none() && !self.in_transaction && Instant::now() >= self.next {
            match self.address.connect(self.purpose) {
                Ok(session) => {
                    self.session = Some(session);
                    self.pause = PAUSES.0;
                    trouble::end();
                }
                Err(error) => {
                    trouble::begin(error);
                    self.next = Instant::now() + self.pause;
                    self.pause = (2 * self.pause).min(PAUSES.1);
                }
            }
        }
        self.session.as_mut().ok_or(Error::Away)
    }

    /// The connection, outside of a transaction.
    pub fn session_outside(&mut self) -> Result<&mut Session> {
        match self.in_transaction {
            true => Err(Error::Wrong("a long query within a transaction")),
            false => self.session(),
        }
    }

    /// Looks whether a connection that was not used for a while is still there.
    pub fn refresh(&mut self) {
        if self.session.as_mut().is_some_and(|session| !session.is_alive()) {
            self.session = None;
        }
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<()> {
        self.refresh();
        self.session()?.run("BEGIN")?;
        self.in_transaction = true;
        Ok(())
    }

    /// Ends it as it is told.
    pub fn end(&mut self, sql: &str) -> Result<()> {
        let outcome = self.session().and_then(|session| session.run(sql));
        self.in_transaction = false;
        outcome
    }

    /// Gives a connection up that is of no use any more.
    pub fn look_at(&mut self, error: &Error) {
        if error.is_lost() {
            self.session = None;
        }
    }

    /// Rows that were changed on this connection.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.session.as_ref().map_or(0, |session| session.changes)
    }
}
