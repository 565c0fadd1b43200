// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Pages of other origins that may use the API (`--allow-origin`).
//!
//! Invariants: without the option nothing here changes a call or an answer. An origin is compared
//! as a whole, and `*` and `null` are none. A call of an allowed page counts as one of a page of
//! this host: it reaches the other checks with a `Referer` of this host and no `Origin`, and its
//! answer may be read by the page. Where a browser says both `Origin` and `Referer`, `Origin` counts. Every
//! answer says that it depends on `Origin`, so that no cache gives it to another page.
//!
//! A page cannot read this host's cookies, so an answer that sets the CSRF token tells it to the
//! page in the header `X-CSRFToken` too. A page at `https` is of another site as a rule, and gets
//! its cookies with `SameSite=None; Secure`: a browser takes them only where it reaches this
//! server over https. A page at `http` keeps `SameSite=Lax`, which
//! works only where page and server have the same host name, with any two ports.

use std::str::FromStr;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::Shared;
use crate::session::{cookie, csrf};

/// Tells the CSRF token to a page that cannot read the cookie.
const TOKEN: HeaderName = HeaderName::from_static("x-csrftoken");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What a page may read beside the body.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("X-CSRFToken, Content-Disposition, Content-Range, ETag");

/// Scheme, host and port of a page, as browsers write them: in lower case and without the
/// scheme's own port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    value: HeaderValue,
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let origin = text.parse::<Uri>().ok().and_then(|uri| Self::of(&uri));
        let origin = origin.filter(|_| text.matches('/').count() == 2 && !text.contains(['?', '#', '*']));
        origin.ok_or("use scheme, host and port only, such as https://dash.example.org:8443")
    }
}

impl Origin {
    /// The origin of a page's address.
    fn of(page: &Uri) -> Option<Self> {
        let default = match page.scheme_str()? {
            "http" => ":80",
            "https" => ":443",
            _ => return None,
        };
        let authority = page.authority()?.as_str().to_ascii_lowercase();
        if authority.contains('@') || authority.starts_with(':') {
            return None;
        }
        let bare = authority.strip_suffix(default).unwrap_or(&authority);
        let text = format!("{}://{bare}", page.scheme_str()?);
        let value = HeaderValue::from_str(&text).ok()?;
        Some(Self { text, value })
    }

    /// The origin of the page that makes a call, as far as the browser says.
    fn of_call(headers: &HeaderMap) -> Option<Self> {
        let said = headers.get(header::ORIGIN).or_else(|| headers.get(header::REFERER))?;
        Self::of(&said.to_str().ok()?.parse().ok()?)
    }

    fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }
}

/// Lets pages of allowed origins in.
pub async fn admit(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    if app.origins.is_empty() {
        return next.run(request).await;
    }
    let page = Origin::of_call(request.headers()).filter(|page| app.origins.contains(page));
    let mut response = match &page {
        Some(_) if is_preflight(&request) => preflight(),
        Some(_) => {
            vouch(request.headers_mut());
            next.run(request).await
        }
        None => next.run(request).await,
    };
    if let Some(page) = &page {
        open(response.headers_mut(), page);
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

/// Whether a browser asks if a call may be made.
fn is_preflight(request: &Request) -> bool {
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    request.method() == Method::OPTIONS && asks
}

fn preflight() -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Range"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, allowed).into_response()
}

/// Makes a call look as one of a page of this host.
fn vouch(headers: &mut HeaderMap) {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(own) = host.and_then(|host| HeaderValue::from_str(&format!("http://{host}/")).ok()) else {
        return;
    };
    headers.insert(header::REFERER, own);
    headers.remove(header::ORIGIN);
    headers.insert(FETCH_SITE, HeaderValue::from_static("same-origin"));
}

/// Lets a page read an answer, and its browser keep the cookies.
fn open(headers: &mut HeaderMap, page: &Origin) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page.value.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    if let Some(token) = cookie::set_value(headers, csrf::COOKIE) {
        headers.insert(TOKEN, token);
    }
    if page.is_https() {
        cookie::open_to_other_sites(headers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        let text = |given: &str| given.parse::<Origin>().map(|origin| origin.text);
        assert_eq!(text("https://Dash.Example"), Ok("https://dash.example".into()));
        assert_eq!(text("http://localhost:3000"), Ok("http://localhost:3000".into()));
        assert_eq!(text("https://a.example:443"), Ok("https://a.example".into()));
        assert_eq!(text("http://[::1]:80"), Ok("http://[::1]".into()));
        let bad = [
            "",
            "*",
            "null",
            "a.example",
            "https://",
            "https://*",
            "https://*.a.example",
            "ftp://a.example",
            "https://a.example/",
            "https://a.example/x",
            "https://a.example?x",
            "https://u@a.example",
            "//a",
        ];
        for bad in bad {
            assert!(text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_the_browser_says_of_the_page() {
        let of = |pairs: &[(HeaderName, &'static str)]| {
            let pairs = pairs.iter().map(|(name, text)| (name.clone(), HeaderValue::from_static(text)));
            Origin::of_call(&pairs.collect()).map(|origin| origin.text)
        };
        let referer = (header::REFERER, "https://a.example/page?x#y");
        assert_eq!(of(&[]), None);
        assert_eq!(of(std::slice::from_ref(&referer)), Some("https://a.example".into()));
        assert_eq!(
            of(&[(header::ORIGIN, "http://b.example"), referer.clone()]),
            Some("http://b.example".into())
        );
        assert_eq!(of(&[(header::ORIGIN, "null"), referer]), None);
    }
}
