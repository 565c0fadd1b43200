// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One request and its answer over a kept connection.
//!
//! Invariants: a redirect is followed only to the same scheme, host and port, and never where it would lose the data; a
//! request is sent a second time only where that cannot store anything twice.

use std::borrow::Cow;
use std::io::Read;

use form_urlencoded::{byte_serialize, parse};
use ureq::http::header::{AsHeaderName, CONTENT_TYPE, COOKIE, LOCATION, REFERER};
use ureq::http::{HeaderMap, Uri};
use ureq::{AsSendBody, Body, Timeout};

use super::Client;
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::Deadline;

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

/// One request to the client's host.
#[derive(Clone)]
pub struct Request<'a> {
    /// GET or POST.
    pub method: Method,
    /// The path, beginning with `/`.
    pub path: &'a str,
    /// The encoded query, without `?`; empty for none.
    pub query: &'a str,
    /// The body of a POST.
    pub body: &'a [u8],
    /// The body's type.
    pub content_type: &'static str,
    /// The `Cookie` header; empty for none.
    pub cookies: &'a str,
    /// Whether sending it twice has the same effect as sending it once.
    pub idempotent: bool,
    /// Whether it carries data to be stored: it never follows a redirect that could lose them, and of the answer only the
    /// status counts.
    pub stores: bool,
}

/// The type of an encoded form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

impl<'a> Request<'a> {
    /// A GET without query.
    pub fn get(path: &'a str) -> Request<'a> {
        let method = Method::Get;
        let (query, body, cookies) = ("", [].as_slice(), "");
        Request { method, path, query, body, content_type: FORM, cookies, idempotent: true, stores: false }
    }

    /// A POST of an encoded form.
    pub fn post(path: &'a str, body: &'a [u8]) -> Request<'a> {
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

impl Client {
    /// Sends a request and gives the answer, whatever its status; redirects within the host are followed. The total time-out
    /// is for all of it.
    ///
    /// # Errors
    /// Every code of the connection; [`ErrorCode::Redirect`] for a redirect that is not safe.
    pub fn exchange(&self, request: &Request<'_>) -> Result<Answer> {
        self.exchange_by(request, self.deadline())
    }

    /// [`Client::exchange`] as a part of a longer call.
    pub(super) fn exchange_by(&self, request: &Request<'_>, deadline: Deadline) -> Result<Answer> {
        let mut path_and_query = path_and_query(request);
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send_again_if_stale(request, &path_and_query, deadline)?;
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(answer);
            }
            path_and_query = Cow::Owned(self.redirected(request, &path_and_query, &answer)?);
        }
        Err(self.redirect_error(request, "too many redirects"))
    }

    /// Sends a request and gives the answer, whatever its status; no redirect is followed.
    pub(super) fn exchange_once(&self, request: &Request<'_>, deadline: Deadline) -> Result<Answer> {
        self.send_again_if_stale(request, &path_and_query(request), deadline)
    }

    /// Sends a request and gives the answer if its status is 2xx.
    ///
    /// # Errors
    /// As [`Client::exchange`], and the code of the status.
    pub fn call(&self, request: &Request<'_>) -> Result<Answer> {
        let answer = self.exchange(request)?;
        match answer.status {
            200..=299 => Ok(answer),
            _ => Err(self.status_error(request, &answer)),
        }
    }

    fn send_again_if_stale(
        &self,
        request: &Request<'_>,
        path_and_query: &str,
        deadline: Deadline,
    ) -> Result<Answer> {
        match self.send(request, path_and_query, deadline) {
            // The server closed a kept connection just when it was used.
            Err(error) if error.is_stale() && request.idempotent => {
                log::debug!(target: "byteport::http", "kept connection was closed: sending again");
                self.send(request, path_and_query, deadline)
            }
            done => done,
        }
    }

    fn send(&self, request: &Request<'_>, path_and_query: &str, deadline: Deadline) -> Result<Answer> {
        let uri = format!("{}{path_and_query}", self.origin());
        let builder = ureq::http::Request::builder().method(request.method.text()).uri(uri);
        let mut builder = builder.header(REFERER, self.referer());
        if !request.cookies.is_empty() {
            builder = builder.header(COOKIE, request.cookies);
        }
        let result = match request.method {
            Method::Get => self.run(builder.body(()).map_err(bad_request)?, deadline),
            Method::Post => {
                let builder = builder.header(CONTENT_TYPE, request.content_type);
                self.run(builder.body(request.body).map_err(bad_request)?, deadline)
            }
        };
        let (head, body) = result?.into_parts();
        let status = head.status.as_u16();
        log::debug!(target: "byteport::http", "{} {}: {status}", request.method.text(), request.path);
        let body = if request.stores { read_start(body) } else { read_all(body, self.max_answer()) };
        Ok(Answer { status, headers: head.headers, body: body.map_err(|error| error.with_status(status))? })
    }

    fn run<B: AsSendBody>(
        &self,
        request: ureq::http::Request<B>,
        deadline: Deadline,
    ) -> Result<ureq::http::Response<Body>> {
        let agent = self.agent();
        let left = deadline.left().map_err(|_| no_answer_in_time(Phase::Send))?;
        // The agent's own time-out serves the first request of a call; a later one has what is left.
        let request = if self.is_whole(left) {
            request
        } else {
            agent.configure_request(request).timeout_global(Some(left)).build()
        };
        agent.run(request).map_err(failure)
    }

    /// Where a redirect leads to, within the same origin.
    fn redirected(&self, request: &Request<'_>, from: &str, answer: &Answer) -> Result<String> {
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

    fn redirect_error(&self, request: &Request<'_>, why: &str) -> Error {
        let message = format!(
            "{} {} on {} was redirected, and {why}: check the host's name, and http or https",
            request.method.text(),
            request.path,
            self.origin()
        );
        Error::new(ErrorCode::Redirect, message).in_phase(Phase::Status)
    }

    pub(super) fn status_error(&self, request: &Request<'_>, answer: &Answer) -> Error {
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
        let (status, method, path) = (answer.status, request.method.text(), request.path);
        let reason = reason(request, answer);
        Error::from_status(status, format!("HTTP {status} for {method} {path}: {advice}{reason}"))
    }
}

/// The server's own words, if they are short plain text and repeat no secret of the request.
fn reason(request: &Request<'_>, answer: &Answer) -> String {
    let plain = answer.header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/plain"));
    let Some(text) = std::str::from_utf8(&answer.body).ok().filter(|text| plain && text.len() <= 500) else {
        return String::new();
    };
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.is_empty() || repeats_secret(request, text) { String::new() } else { format!(" ({line})") }
}

/// Whether a text holds a key, password, token or cookie of the request, as it is or encoded.
fn repeats_secret(request: &Request<'_>, text: &str) -> bool {
    const SECRET: [&str; 4] = ["_key", "legacy_key", "password", "csrfmiddlewaretoken"];
    let encoded = |value: &str| byte_serialize(value.as_bytes()).collect::<String>();
    let holds = |value: &str| !value.is_empty() && (text.contains(value) || text.contains(&encoded(value)));
    let mut pairs = parse(request.query.as_bytes()).chain(parse(request.body));
    let mut cookies = request.cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
    pairs.any(|(name, value)| SECRET.contains(&name.as_ref()) && holds(&value))
        || cookies.any(|(_, value)| holds(value))
}

fn path_and_query<'a>(request: &Request<'a>) -> Cow<'a, str> {
    match request.query {
        "" => Cow::Borrowed(request.path),
        query => Cow::Owned(format!("{}?{query}", request.path)),
    }
}

/// The whole body, up to the limit.
fn read_all(mut body: Body, limit: u64) -> Result<Vec<u8>> {
    let too_large = || {
        let message = format!("the answer is larger than the limit of {limit} bytes: ask for less");
        Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Receive)
    };
    if body.content_length().unwrap_or(0) > limit {
        return Err(too_large());
    }
    let bytes = read_up_to(&mut body, limit.saturating_add(1))?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

/// The first bytes of a body that says nothing needed; the connection of a longer one is not kept.
fn read_start(mut body: Body) -> Result<Vec<u8>> {
    read_up_to(&mut body, 16 * 1024)
}

fn read_up_to(body: &mut Body, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    body.as_reader().take(limit).read_to_end(&mut bytes).map_err(|error| failure(error.into()))?;
    Ok(bytes)
}

fn bad_request(error: ureq::http::Error) -> Error {
    Error::new(ErrorCode::InvalidArgument, "the request cannot be put into words of HTTP").because(error)
}

fn no_answer_in_time(phase: Phase) -> Error {
    Error::new(ErrorCode::Timeout, "no answer in time").in_phase(phase)
}

/// Our own errors come back out of ureq as they went in.
fn failure(error: ureq::Error) -> Error {
    let phase = Phase::Receive;
    match error {
        ureq::Error::Other(inner) => match inner.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(other) => Error::new(ErrorCode::Internal, "HTTP failed").because(other),
        },
        ureq::Error::Timeout(kind) => {
            let phase =
                if matches!(kind, Timeout::Connect | Timeout::Resolve) { Phase::Connect } else { phase };
            no_answer_in_time(phase)
        }
        ureq::Error::Io(error) => {
            Error::new(ErrorCode::Disconnected, "the connection broke in the middle of the answer")
                .in_phase(phase)
                .because(error)
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Error::new(ErrorCode::InvalidArgument, "the address cannot be put into words of HTTP")
        }
        other => Error::new(ErrorCode::InvalidAnswer, "this is not an HTTP answer: check host and port")
            .in_phase(phase)
            .because(other),
    }
}
