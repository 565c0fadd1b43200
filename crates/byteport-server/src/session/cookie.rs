// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading and writing cookies.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::answer::Failure;

/// Pages of other sites do not send the cookie, except by following a link.
const LAX: &str = "SameSite=Lax";

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
    let text = format!("{name}={value}; Path=/; Max-Age={life}; {LAX}{only}");
    let mut line = HeaderValue::from_str(&text).map_err(|error| Failure::internal("cookie", error))?;
    line.set_sensitive(true);
    Ok(line)
}

/// The value that an answer gives to a cookie.
#[must_use]
pub fn set_value(headers: &HeaderMap, name: &str) -> Option<HeaderValue> {
    let lines = headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.filter_map(|line| line.split(';').next()?.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    HeaderValue::from_str(value).ok()
}

/// Lets a browser send the cookies of an answer from pages of other sites too, which it does only over https.
pub fn open_to_other_sites(headers: &mut HeaderMap) {
    let lines: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for line in lines {
        let text = line.to_str().map(|text| text.replace(LAX, "SameSite=None; Secure"));
        let open = text.ok().and_then(|text| HeaderValue::from_str(&text).ok());
        let mut line = open.unwrap_or(line);
        line.set_sensitive(true);
        headers.append(header::SET_COOKIE, line);
    }
}
