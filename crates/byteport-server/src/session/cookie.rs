// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading and writing cookies.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::answer::Failure;

/// The value of the first cookie with this name.
#[must_use]
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| key.trim() == name);
    found.map(|(_, value)| value.trim())
}

/// Who may read a cookie in a browser.
#[derive(Clone, Copy)]
pub enum Audience {
    /// Only the browser itself (`HttpOnly`).
    Browser,
    /// Also scripts of the page.
    Scripts,
}

/// A `Set-Cookie` line; a life of 0 seconds takes the cookie back.
pub fn line(name: &str, value: &str, life: i64, audience: Audience) -> Result<HeaderValue, Failure> {
    let only = match audience {
        Audience::Browser => "; HttpOnly",
        Audience::Scripts => "",
    };
    let text = format!("{name}={value}; Path=/; Max-Age={life}; SameSite=Lax{only}");
    let mut line = HeaderValue::from_str(&text).map_err(|error| Failure::internal("cookie", error))?;
    line.set_sensitive(true);
    Ok(line)
}
