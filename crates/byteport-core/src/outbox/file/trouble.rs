// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What can go wrong with a file that is open, in three kinds: each asks for another answer.

use std::path::Path;

use rusqlite::{ErrorCode, ffi};

/// Why the file could not be read or written; one line, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::outbox) enum Trouble {
    /// The disk, or what the file may take of it, is full.
    NoSpace(String),
    /// What is in the file makes no sense: it is to be opened again, as damaged.
    Damaged(String),
    /// It cannot be read or written at the moment.
    Io(String),
}

impl Trouble {
    /// What an error of SQLite means.
    pub fn of(error: &rusqlite::Error, path: &Path) -> Trouble {
        let (path, why) = (path.display(), one_line(error));
        match kind(error) {
            Kind::NoSpace => Trouble::NoSpace(format!(
                "no room is left for {path}: free some space on its disk, or allow it more ({why})"
            )),
            Kind::Damaged => Trouble::Damaged(format!("{path} is damaged ({why})")),
            Kind::Io => Trouble::Io(format!(
                "{path} cannot be read or written: see that its disk works and that it may be written ({why})"
            )),
        }
    }

    /// The text alone.
    pub fn text(&self) -> &str {
        match self {
            Trouble::NoSpace(text) | Trouble::Damaged(text) | Trouble::Io(text) => text,
        }
    }
}

enum Kind {
    NoSpace,
    Damaged,
    Io,
}

fn kind(error: &rusqlite::Error) -> Kind {
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        // A column of a type that was never written there, or a row that is missing.
        return Kind::Damaged;
    };
    match (failure.code, failure.extended_code) {
        (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Kind::NoSpace,
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Kind::Damaged,
        (_, ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS | ffi::SQLITE_IOERR_DATA) => {
            Kind::Damaged
        }
        // The tables are there when a file is opened; where one is not, or is another, the schema was hit.
        (ErrorCode::Unknown, ffi::SQLITE_ERROR) => Kind::Damaged,
        (ErrorCode::TypeMismatch | ErrorCode::ConstraintViolation | ErrorCode::SchemaChanged, _) => {
            Kind::Damaged
        }
        _ => Kind::Io,
    }
}

fn one_line(error: &rusqlite::Error) -> String {
    error.to_string().replace(['\n', '\r'], " ")
}
