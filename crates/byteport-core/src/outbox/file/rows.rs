// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The rows of the tables, written the same way into a file in use and into one in the making.

use rusqlite::{Connection, params};

use super::sum::{self, Sum, int};
use super::{NewBlock, Refused};

/// So many starts of the system are remembered.
const CLOCKS: i64 = 256;
/// What a row of the quarantine table takes besides its texts.
const REFUSED_OVERHEAD: u64 = 48;

pub(super) fn put_block(connection: &Connection, block: &NewBlock) -> rusqlite::Result<()> {
    let NewBlock { id, first, slots, taken, .. } = block;
    let sum = sum::of_block(*id, *first, *slots, taken);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO block (id, first, slots, wall, boot, uptime, sum, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            int(*id),
            int(*first),
            slots,
            taken.wall,
            taken.boot,
            int(taken.uptime),
            sum,
            block.body.as_slice()
        ])?;
    if block.done.is_empty() { Ok(()) } else { put_done(connection, *id, &block.done) }
}

pub(super) fn put_done(connection: &Connection, id: u64, done: &[u8]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO progress (block, done, sum) VALUES (?, ?, ?)")?
        .execute(params![int(id), done, sum::of_done(id, done)])?;
    Ok(())
}

pub(super) fn replace_body(connection: &Connection, id: u64, body: &[u8]) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE block SET body = ? WHERE id = ?")?.execute(params![body, int(id)])?;
    Ok(())
}

pub(super) fn delete_block(connection: &Connection, id: u64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM block WHERE id = ?")?.execute([int(id)])?;
    connection.prepare_cached("DELETE FROM progress WHERE block = ?")?.execute([int(id)])?;
    Ok(())
}

pub(super) fn put_refused(connection: &Connection, refused: &Refused) -> rusqlite::Result<()> {
    let Refused { sequence, at, status, why, line } = refused;
    connection
        .prepare_cached(
            "INSERT INTO quarantine (sequence, at, status, why, sum, line) VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![int(*sequence), at, status, why, sum_of_refused(refused), line])?;
    Ok(())
}

/// What a reading takes in the quarantine table.
pub(super) fn weight(refused: &Refused) -> u64 {
    (refused.line.len() + refused.why.len()) as u64 + REFUSED_OVERHEAD
}

/// What all of them take together.
pub(super) fn quarantine_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(sum(length(line) + length(CAST(why AS BLOB)) + ?), 0) FROM quarantine";
    connection.query_row(sql, [int(REFUSED_OVERHEAD)], |row| row.get(0)).map(sum::uint)
}

/// The oldest row of the quarantine table, and what it takes.
pub(super) fn oldest_refused(connection: &Connection) -> rusqlite::Result<(i64, u64)> {
    let sql = "SELECT id, length(line) + length(CAST(why AS BLOB)) + ? FROM quarantine ORDER BY id LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([int(REFUSED_OVERHEAD)], |row| Ok((row.get(0)?, sum::uint(row.get(1)?))))
}

pub(super) fn delete_refused(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM quarantine WHERE id = ?")?.execute([id])?;
    Ok(())
}

/// The checksum of a row of the quarantine table, apart from its line, which has its own.
pub(super) fn sum_of_refused(refused: &Refused) -> i64 {
    Sum::new()
        .number(int(refused.sequence))
        .number(refused.at)
        .number(i64::from(refused.status))
        .bytes(refused.why.as_bytes())
        .end()
}

pub(super) fn put_clock(connection: &Connection, boot: &str, offset: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM clock WHERE boot = ?")?.execute([boot])?;
    connection.prepare_cached("INSERT INTO clock (boot, offset, sum) VALUES (?, ?, ?)")?.execute(params![
        boot,
        offset,
        sum_of_clock(boot, offset)
    ])?;
    connection
        .prepare_cached("DELETE FROM clock WHERE id <= (SELECT max(id) FROM clock) - ?")?
        .execute([CLOCKS])?;
    Ok(())
}

/// The checksum of a row of the clock table.
pub(super) fn sum_of_clock(boot: &str, offset: i64) -> i64 {
    Sum::new().bytes(boot.as_bytes()).number(offset).end()
}
