// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The check that a POST with a session was sent on purpose and not by another site's page.
//!
//! Invariants: such a POST carries the token of its cookie `csrftoken` once more in the form
//! field `csrfmiddlewaretoken`, and a `Referer` of the host that was called; an `Origin`, where there
//! is one, is of that host too.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use super::cookie::{self, Audience};
use crate::answer::Failure;
use crate::form::Form;
use crate::secret;

/// The cookie that holds the token.
pub const COOKIE: &str = "csrftoken";
/// The form field that repeats it.
pub const FIELD: &str = "csrfmiddlewaretoken";
const YEAR: i64 = 365 * 24 * 3600;

/// A `Set-Cookie` line with a new token.
pub fn new_cookie() -> Result<HeaderValue, Failure> {
    cookie::line(COOKIE, &secret::token()?, YEAR, Audience::Scripts)
}

/// A `Set-Cookie` line that keeps the token of the call, or gives one to a call without.
pub fn kept_cookie(headers: &HeaderMap) -> Result<HeaderValue, Failure> {
    match cookie::get(headers, COOKIE).filter(|token| is_token(token)) {
        Some(token) => cookie::line(COOKIE, token, YEAR, Audience::Scripts),
        None => new_cookie(),
    }
}

/// Checks a POST; 403 says what is missing.
pub fn check(headers: &HeaderMap, form: &Form) -> Result<(), Failure> {
    let token = cookie::get(headers, COOKIE).filter(|token| is_token(token));
    let token = token.ok_or_else(|| Failure::forbidden("the csrftoken cookie is missing"))?;
    let given = form.single(FIELD)?.unwrap_or_default();
    if !secret::matches(given, Some(token)) {
        return Err(Failure::forbidden("csrfmiddlewaretoken is not that of the csrftoken cookie"));
    }
    if !is_own(headers, header::REFERER) {
        return Err(Failure::forbidden("the Referer is missing or of another host"));
    }
    if headers.contains_key(header::ORIGIN) && !is_own(headers, header::ORIGIN) {
        return Err(Failure::forbidden("the Origin is of another host"));
    }
    Ok(())
}

fn is_token(token: &str) -> bool {
    token.len() == secret::TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a page of another host may be making the call. A page can leave its `Referer` out, and a
/// browser tells the site only over https and to loopback addresses, so a call that says nothing may.
#[must_use]
pub fn is_foreign(headers: &HeaderMap) -> bool {
    let is_foreign_site = match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(site) => site != b"same-origin" && site != b"none",
        None => !headers.contains_key(header::REFERER),
    };
    is_foreign_site || (headers.contains_key(header::REFERER) && !is_own(headers, header::REFERER))
}

/// Whether host and port of this header's address are those of `Host`.
fn is_own(headers: &HeaderMap, name: HeaderName) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (Some(page), Some(host)) = (text(name), text(header::HOST)) else { return false };
    let Ok(page) = page.parse::<Uri>() else { return false };
    let default = match page.scheme_str() {
        Some("http") => ":80",
        Some("https") => ":443",
        _ => return false,
    };
    let Some(authority) = page.authority() else { return false };
    let bare = |text: &str| text.strip_suffix(default).unwrap_or(text).to_ascii_lowercase();
    !authority.as_str().contains('@') && bare(authority.as_str()) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(referer: &'static str, host: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::REFERER, HeaderValue::from_static(referer));
        headers.insert(header::HOST, HeaderValue::from_static(host));
        is_own(&headers, header::REFERER)
    }

    #[test]
    fn what_is_not_said_to_be_own_is_foreign() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().chain(&[("host", "localhost:8000")]);
            let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
            is_foreign(&pairs.map(pair).collect())
        };
        assert!(foreign(&[]) && foreign(&[("origin", "http://localhost:8000")]));
        assert!(!foreign(&[("referer", "http://localhost:8000/x")]));
        assert!(!foreign(&[("referer", "http://localhost:8000/x"), ("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("sec-fetch-site", "none")]));
        assert!(foreign(&[("referer", "http://localhost:3000/")]));
        for site in ["same-site", "cross-site", ""] {
            assert!(foreign(&[("sec-fetch-site", site)]), "{site}");
        }
    }

    #[test]
    fn referer_must_be_of_the_same_host() {
        assert!(own("http://localhost:8000/api/v1/login/", "localhost:8000"));
        assert!(own("http://LOCALHOST", "localhost"));
        assert!(own("https://a.example:443/x", "a.example"));
        assert!(!own("http://localhost:8001/", "localhost:8000"));
        assert!(!own("http://localhost:8000.evil.example/", "localhost:8000"));
        assert!(!own("http://localhost:8000@evil.example/", "localhost:8000"));
        assert!(!own("/relative", "localhost"));
        assert!(!own("ftp://localhost/", "localhost"));
        assert!(!own("", "localhost"));
    }
}
