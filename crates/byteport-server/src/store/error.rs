// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What a database says when something does not work.
//!
//! Invariant: a text that is made of an error holds no value and no address of the database.

use std::fmt;

use postgres::error::SqlState;
use rusqlite::ErrorCode;

/// Why a statement does not work.
#[derive(Debug)]
pub enum Error {
    /// SQLite says so.
    Sqlite(rusqlite::Error),
    /// PostgreSQL says so, or it cannot be reached.
    Postgres(postgres::Error),
    /// The database cannot be reached, and it was not tried.
    Away,
    /// The program's own fault.
    Wrong(&'static str),
}

/// What a statement gives.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether the connection is of no use any more.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        match self {
            Self::Away => true,
            Self::Postgres(error) => match error.code() {
                // It ends what is connected when it stops, or is not there yet when it starts.
                Some(code) => {
                    let class = code.code().get(..2);
                    class == Some("08")
                        || matches!(
                            *code,
                            SqlState::ADMIN_SHUTDOWN
                                | SqlState::CRASH_SHUTDOWN
                                | SqlState::CANNOT_CONNECT_NOW
                                | SqlState::TOO_MANY_CONNECTIONS
                        )
                }
                None => error.is_closed() || std::error::Error::source(error).is_some_and(is_of_the_line),
            },
            Self::Sqlite(_) | Self::Wrong(_) => false,
        }
    }

    /// Whether the same changes may well work when they are made again, because another server's
    /// were in the way.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let Self::Postgres(error) = self else { return false };
        let conflicts = [&SqlState::T_R_DEADLOCK_DETECTED, &SqlState::T_R_SERIALIZATION_FAILURE];
        error.code().is_some_and(|code| conflicts.contains(&code))
    }

    /// Whether it is of the system's making, so that every call meets it.
    #[must_use]
    pub fn is_of_the_system(&self) -> bool {
        match self {
            Self::Sqlite(error) => {
                let code = error.sqlite_error_code();
                matches!(code, Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly))
            }
            Self::Postgres(error) => {
                let code = error.code().map(SqlState::code).and_then(|code| code.get(..2));
                // Out of resources, or an error of its system.
                self.is_lost() || matches!(code, Some("53" | "58"))
            }
            Self::Away => true,
            Self::Wrong(_) => false,
        }
    }
}

fn is_of_the_line(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<std::io::Error>()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(f),
            Self::Postgres(error) => match (error.as_db_error(), std::error::Error::source(error)) {
                // Not its detail, which repeats values.
                (Some(told), _) => write!(f, "{} (SQLSTATE {})", told.message(), told.code().code()),
                (None, Some(cause)) => write!(f, "{error}: {cause}"),
                (None, None) => error.fmt(f),
            },
            Self::Away => f.write_str("the database cannot be reached"),
            Self::Wrong(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        Self::Postgres(error)
    }
}
