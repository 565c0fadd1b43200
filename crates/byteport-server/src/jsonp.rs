// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! JSON answers, and the same wrapped in a function call (JSONP) where `callback` asks for it.
//!
//! Invariants: a callback is a JavaScript identifier path of at most 128 ASCII characters, so an
//! answer can never begin with text of the caller's choice; the two line separators that JSON
//! allows and old JavaScript does not are escaped; a call with a session and a callback is refused
//! unless the browser says that a page of this host makes it, because any page may run a script.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::form::Form;
use crate::session::{self, cookie, csrf};

/// How a JSON answer is wrapped.
#[derive(Clone, Debug, Default)]
pub struct Wrap {
    callback: Option<String>,
}

impl Wrap {
    /// Reads `callback` from a query; a name that is not an identifier path is refused.
    pub fn from_query(query: &Form) -> Result<Self, Failure> {
        let callback = query.single("callback")?.map(str::to_owned);
        match callback {
            Some(name) if !is_identifier_path(&name) => {
                Err(Failure::bad("callback is not a JavaScript identifier path"))
            }
            callback => Ok(Self { callback }),
        }
    }

    /// As [`Wrap::from_query`], for a call whose answer is for the user who is logged in.
    pub fn from_call(query: &Form, headers: &HeaderMap) -> Result<Self, Failure> {
        let wrap = Self::from_query(query)?;
        let is_session = cookie::get(headers, session::COOKIE).is_some();
        if wrap.callback.is_some() && is_session && csrf::is_foreign(headers) {
            return Err(Failure::forbidden(
                "a callback with a session works from pages of this host only: send its Referer",
            ));
        }
        Ok(wrap)
    }

    /// What goes before the JSON text.
    #[must_use]
    pub fn head(&self) -> String {
        self.callback.as_ref().map_or_else(String::new, |name| format!("{name}("))
    }

    /// What goes after the JSON text.
    #[must_use]
    pub fn tail(&self) -> &'static str {
        if self.callback.is_some() { ");" } else { "" }
    }

    /// An answer with this body, which already has head and tail.
    #[must_use]
    pub fn response(&self, body: Body) -> Response {
        let kind = match self.callback {
            Some(_) => "application/javascript; charset=utf-8",
            None => "application/json",
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::OK;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// Answers a value.
    pub fn answer(&self, value: &impl Serialize) -> Answer {
        let json = to_text(value)?;
        let text = format!("{}{json}{}", self.head(), self.tail());
        Ok(self.response(Body::from(text)))
    }
}

/// Answers a value as plain JSON.
pub fn plain(value: &impl Serialize) -> Answer {
    Wrap::default().answer(value)
}

/// A value as JSON text that is also JavaScript.
pub fn to_text(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::internal("JSON", error))?;
    if text.contains(['\u{2028}', '\u{2029}']) {
        return Ok(text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"));
    }
    Ok(text)
}

fn is_identifier_path(name: &str) -> bool {
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    let is_identifier = |part: &str| {
        let mut bytes = part.bytes();
        bytes.next().is_some_and(is_start) && bytes.all(|byte| is_start(byte) || byte.is_ascii_digit())
    };
    name.len() <= 128 && name.split('.').all(is_identifier)
}

#[cfg(test)]
mod tests {
    use super::is_identifier_path;

    #[test]
    fn callbacks() {
        for good in ["cb", "a.b.c", "$", "_x1", "jQuery_123.go"] {
            assert!(is_identifier_path(good), "{good}");
        }
        for bad in ["", "1a", "a..b", "a.", ".a", "a b", "a(", "alert(1)//", "a[0]", "é", "a\n"] {
            assert!(!is_identifier_path(bad), "{bad}");
        }
        assert!(!is_identifier_path(&"a".repeat(129)));
    }
}
