// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One call of the API without its input and output: what to send next, and what comes of the answers.
//!
//! Invariants: a redirect is followed only to the same scheme, host and port, and never where it would lose the data; an
//! answer that says no is an error that repeats no secret of the request.

use std::io::Read;

use form_urlencoded::{byte_serialize, parse};
use ureq::http::header::{AsHeaderName, CONTENT_TYPE, LOCATION};
use ureq::http::{HeaderMap, Uri};

use super::body::{BodyReader, lost, ours};
use super::retry_after::retry_after;
use super::session::Session;
use super::{Body, Client, Form};
use crate::error::{Error, ErrorCode, Phase, Result};

const MAX_REDIRECTS: usize = 5;

/// The two methods that the API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET: everything is in the URL.
    Get,
    /// POST: the data is in the body.
    Post,
}

impl Method {
    /// The method's name on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// The type of an encoded form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// One request to the client's host.
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The path, beginning with `/`.
    pub path: String,
    /// The encoded query, without `?`; empty for none.
    pub query: String,
    /// What a POST carries.
    pub body: Body,
    /// The body's type.
    pub content_type: &'static str,
    /// The `Cookie` header; empty for none.
    pub cookies: String,
    /// Further headers.
    pub headers: HeaderMap,
    /// Whether sending it twice has the same effect as sending it once.
    pub idempotent: bool,
    /// Whether it carries data to be stored: it never follows a redirect that could lose them, and of the answer only the
    /// status counts.
    pub stores: bool,
}

impl Request {
    /// A GET without query.
    pub fn get(path: impl Into<String>) -> Request {
        Request {
            method: Method::Get,
            path: path.into(),
            query: String::new(),
            body: Body::Bytes(Vec::new()),
            content_type: FORM,
            cookies: String::new(),
            headers: HeaderMap::new(),
            idempotent: true,
            stores: false,
        }
    }

    /// A POST of an encoded form.
    pub fn post(path: impl Into<String>, body: impl Into<Vec<u8>>) -> Request {
        let body = Body::Bytes(body.into());
        Request { method: Method::Post, body, idempotent: false, ..Request::get(path) }
    }
}

/// What the service answered.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name, if it is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// One call: the request that is to be sent, and what an answer to it means. [`Client::perform`] takes it to its end;
/// whoever does the input and output elsewhere sends [`Call::request`] and asks [`Client::answered`] how to go on.
pub struct Call {
    pub(super) request: Request,
    /// Path and query that are to be asked now; a redirect changes them.
    pub(super) address: String,
    redirects: usize,
    /// The longest answer, where it is less than the client's limit.
    most: Option<u64>,
    pub(super) meaning: Meaning,
}

/// What an answer means for a call.
pub(super) enum Meaning {
    /// Its status decides.
    Plain,
    /// So it does, and cookies may come for the session of this number.
    Session(u64),
    /// It brings the token with which to log in.
    LoginPage { username: String, password: String },
    /// It brings the session.
    LoginForm(Session),
}

impl Call {
    /// A call whose answer's status decides.
    pub fn new(request: Request) -> Call {
        Call::meaning(request, Meaning::Plain)
    }

    pub(super) fn meaning(request: Request, meaning: Meaning) -> Call {
        let address = match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        };
        Call { request, address, redirects: 0, most: None, meaning }
    }

    /// The same call with a query, encoded and without `?`.
    pub fn with_query(self, query: String) -> Call {
        Call::meaning(Request { query, ..self.request }, self.meaning)
    }

    /// The same call with a limit of its own for the answer, in bytes.
    pub(super) fn up_to(self, most: u64) -> Call {
        Call { most: Some(most), ..self }
    }

    /// The longest answer, for a client with this limit.
    pub(super) fn most(&self, limit: u64) -> u64 {
        self.most.map_or(limit, |most| most.min(limit))
    }

    /// What is to be sent.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Path and query that are to be asked now.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The pairs of the form that is posted, all in memory; `None` for a GET.
    ///
    /// # Errors
    /// [`ErrorCode::File`] where the temporary file of a long form fails.
    pub fn form(&mut self) -> Result<Option<Vec<(String, String)>>> {
        if self.request.method == Method::Get {
            return Ok(None);
        }
        let mut form = Vec::new();
        BodyReader::new(&mut self.request.body)
            .read_to_end(&mut form)
            .map_err(|error| ours(error).unwrap_or_else(lost))?;
        Ok(Some(Form::parse(&form)))
    }
}

impl Client {
    /// Takes an answer in; gives it back if the call is done, and `None` if there is more to send.
    ///
    /// # Errors
    /// The code of a status outside 2xx; [`ErrorCode::Redirect`] for a redirect that is not safe;
    /// [`ErrorCode::LoginFailed`].
    pub fn answered(&self, call: &mut Call, answer: Answer) -> Result<Option<Answer>> {
        let (method, path, status) = (call.request.method.text(), &call.request.path, answer.status);
        log::debug!(target: "byteport::http", "{method} {path}: {status}");
        // After a login's form, a redirect to a page for people is as good as a 200, and is not followed.
        let follows = !matches!(call.meaning, Meaning::LoginForm(_));
        if follows && matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            self.redirect(call, &answer)?;
            return Ok(None);
        }
        match &mut call.meaning {
            Meaning::LoginPage { .. } => {
                *call = self.login_form(call, &answer)?;
                Ok(None)
            }
            Meaning::LoginForm(session) => {
                let session = std::mem::take(session);
                self.logged_in(session, call, answer).map(Some)
            }
            Meaning::Plain | Meaning::Session(_) if !matches!(answer.status, 200..=299) => {
                Err(self.status_error(&call.request, &answer))
            }
            Meaning::Plain => Ok(Some(answer)),
            Meaning::Session(login) => {
                self.renew_session(*login, &answer);
                Ok(Some(answer))
            }
        }
    }

    fn redirect(&self, call: &mut Call, answer: &Answer) -> Result<()> {
        call.redirects += 1;
        if call.redirects > MAX_REDIRECTS {
            return Err(self.redirect_error(&call.request, "too many redirects"));
        }
        call.address = self.redirected(&call.request, &call.address, answer)?;
        Ok(())
    }

    /// Where a redirect leads to, within the same origin.
    fn redirected(&self, request: &Request, from: &str, answer: &Answer) -> Result<String> {
        let unsafe_one = |why| Err(self.redirect_error(request, why).with_status(answer.status));
        let sends_data = request.stores || request.method == Method::Post;
        if sends_data && !matches!(answer.status, 307 | 308) {
            return unsafe_one("it would drop the data that was sent");
        }
        let Some(location) = answer.header(LOCATION) else { return unsafe_one("it names no address") };
        let rest = match location.get(..self.origin().len()) {
            Some(origin) if origin.eq_ignore_ascii_case(self.origin()) => &location[origin.len()..],
            _ => location,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        if !rest.starts_with('/') || rest.starts_with("//") || rest.parse::<Uri>().is_err() {
            return unsafe_one("it leads to another host or to no path on this one");
        }
        if rest == from {
            return unsafe_one("it leads to where it came from");
        }
        // The query, with the key in it, goes along only where the new address has none of its own.
        match (rest.contains('?'), request.query.is_empty()) {
            (true, false) if request.stores => unsafe_one("it would drop the data that was sent"),
            (false, false) => Ok(format!("{rest}?{}", request.query)),
            _ => Ok(rest.to_owned()),
        }
    }

    fn redirect_error(&self, request: &Request, why: &str) -> Error {
        let message = format!(
            "{} {} on {} was redirected, and {why}: check the host's name, and http or https",
            request.method.text(),
            request.path,
            self.origin()
        );
        Error::new(ErrorCode::Redirect, message).in_phase(Phase::Status)
    }

    pub(super) fn status_error(&self, request: &Request, answer: &Answer) -> Error {
        let advice = match answer.status {
            403 => {
                "not allowed: check the API key and the namespace's write method, or the user's login and rights"
            }
            404 => "no such namespace, device or address",
            406 => "the service does not accept this",
            413 => "too large for the server",
            429 => "too many requests: try later",
            500..=599 => "the server failed: try later",
            _ => "the service did not accept the call",
        };
        let (status, method, path) = (answer.status, request.method.text(), &request.path);
        let reason = reason(request, answer);
        Error::from_status(status, format!("HTTP {status} for {method} {path}: {advice}{reason}"))
            .asked_to_wait(retry_after(answer))
    }
}

/// The server's own words, if they are short plain text and repeat no secret of the request.
fn reason(request: &Request, answer: &Answer) -> String {
    let plain = answer.header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/plain"));
    let Some(text) = std::str::from_utf8(&answer.body).ok().filter(|text| plain && text.len() <= 500) else {
        return String::new();
    };
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.is_empty() || repeats_secret(request, text) { String::new() } else { format!(" ({line})") }
}

/// Whether a text holds a key, password, token or cookie of the request, as it is or encoded.
fn repeats_secret(request: &Request, text: &str) -> bool {
    const SECRET: [&str; 4] = ["_key", "legacy_key", "password", "csrfmiddlewaretoken"];
    let encoded = |value: &str| byte_serialize(value.as_bytes()).collect::<String>();
    let holds = |value: &str| !value.is_empty() && (text.contains(value) || text.contains(&encoded(value)));
    let mut pairs = parse(request.query.as_bytes()).chain(parse(request.body.head()));
    let mut cookies = request.cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
    pairs.any(|(name, value)| SECRET.contains(&name.as_ref()) && holds(&value))
        || cookies.any(|(_, value)| holds(value))
}
