// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The tables on PostgreSQL, made by the same steps as on SQLite.
//!
//! Invariants: of servers that start at once, one takes the steps while the others wait; all steps are
//! taken in one transaction or none; a database that a newer server made is refused.

use std::ops::ControlFlow;

use super::address::Address;
use super::dialect;
use super::link::Use;
use super::session::Session;
use crate::fatal::Fatal;
use crate::store::error::Result;
use crate::store::schema::STEPS;

/// Waits for whoever else changes much at once, until the end of the transaction. The number is
/// `byteport`, as bytes.
pub const ALONE: &str = "SELECT pg_advisory_xact_lock(7095830666925798004)";

/// Makes or updates the tables.
pub fn prepare(address: &Address) -> std::result::Result<(), Fatal> {
    let outcome = address.connect(Use::Write).and_then(|mut session| migrate(&mut session));
    let reason = match outcome {
        Ok(None) => return Ok(()),
        Ok(Some(reason)) => reason.to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Fatal::new(format_args!("cannot use {address}: {reason}")))
}

/// Takes the steps; or why they cannot be taken.
fn migrate(session: &mut Session) -> Result<Option<&'static str>> {
    if number(session, "SELECT current_setting('server_encoding') = 'UTF8'")? != 1 {
        return Ok(Some("its encoding is not UTF8"));
    }
    session.run("BEGIN")?;
    session.run(ALONE)?;
    session.run("CREATE TABLE IF NOT EXISTS byteport_version (version BIGINT NOT NULL)")?;
    let version = number(session, "SELECT coalesce(max(version), 0) FROM byteport_version")?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > STEPS.len() {
        return Ok(Some("it was made by a newer byteport-server"));
    }
    for step in STEPS.iter().skip(version) {
        session.run(&dialect::tables(step.tables))?;
    }
    session.run("DELETE FROM byteport_version")?;
    session.run(&format!("INSERT INTO byteport_version VALUES ({})", STEPS.len()))?;
    session.run("COMMIT")?;
    Ok(None)
}

/// The one number that a query gives.
fn number(session: &mut Session, sql: &str) -> Result<i64> {
    let mut found = 0;
    session.query(sql, &[], |row| {
        found = row.get(0)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
