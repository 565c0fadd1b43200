// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A row that a query gives.

use std::borrow::Cow;

use super::error::Error;
use super::pg::cell;

/// A row, as long as the query stands on it.
pub enum Row<'a> {
    /// SQLite's.
    Sqlite(&'a rusqlite::Row<'a>),
    /// PostgreSQL's.
    Postgres(&'a postgres::Row),
}

/// Names a column by its place or its name.
pub trait Column: rusqlite::RowIndex + postgres::row::RowIndex + std::fmt::Display {}

impl Column for usize {}
impl Column for &str {}

/// What a column can be read as.
pub trait Cell: Sized {
    /// Reads SQLite's cell.
    fn from_sqlite<I: Column>(row: &rusqlite::Row<'_>, column: I) -> rusqlite::Result<Self>;

    /// Reads PostgreSQL's cell.
    fn from_postgres<I: Column>(row: &postgres::Row, column: I) -> Result<Self, postgres::Error>;
}

impl Row<'_> {
    /// Reads a column.
    pub fn get<I: Column, T: Cell>(&self, column: I) -> Result<T, Error> {
        match self {
            Self::Sqlite(row) => Ok(T::from_sqlite(row, column)?),
            Self::Postgres(row) => Ok(T::from_postgres(row, column)?),
        }
    }

    /// The text of a column that is set, without a copy where that is possible.
    pub fn text<I: Column>(&self, column: I) -> Result<Cow<'_, str>, Error> {
        match self {
            Self::Sqlite(row) => match row.get_ref(column)? {
                rusqlite::types::ValueRef::Text(bytes) => Ok(String::from_utf8_lossy(bytes)),
                _ => Ok(Cow::Borrowed("")),
            },
            Self::Postgres(row) => Ok(row.try_get::<_, cell::Text<'_>>(column)?.0),
        }
    }
}

/// A cell whose type both engines' crates know.
macro_rules! cell {
    ($type:ty, $postgres:ty, $from:expr) => {
        impl Cell for $type {
            fn from_sqlite<I: Column>(row: &rusqlite::Row<'_>, column: I) -> rusqlite::Result<Self> {
                row.get(column)
            }

            fn from_postgres<I: Column>(row: &postgres::Row, column: I) -> Result<Self, postgres::Error> {
                row.try_get::<_, $postgres>(column).map($from)
            }
        }

        impl Cell for Option<$type> {
            fn from_sqlite<I: Column>(row: &rusqlite::Row<'_>, column: I) -> rusqlite::Result<Self> {
                row.get(column)
            }

            fn from_postgres<I: Column>(row: &postgres::Row, column: I) -> Result<Self, postgres::Error> {
                row.try_get::<_, Option<$postgres>>(column).map(|cell| cell.map($from))
            }
        }
    };
}

cell!(i64, cell::Integer, |cell| cell.0);
cell!(bool, cell::Integer, |cell| cell.0 != 0);
cell!(f64, f64, |cell| cell);
cell!(Vec<u8>, Vec<u8>, |cell| cell);
cell!(String, cell::Text<'_>, |cell| cell.0.into_owned());
