// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Calls over kept connections, one request and its answer at a time.
//!
//! Invariant: a request is sent a second time only where that cannot store anything twice.

use std::io::{ErrorKind, Read};

use ureq::http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, REFERER};
use ureq::{AsSendBody, SendBody, Timeout};

use super::body::{BodyReader, ours};
use super::{Answer, Body, Call, Client, Method};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::Deadline;

/// Of what is answered to a store, this much is read; the connection of a longer answer is not kept.
pub(super) const MAX_STORE_ANSWER: usize = 16 * 1024;

impl Client {
    /// Takes a call to its end, within the total time-out.
    ///
    /// # Errors
    /// Every code of the connection, and those of [`Client::answered`].
    pub fn perform(&self, mut call: Call) -> Result<Answer> {
        let deadline = self.deadline();
        loop {
            let answer = again_if_stale(&mut call, |call| self.send(call, deadline))?;
            if let Some(answer) = self.answered(&mut call, answer)? {
                return Ok(answer);
            }
        }
    }

    fn send(&self, call: &mut Call, deadline: Deadline) -> Result<Answer> {
        let (head, body) = self.open(call, Pace::Within(deadline))?.into_parts();
        let status = head.status.as_u16();
        let limit = call.most(self.max_answer());
        let body = if call.request.stores { read_start(body) } else { read_all(body, limit) };
        Ok(Answer { status, headers: head.headers, body: body.map_err(|error| error.with_status(status))? })
    }

    /// Sends the request, and receives the answer up to its body.
    pub(super) fn open(&self, call: &mut Call, pace: Pace) -> Result<ureq::http::Response<ureq::Body>> {
        let head = self.head(call)?;
        let request = &mut call.request;
        match (request.method, &mut request.body) {
            (Method::Get, _) => self.run(head.body(()).map_err(bad_request)?, pace),
            (Method::Post, Body::Bytes(bytes)) => {
                self.run(head.body(bytes.as_slice()).map_err(bad_request)?, pace)
            }
            (Method::Post, body) => {
                let mut reader = BodyReader::new(body);
                let body = SendBody::from_reader(&mut reader);
                self.run(head.body(body).map_err(bad_request)?, pace)
            }
        }
    }

    /// The request's line and headers.
    pub(super) fn head(&self, call: &Call) -> Result<ureq::http::request::Builder> {
        let request = &call.request;
        let uri = format!("{}{}", self.origin(), call.address);
        let builder = ureq::http::Request::builder().method(request.method.text()).uri(uri);
        let mut builder = builder.header(REFERER, self.referer());
        if !request.cookies.is_empty() {
            builder = builder.header(COOKIE, &request.cookies);
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if request.method == Method::Post {
            builder = builder.header(CONTENT_TYPE, request.content_type);
            builder = builder.header(CONTENT_LENGTH, request.body.len());
        }
        Ok(builder)
    }

    fn run<B: AsSendBody>(
        &self,
        request: ureq::http::Request<B>,
        pace: Pace,
    ) -> Result<ureq::http::Response<ureq::Body>> {
        let agent = self.agent();
        let request = match pace {
            Pace::Within(deadline) => {
                let left = deadline.left().map_err(|_| no_answer_in_time(Phase::Send))?;
                // The agent's own time-out serves the first request of a call; a later one has what is left.
                if self.is_whole(left) {
                    request
                } else {
                    agent.configure_request(request).timeout_global(Some(left)).build()
                }
            }
            Pace::Steady => {
                let most = Some(self.timeout());
                let request = agent.configure_request(request).timeout_global(None);
                request.timeout_recv_response(most).timeout_per_read(most).timeout_per_write(most).build()
            }
        };
        agent.run(request).map_err(failure)
    }
}

/// How long a request and its answer may take.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// All of it ends by then.
    Within(Deadline),
    /// The answer's head comes within the total time-out; of its body something comes within every such time.
    Steady,
}

/// Sends a call a second time where the server closed a kept connection just when it was used.
pub(super) fn again_if_stale<T>(call: &mut Call, send: impl Fn(&mut Call) -> Result<T>) -> Result<T> {
    match send(call) {
        Err(error) if error.is_stale() && call.request.idempotent => {
            log::debug!(target: "byteport::http", "kept connection was closed: sending again");
            send(call)
        }
        done => done,
    }
}

/// The whole body, up to the limit.
fn read_all(mut body: ureq::Body, limit: u64) -> Result<Vec<u8>> {
    if body.content_length().unwrap_or(0) > limit {
        return Err(too_large(limit));
    }
    let bytes = read_up_to(&mut body, limit.saturating_add(1))?;
    if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

/// The answer is longer than the client's limit.
pub(super) fn too_large(limit: u64) -> Error {
    let message = format!("the answer is larger than the limit of {limit} bytes: ask for less");
    Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Receive)
}

/// The first bytes of a body that says nothing needed.
pub(super) fn read_start(mut body: ureq::Body) -> Result<Vec<u8>> {
    read_up_to(&mut body, MAX_STORE_ANSWER as u64)
}

fn read_up_to(body: &mut ureq::Body, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    body.as_reader().take(limit).read_to_end(&mut bytes).map_err(|error| failure(error.into()))?;
    Ok(bytes)
}

pub(super) fn bad_request(error: ureq::http::Error) -> Error {
    Error::new(ErrorCode::InvalidArgument, "the request cannot be put into words of HTTP").because(error)
}

fn no_answer_in_time(phase: Phase) -> Error {
    Error::new(ErrorCode::Timeout, "no answer in time").in_phase(phase)
}

/// Our own errors come back out of ureq as they went in.
pub(super) fn failure(error: ureq::Error) -> Error {
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
        ureq::Error::Io(error) if error.kind() == ErrorKind::OutOfMemory => {
            let message = "there is no memory for the answer: ask for less";
            Error::new(ErrorCode::OutOfMemory, message).in_phase(phase)
        }
        ureq::Error::Io(error) => ours(error).unwrap_or_else(|error| {
            Error::new(ErrorCode::Disconnected, "the connection broke in the middle of the answer")
                .in_phase(phase)
                .because(error)
        }),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Error::new(ErrorCode::InvalidArgument, "the address cannot be put into words of HTTP")
        }
        other => Error::new(ErrorCode::InvalidAnswer, "this is not an HTTP answer: check host and port")
            .in_phase(phase)
            .because(other),
    }
}
