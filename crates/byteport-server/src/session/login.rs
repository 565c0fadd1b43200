// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The calls that begin, end and tell a session.
//!
//! Invariants: a login gives new tokens, so nothing that was planted before it is worth
//! anything after; a wrong password and an unknown user get the same answer in the same time.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use serde_json::json;

use super::cookie::{self, Audience};
use super::{COOKIE, LIFETIME_SECONDS, USER, csrf};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::jsonp::{Wrap, plain};
use crate::scalar::truth;
use crate::secret;
use crate::store::{Connection, Row};
use crate::values;

/// The largest login form.
const LARGEST_FORM: usize = 16 * 1024;

fn wrap_of(query: Option<String>, headers: &HeaderMap) -> Result<Wrap, Failure> {
    Wrap::from_call(&Form::parse(query.unwrap_or_default().as_bytes())?, headers)
}

/// `GET /api/v1/login/`: sets the cookie `csrftoken`.
pub async fn offer(RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let mut response = wrap_of(query, &headers)?.answer(&json!({"status": "ok"}))?;
    response.headers_mut().append(header::SET_COOKIE, csrf::kept_cookie(&headers)?);
    Ok(response)
}

/// `POST /api/v1/login/`: sets the cookie `sessionid` and renews `csrftoken`.
pub async fn log_in(State(app): State<Shared>, headers: HeaderMap, body: Body) -> Answer {
    let form = app.bodies.form_up_to(LARGEST_FORM, &headers, body).await?.form;
    csrf::check(&headers, &form)?;
    let name = form.single("username")?.unwrap_or_default().to_owned();
    let password = form.single("password")?.unwrap_or_default().to_owned();
    app.logins.ready().await?;
    let user = app.store.look_up(move |connection| find_user(connection, &name)).await?;
    let (id, hash) = user.unzip();
    let is_right = app.logins.check(password, hash.clone()).await?;
    let (Some(id), Some(hash), true) = (id, hash, is_right) else {
        return Err(Failure::forbidden("wrong user name or password"));
    };
    let token = secret::token()?;
    let new = secret::digest(&token);
    let old = cookie::get(&headers, COOKIE).map(secret::digest);
    app.store.write(move |connection| renew(connection, id, &hash, old.as_ref(), &new)).await?;
    let mut response = plain(&json!({"status": "ok"}))?;
    let session = cookie::line(COOKIE, &token, LIFETIME_SECONDS, Audience::Browser)?;
    response.headers_mut().append(header::SET_COOKIE, session);
    response.headers_mut().append(header::SET_COOKIE, csrf::new_cookie()?);
    Ok(response)
}

fn find_user(connection: &Connection, name: &str) -> Result<Option<(i64, String)>, Failure> {
    let sql = r#"SELECT id, password_hash FROM "user" WHERE name = ?1"#;
    Ok(connection.query_row(sql, values![name], |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Ends the old session and begins the new one, if the password is still the one checked.
fn renew(
    connection: &Connection,
    user: i64,
    hash: &str,
    old: Option<&[u8; 32]>,
    new: &[u8; 32],
) -> Result<(), Failure> {
    connection.lock(USER, &[user])?;
    let sql = r#"SELECT password_hash FROM "user" WHERE id = ?1"#;
    let current: Option<String> = connection.query_row(sql, values![user], |row| row.get(0))?;
    if current.as_deref() != Some(hash) {
        return Err(Failure::forbidden("wrong user name or password"));
    }
    if let Some(old) = old {
        super::end(connection, old)?;
    }
    super::begin(connection, user, new)
}

/// `GET /api/v1/logout/`: ends the session on the server and takes the cookie back.
pub async fn log_out(State(app): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let wrap = wrap_of(query, &headers)?;
    if let Some(hash) = cookie::get(&headers, COOKIE).map(secret::digest) {
        app.store.write(move |connection| super::end(connection, &hash)).await?;
    }
    let mut response = wrap.answer(&json!({"status": "ok"}))?;
    response.headers_mut().append(header::SET_COOKIE, cookie::line(COOKIE, "", 0, Audience::Browser)?);
    Ok(response)
}

/// `GET /api/v1/session/`: whether one is logged in, and as whom.
pub async fn tell(State(app): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let wrap = wrap_of(query, &headers)?;
    let user = super::current(&app, &headers).await?;
    let name = user.as_ref().map_or("None", |user| user.name.as_str());
    wrap.answer(&json!({"logged_in": truth(user.is_some()), "user": name}))
}
