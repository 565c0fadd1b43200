// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A connection to the database, whichever that is.
//!
//! Invariants: a statement is one text for both engines, with `?1` for its first parameter, and is
//! prepared once; a row is looked at while the query stands on it, and no other statement runs
//! meanwhile.

use std::cell::{Cell, RefCell, RefMut};
use std::ops::ControlFlow;

use super::error::{Error, Result};
use super::pg::{Link, schema};
use super::row::Row;
use super::value::Value;

/// How often changes are made again that must be made.
const AGAIN: u32 = 8;

/// A connection.
pub struct Connection {
    engine: Engine,
    /// What went wrong on it last, in a transaction.
    fault: Cell<Option<Fault>>,
}

enum Engine {
    Sqlite(rusqlite::Connection),
    Postgres(Box<RefCell<Link>>),
}

/// What an error left of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// All but the change in which it came.
    Change,
    /// Nothing, because another server was in the way: the same changes may well work now.
    Conflict,
    /// Nothing, because the connection is lost.
    Lost,
    /// Nothing, for another reason.
    Undone,
}

impl From<rusqlite::Connection> for Connection {
    fn from(connection: rusqlite::Connection) -> Self {
        Self { engine: Engine::Sqlite(connection), fault: None.into() }
    }
}

impl From<Link> for Connection {
    fn from(link: Link) -> Self {
        Self { engine: Engine::Postgres(Box::new(RefCell::new(link))), fault: None.into() }
    }
}

impl Connection {
    /// SQLite's own connection, where it is one.
    #[must_use]
    pub fn sqlite(&self) -> Option<&rusqlite::Connection> {
        match &self.engine {
            Engine::Sqlite(connection) => Some(connection),
            Engine::Postgres(_) => None,
        }
    }

    /// Runs a statement; gives how many rows it changed.
    pub fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(execute(connection, sql, values)?),
            Engine::Postgres(link) => self.ask(link, |link| link.session()?.execute(sql, values)),
        }
    }

    /// The first row that a query gives, if it gives one.
    pub fn query_row<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let (mut read, mut found) = (Some(read), None);
        self.query(sql, values, |row| {
            found = read.take().map(|read| read(row)).transpose()?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// The row that a query always gives.
    pub fn query_one<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_row(sql, values, read)?.ok_or(Error::Wrong("a query gives no row"))
    }

    /// All rows that a query gives, which are few.
    pub fn query_all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.query(sql, values, |row| {
            all.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(all)
    }

    /// Whether a query gives a row.
    pub fn exists(&self, sql: &str, values: &[Value<'_>]) -> Result<bool> {
        Ok(self.query_row(sql, values, |_| Ok(()))?.is_some())
    }

    fn query(
        &self,
        sql: &str,
        values: &[Value<'_>],
        take: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => walk(connection, sql, values, take),
            Engine::Postgres(link) => self.ask(link, |link| link.session()?.query(sql, values, take)),
        }
    }

    /// Reads the rows of a query, however many they are, until they end or `take` breaks off. Not for
    /// changes.
    pub fn walk<E: From<Error>>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        take: impl FnMut(&Row<'_>) -> std::result::Result<ControlFlow<()>, E>,
    ) -> std::result::Result<(), E> {
        match &self.engine {
            Engine::Sqlite(connection) => walk(connection, sql, values, take),
            Engine::Postgres(link) => {
                let mut outcome = Ok(());
                self.ask(link, |link| link.session_outside()?.walk(sql, values, take, &mut outcome))?;
                outcome
            }
        }
    }

    /// Runs a statement, which has `VALUES (?1, ...)`, for each of these rows; gives how many rows it
    /// changed. No two of them may concern the same row.
    pub fn execute_many<const N: usize>(&self, sql: &str, rows: &[[Value<'_>; N]]) -> Result<u64> {
        match &self.engine {
            Engine::Sqlite(connection) => {
                let counts = rows.iter().map(|row| execute(connection, sql, row));
                Ok(counts.sum::<rusqlite::Result<u64>>()?)
            }
            Engine::Postgres(link) => self.ask(link, |link| link.session()?.execute_many(sql, rows)),
        }
    }

    /// The same for a query, or a change that gives rows.
    pub fn query_many<const N: usize>(
        &self,
        sql: &str,
        rows: &[[Value<'_>; N]],
        mut take: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => rows
                .iter()
                .try_for_each(|row| walk(connection, sql, row, |row| take(row).map(ControlFlow::Continue))),
            Engine::Postgres(link) => self.ask(link, |link| link.session()?.query_many(sql, rows, take)),
        }
    }

    /// Until the end of the transaction no other server changes these rows, nor makes one that asks
    /// for the same. On SQLite there is no other.
    pub fn lock(&self, table: &'static str, ids: &[i64]) -> Result<()> {
        let Engine::Postgres(link) = &self.engine else { return Ok(()) };
        let sql = format!(
            "WITH wanted (id) AS (VALUES (?1)) SELECT {table}.id FROM {table} JOIN wanted USING (id)
             ORDER BY id FOR NO KEY UPDATE OF {table}"
        );
        let rows: Vec<_> = ids.iter().map(|id| [Value::Integer(Some(*id))]).collect();
        self.ask(link, |link| link.session()?.query_many(&sql, &rows, |_| Ok(())))
    }

    /// Begins a transaction that makes changes.
    pub fn begin(&self) -> Result<()> {
        self.fault.set(None);
        match &self.engine {
            Engine::Sqlite(connection) => Ok(run(connection, "BEGIN IMMEDIATE")?),
            Engine::Postgres(link) => self.ask(link, Link::begin),
        }
    }

    /// Begins a change within a transaction.
    pub fn begin_change(&self) -> Result<()> {
        self.fault.set(None);
        self.run("SAVEPOINT change")
    }

    /// Ends a change, which stays or not.
    pub fn end_change(&self, keep: bool) -> Result<()> {
        if !keep {
            self.run("ROLLBACK TO change")?;
        }
        self.run("RELEASE change")?;
        self.fault.set(None);
        Ok(())
    }

    /// Commits a transaction.
    pub fn commit(&self) -> Result<()> {
        self.end("COMMIT")
    }

    /// Takes back what a transaction changed, if it has not come to that already.
    pub fn roll_back(&self) {
        // Whatever comes of it, nothing was committed.
        let is_over = self.sqlite().is_some_and(rusqlite::Connection::is_autocommit);
        let _ = if is_over { Ok(()) } else { self.end("ROLLBACK") };
    }

    /// Makes changes in a transaction of their own, while no other server makes such changes; several
    /// times if another server's smaller ones are in the way.
    pub fn alone<T, E: From<Error>>(
        &self,
        work: impl Fn(&Self) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        for _ in 0..AGAIN {
            match self.alone_once(&work) {
                Err(_) if self.fault.get() == Some(Fault::Conflict) => {}
                outcome => return outcome,
            }
        }
        self.alone_once(&work)
    }

    fn alone_once<T, E: From<Error>>(
        &self,
        work: impl Fn(&Self) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.begin()?;
        let locked = if self.sqlite().is_some() { Ok(()) } else { self.run(schema::ALONE) };
        let outcome = locked.map_err(E::from).and_then(|()| work(self));
        match outcome {
            Ok(value) => self.commit().map(|()| value).map_err(E::from),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// What errors have left of a transaction since its last change began, if there were any.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        match &self.engine {
            // On a full disk, for one, SQLite undoes the whole transaction by itself.
            Engine::Sqlite(connection) if connection.is_autocommit() => Some(Fault::Undone),
            Engine::Sqlite(_) => None,
            Engine::Postgres(_) => self.fault.get(),
        }
    }

    /// Rows that were changed on this connection.
    #[must_use]
    pub fn changes(&self) -> u64 {
        match &self.engine {
            Engine::Sqlite(connection) => connection.total_changes(),
            Engine::Postgres(link) => link.try_borrow().map_or(0, |link| link.changes()),
        }
    }

    /// Looks whether a connection that was not used for a while is still there.
    pub fn refresh(&self) {
        if let Engine::Postgres(link) = &self.engine {
            // Nobody uses it when it is looked at.
            let _ = link.try_borrow_mut().map(|mut link| link.refresh());
        }
    }

    fn run(&self, sql: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(run(connection, sql)?),
            Engine::Postgres(link) => self.ask(link, |link| link.session()?.run(sql)),
        }
    }

    fn end(&self, sql: &str) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(run(connection, sql)?),
            Engine::Postgres(link) => self.ask(link, |link| link.end(sql)),
        }
    }

    /// Uses the link, and notes what an error means for the transaction.
    fn ask<T>(&self, link: &RefCell<Link>, work: impl FnOnce(&mut Link) -> Result<T>) -> Result<T> {
        let busy = |_| Error::Wrong("a statement runs while another one's rows are read");
        let mut link: RefMut<'_, Link> = link.try_borrow_mut().map_err(busy)?;
        work(&mut link).inspect_err(|error| {
            link.look_at(error);
            let fault = match error {
                error if error.is_conflict() => Fault::Conflict,
                error if error.is_lost() => Fault::Lost,
                _ => Fault::Change,
            };
            self.fault.set(Some(fault));
        })
    }
}

fn run(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

fn execute(connection: &rusqlite::Connection, sql: &str, values: &[Value<'_>]) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.execute(rusqlite::params_from_iter(values))? as u64)
}

fn walk<E: From<Error>>(
    connection: &rusqlite::Connection,
    sql: &str,
    values: &[Value<'_>],
    mut take: impl FnMut(&Row<'_>) -> std::result::Result<ControlFlow<()>, E>,
) -> std::result::Result<(), E> {
    let mut statement = connection.prepare_cached(sql).map_err(Error::from)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(Error::from)?;
    while let Some(row) = rows.next().map_err(Error::from)? {
        if take(&Row::Sqlite(row))?.is_break() {
            break;
        }
    }
    Ok(())
}
