// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The page at `/`: a small manager made for looking.
//!
//! Invariants: every file is in the program; a browser asks for each again and is told "unchanged"
//! by its tag, so that a newer server never meets an older page. The page runs no script but its
//! own and talks to its own host only, which the browser enforces: whatever text a device stores,
//! it is shown as text. No other page may frame it. It sends its `Referer` to its own host, for
//! the calls that change something ask for it.

pub mod files;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::answer::{Answer, Failure};
use files::{FILES, File, INDEX};

/// What the browser lets the page do. Scripts cannot even turn text into markup by mistake: no
/// policy for trusted types exists, so `innerHTML` and its like throw.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// `GET /`: the page.
pub async fn index(headers: HeaderMap) -> Answer {
    answer(&INDEX, &headers)
}

/// `GET /page/NAME`: a file of the page.
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Answer {
    let found = FILES.iter().find(|file| file.name == name);
    answer(found.ok_or_else(|| Failure::missing("the page has no such file"))?, &headers)
}

fn answer(file: &File, headers: &HeaderMap) -> Answer {
    let tag = HeaderValue::from_str(&file.tag()).map_err(|error| Failure::internal("page", error))?;
    let is_known = headers.get_all(header::IF_NONE_MATCH).iter().any(|known| names(known, &tag));
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(file.bytes) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind()));
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// Whether a line of `If-None-Match` names this tag, in a list or among all.
fn names(line: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(line), Ok(tag)) = (line.to_str(), tag.to_str()) else { return false };
    line.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_found_in_every_notation() {
        let tag = HeaderValue::from_static("\"ab\"");
        for line in ["\"ab\"", "W/\"ab\"", "\"x\", \"ab\"", "\"x\",W/\"ab\"", "*"] {
            assert!(names(&HeaderValue::from_static(line), &tag), "{line}");
        }
        for line in ["", "ab", "\"abc\"", "\"a\", \"b\""] {
            assert!(!names(&HeaderValue::from_static(line), &tag), "{line}");
        }
    }
}
