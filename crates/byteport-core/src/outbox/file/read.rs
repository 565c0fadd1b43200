// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Blocks back from the file, one at a time.

use std::collections::HashMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, ffi};

use super::settle::settle;
use super::sum::{self, int, uint};
use super::{File, Refused, Stored, Taken, Trouble, rows};
use crate::outbox::line;

/// More slots than any block has.
pub(super) const MOST_SLOTS: u32 = 1 << 16;
/// The first block after an id.
pub(super) const NEXT: &str = "WHERE id > ? ORDER BY id LIMIT 1";
/// The last block before an id.
pub(super) const PREVIOUS: &str = "WHERE id < ? ORDER BY id DESC LIMIT 1";
/// The block with an id.
pub(super) const SAME: &str = "WHERE id = ?";

/// A row as it was found, with lines that may be damaged.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub id: u64,
    pub first: u64,
    pub slots: u32,
    pub taken: Taken,
    pub body: Vec<u8>,
    /// Whether its numbers have their checksum.
    pub is_sound: bool,
}

impl Found {
    /// Its lines in their slots.
    pub fn settle(self, done: Vec<u8>) -> Stored {
        let Found { id, first, slots, taken, body, .. } = self;
        let settled = settle(body, slots as usize, done);
        Stored { id, first, slots, taken, body: settled.body, done: settled.done, damaged: settled.damaged }
    }
}

impl File {
    /// The first block after this one; 0 begins at the start.
    pub fn next(&self, after: u64) -> Result<Option<Stored>, Trouble> {
        self.one(NEXT, after, |id| id > after)
    }

    /// The last block before this one; [`u64::MAX`] begins at the end.
    pub fn previous(&self, before: u64) -> Result<Option<Stored>, Trouble> {
        self.one(PREVIOUS, before, |id| id < before)
    }

    fn one(&self, which: &str, id: u64, fits: impl Fn(u64) -> bool) -> Result<Option<Stored>, Trouble> {
        let trouble = |error: rusqlite::Error| self.trouble(&error);
        let Some(found) = find(&self.connection, which, id).map_err(trouble)? else { return Ok(None) };
        if !found.is_sound || !fits(found.id) {
            return Err(self.damaged("a row is not what was written"));
        }
        let done = done(&self.connection, found.id).map_err(trouble)?;
        Ok(Some(found.settle(done)))
    }

    pub(super) fn trouble(&self, error: &rusqlite::Error) -> Trouble {
        Trouble::of(error, &self.place.path)
    }

    pub(super) fn damaged(&self, why: &str) -> Trouble {
        Trouble::Damaged(format!("{} is damaged ({why})", self.place.path.display()))
    }
}

/// The block of which a condition with one number is true.
pub(super) fn find(connection: &Connection, which: &str, id: u64) -> rusqlite::Result<Option<Found>> {
    let sql = format!("SELECT id, first, slots, wall, boot, uptime, sum, body FROM block {which}");
    connection.prepare_cached(&sql)?.query_row([int(id)], from_row).optional()
}

/// A column of another type than was written is damaged: then the checksum is wrong, whatever stands for it here.
fn from_row(row: &Row<'_>) -> rusqlite::Result<Found> {
    let number = |at| Ok::<i64, rusqlite::Error>(row.get_ref(at)?.as_i64().unwrap_or(0));
    let (id, first) = (uint(number(0)?), uint(number(1)?));
    let slots = u32::try_from(number(2)?).unwrap_or(0);
    let boot = String::from_utf8_lossy(bytes(row.get_ref(4)?)).into_owned();
    let taken = Taken { wall: number(3)?, boot, uptime: uint(number(5)?) };
    let body = bytes(row.get_ref(7)?).to_vec();
    let is_sound = slots <= MOST_SLOTS && number(6)? == sum::of_block(id, first, slots, &taken);
    Ok(Found { id, first, slots, taken, body, is_sound })
}

fn bytes(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        _ => &[],
    }
}

/// A block's bitmap; a damaged one says that nothing is done, for what is sent again is stored once.
pub(super) fn done(connection: &Connection, id: u64) -> rusqlite::Result<Vec<u8>> {
    let mut statement = connection.prepare_cached("SELECT done, sum FROM progress WHERE block = ?")?;
    let done = |row: &Row<'_>| {
        let done = bytes(row.get_ref(0)?).to_vec();
        let is_right = row.get_ref(1)?.as_i64().ok() == Some(sum::of_done(id, &done));
        Ok(if is_right { done } else { Vec::new() })
    };
    Ok(statement.query_row([int(id)], done).optional()?.unwrap_or_default())
}

/// The clocks that were set; a damaged row is none.
pub(super) fn clocks(connection: &Connection) -> rusqlite::Result<HashMap<String, i64>> {
    let mut statement = connection.prepare("SELECT boot, offset, sum FROM clock ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let boot = String::from_utf8_lossy(bytes(row.get_ref(0)?)).into_owned();
        let (offset, sum) = (row.get_ref(1)?.as_i64().unwrap_or(0), row.get_ref(2)?.as_i64().ok());
        Ok((sum == Some(rows::sum_of_clock(&boot, offset))).then_some((boot, offset)))
    })?;
    rows.filter_map(Result::transpose).collect()
}

/// What to tell of a table whose rows do not rise, as a damaged one can lead in circles.
pub(super) fn out_of_order() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), Some("rows are out of order".into()))
}

/// The readings of the quarantine table, oldest first, at most `most`, after the row with this id; a damaged one is left out.
/// Ids rise: where the next does not, that is an error.
pub(super) fn refused(
    connection: &Connection,
    after: i64,
    most: u32,
) -> rusqlite::Result<Vec<(i64, Option<Refused>)>> {
    let sql =
        "SELECT id, sequence, at, status, why, sum, line FROM quarantine WHERE id > ? ORDER BY id LIMIT ?";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(rusqlite::params![after, most], |row| {
        let number = |at| Ok::<i64, rusqlite::Error>(row.get_ref(at)?.as_i64().unwrap_or(0));
        let refused = Refused {
            sequence: uint(number(1)?),
            at: number(2)?,
            status: u16::try_from(number(3)?).unwrap_or(0),
            why: String::from_utf8_lossy(bytes(row.get_ref(4)?)).into_owned(),
            line: bytes(row.get_ref(6)?).to_vec(),
        };
        let is_sound = number(5)? == rows::sum_of_refused(&refused) && line::read(&refused.line).is_some();
        Ok((row.get(0)?, is_sound.then_some(refused)))
    })?;
    let (mut last, mut found) = (after, Vec::new());
    for row in rows {
        let (id, refused) = row?;
        match id > last {
            true => found.push((id, refused)),
            false if found.is_empty() => return Err(out_of_order()),
            false => break,
        }
        last = id;
    }
    Ok(found)
}
