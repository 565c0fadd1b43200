// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! One connection to PostgreSQL, while it lasts.
//!
//! Invariants: a statement is prepared once; a query whose rows are read one after the other asks for
//! some at a time, and for fewer where they are large, so neither side ever has all of them.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::ToSql;
use postgres::{Client, Portal, Statement, Transaction};

use super::{cell, dialect};
use crate::store::error::{Error, Result};
use crate::store::row::Row;
use crate::store::value::Value;

/// Rows that a long query asks for first.
const FIRST: i32 = 64;
/// The most that it asks for at a time.
const MOST: i32 = 4096;
/// About how many bytes it asks for at a time.
const BYTES: usize = 1024 * 1024;
/// Rows, and about how many bytes, that go into one statement.
const MANY: (usize, usize) = (10_000, 16 * 1024 * 1024);
/// A connection that was not used for so long may have been lost meanwhile.
const IDLE: Duration = Duration::from_secs(1);
/// How long PostgreSQL may take to show that it is there.
const SHOW: Duration = Duration::from_secs(5);

/// A connection with its prepared statements.
pub struct Session {
    /// Always there but while it is dropped.
    client: Option<Client>,
    statements: HashMap<String, Statement>,
    used: Instant,
    /// Rows that were changed.
    pub changes: u64,
}

impl Session {
    /// Takes a connection.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client: Some(client), statements: HashMap::new(), used: Instant::now(), changes: 0 }
    }

    fn client(&mut self) -> Result<&mut Client> {
        self.used = Instant::now();
        self.client.as_mut().ok_or(Error::Away)
    }

    /// Whether it is of use, as far as can be told.
    pub fn is_alive(&mut self) -> bool {
        let is_idle = self.used.elapsed() >= IDLE;
        self.client().is_ok_and(|client| !client.is_closed() && (!is_idle || client.is_valid(SHOW).is_ok()))
    }

    /// Runs statements without parameters.
    pub fn run(&mut self, sql: &str) -> Result<()> {
        Ok(self.client()?.batch_execute(sql)?)
    }

    /// Runs a statement; gives how many rows it changed.
    pub fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let statement = self.prepared(sql, values)?;
        let count = self.client()?.execute(&statement, &parameters(values))?;
        self.changes += count;
        Ok(count)
    }

    /// Runs a query and reads its rows until they end or `take` breaks off.
    pub fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let statement = self.prepared(sql, values)?;
        let mut rows = self.client()?.query_raw(&statement, values.iter().copied())?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += 1;
            if take(&Row::Postgres(&row))?.is_break() {
                break;
            }
        }
        drop(rows);
        self.count(sql, count);
        Ok(())
    }

    /// The same for a query that may have very many rows, not within a transaction; what `take` fails
    /// with goes to `outcome`.
    pub fn walk<E>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> std::result::Result<ControlFlow<()>, E>,
        outcome: &mut std::result::Result<(), E>,
    ) -> Result<()> {
        let statement = self.prepared(sql, values)?;
        let mut transaction = self.client()?.transaction()?;
        let portal = transaction.bind(&statement, &parameters(values))?;
        let mut take = |row: &Row<'_>| {
            take(row).unwrap_or_else(|error| {
                *outcome = Err(error);
                ControlFlow::Break(())
            })
        };
        let mut asked = FIRST;
        while let Some(next) = some(&mut transaction, &portal, asked, &mut take)? {
            asked = next;
        }
        Ok(transaction.commit()?)
    }

    /// Runs a statement for many rows; gives how many rows it changed.
    pub fn execute_many<const N: usize>(&mut self, sql: &str, rows: &[[Value<'_>; N]]) -> Result<u64> {
        let mut count = 0;
        for rows in pieces(rows) {
            let statement = self.prepared_many(sql, rows)?;
            count += self.client()?.execute(&statement, &parameters(&lists(rows)))?;
        }
        self.changes += count;
        Ok(count)
    }

    /// Runs a query, or a change that gives rows, for many rows.
    pub fn query_many<const N: usize>(
        &mut self,
        sql: &str,
        rows: &[[Value<'_>; N]],
        mut take: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        for rows in pieces(rows) {
            let statement = self.prepared_many(sql, rows)?;
            let mut found = self.client()?.query_raw(&statement, lists(rows))?;
            let mut count = 0;
            while let Some(row) = found.next()? {
                take(&Row::Postgres(&row))?;
                count += 1;
            }
            drop(found);
            self.count(sql, count);
        }
        Ok(())
    }

    /// Counts the rows that a statement gave, if it is one that changes them.
    fn count(&mut self, sql: &str, rows: u64) {
        if sql.starts_with("INSERT") {
            self.changes += rows;
        }
    }

    fn prepared(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Statement> {
        let kinds = || values.iter().map(|value| cell::kind(value, false)).collect();
        self.prepare(sql, dialect::statement, kinds)
    }

    fn prepared_many<const N: usize>(&mut self, sql: &str, rows: &[[Value<'_>; N]]) -> Result<Statement> {
        let kinds = || rows.first().into_iter().flatten().map(|value| cell::kind(value, true)).collect();
        self.prepare(sql, |sql| dialect::many(sql, N), kinds)
    }

    fn prepare(
        &mut self,
        sql: &str,
        text: impl FnOnce(&str) -> String,
        kinds: impl FnOnce() -> Vec<postgres::types::Type>,
    ) -> Result<Statement> {
        if let Some(found) = self.statements.get(sql) {
            return Ok(found.clone());
        }
        let statement = self.client()?.prepare_typed(&text(sql), &kinds())?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// Ends the connection off the async threads, where waiting for its end is not allowed.
impl Drop for Session {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        if tokio::runtime::Handle::try_current().is_ok() {
            // Without a thread it stays until the process ends.
            let _ = std::thread::Builder::new().name("closing".into()).spawn(move || drop(client));
        }
    }
}

/// Reads the next rows of a portal; gives how many to ask for then, if there are more.
fn some(
    transaction: &mut Transaction<'_>,
    portal: &Portal,
    asked: i32,
    take: &mut impl FnMut(&Row<'_>) -> ControlFlow<()>,
) -> Result<Option<i32>> {
    let (mut count, mut bytes) = (0, 0);
    let mut rows = transaction.query_portal_raw(portal, asked)?;
    while let Some(row) = rows.next()? {
        (count, bytes) = (count + 1, bytes + row.raw_size_bytes());
        if take(&Row::Postgres(&row)).is_break() {
            return Ok(None);
        }
    }
    let fitting = BYTES / (bytes / usize::try_from(count).unwrap_or(1).max(1)).max(1);
    let next = i32::try_from(fitting).unwrap_or(MOST).clamp(1, MOST.min(asked.saturating_mul(4)));
    Ok((count == asked).then_some(next))
}

fn parameters<T: ToSql + Sync>(values: &[T]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// The columns of rows.
fn lists<'a, const N: usize>(rows: &[[Value<'a>; N]]) -> Vec<Vec<Value<'a>>> {
    (0..N).map(|column| rows.iter().filter_map(|row| row.get(column).copied()).collect()).collect()
}

/// Rows in pieces that one statement may take.
fn pieces<'r, 'a, const N: usize>(
    mut rows: &'r [[Value<'a>; N]],
) -> impl Iterator<Item = &'r [[Value<'a>; N]]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let mut fits = |row: &[Value<'_>; N]| {
            bytes += row.iter().map(Value::size).sum::<usize>();
            bytes <= MANY.1
        };
        let count = rows.iter().take(MANY.0).take_while(|row| fits(row)).count().max(1);
        let piece = rows.get(..count)?;
        rows = &rows[count..];
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_pieces() {
        let large = "x".repeat(MANY.1);
        let row = |text| [Value::Text(Some(text))];
        let rows = [row("a"), row(&large), row(&large), row("b"), row("c")];
        assert_eq!(pieces(&rows).map(<[_]>::len).collect::<Vec<_>>(), [1, 1, 1, 2]);
        let many = vec![row("a"); MANY.0 + 1];
        assert_eq!(pieces(&many).map(<[_]>::len).collect::<Vec<_>>(), [MANY.0, 1]);
        assert_eq!(pieces::<1>(&[]).count(), 0);
    }
}
