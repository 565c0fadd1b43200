// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Sessions: who is logged in.
//!
//! Invariants: the database holds only digests of session tokens and argon2 hashes of
//! passwords; a session ends at logout, when its user's password changes, or after
//! [`LIFETIME_SECONDS`].

pub mod call;
pub mod cookie;
pub mod csrf;
pub mod login;
pub mod password;

use axum::http::HeaderMap;
use byteport_core::model::Timestamp;

use crate::answer::Failure;
use crate::app::App;
use crate::secret;
use crate::store::{Connection, Row};
use crate::values;

pub use password::Logins;

/// How long a session lasts.
pub const LIFETIME_SECONDS: i64 = 14 * 24 * 3600;

/// The cookie that holds the session's token.
pub const COOKIE: &str = "sessionid";

/// The table of users, whose name is a word of SQL.
pub const USER: &str = r#""user""#;

/// A user who is logged in.
#[derive(Clone, Debug)]
pub struct User {
    /// The row's id.
    pub id: i64,
    /// The login name.
    pub name: String,
}

/// The user whose session the call carries; 403 without one.
pub async fn require(app: &App, headers: &HeaderMap) -> Result<User, Failure> {
    let user = current(app, headers).await?;
    user.ok_or_else(|| Failure::forbidden("not logged in"))
}

/// The user whose session the call carries, if any.
pub async fn current(app: &App, headers: &HeaderMap) -> Result<Option<User>, Failure> {
    let Some(token) = cookie::get(headers, COOKIE) else { return Ok(None) };
    let hash = secret::digest(token);
    app.logins.ready().await?;
    app.store.look_up(move |connection| find(connection, &hash)).await
}

fn find(connection: &Connection, hash: &[u8; 32]) -> Result<Option<User>, Failure> {
    let sql = r#"SELECT "user".id, "user".name FROM session JOIN "user" ON "user".id = session.user_id
               WHERE token_hash = ?1 AND expires > ?2"#;
    let now = Timestamp::now().as_micros();
    let read = |row: &Row<'_>| Ok(User { id: row.get(0)?, name: row.get(1)? });
    Ok(connection.query_row(sql, values![hash, now], read)?)
}

/// Begins a session; the ones that have expired are cleared away on the way.
fn begin(connection: &Connection, user: i64, hash: &[u8; 32]) -> Result<(), Failure> {
    let now = Timestamp::now().as_micros();
    connection.execute("DELETE FROM session WHERE expires <= ?1", values![now])?;
    let expires = now + LIFETIME_SECONDS * 1_000_000;
    let sql = "INSERT INTO session (token_hash, user_id, expires) VALUES (?1, ?2, ?3)";
    connection.execute(sql, values![hash, user, expires])?;
    Ok(())
}

/// Ends the session with this token, if there is one.
fn end(connection: &Connection, hash: &[u8; 32]) -> Result<(), Failure> {
    connection.execute("DELETE FROM session WHERE token_hash = ?1", values![hash])?;
    Ok(())
}
