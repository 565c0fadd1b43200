// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One connection whose socket somebody else reads and writes, such as an event loop: calls go in, bytes come out; bytes go
//! in, answers come out. HTTP/1.1 is ureq-proto's, as under ureq itself.
//!
//! Invariant: a link carries one call at a time, and after a failure none.

use std::io;
use std::net::TcpStream;

use ureq_proto::BodyMode;
use ureq_proto::client::state::{Cleanup, RecvBody, RecvResponse, SendBody};
use ureq_proto::client::{Call as Http, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::header::{ACCEPT, USER_AGENT};

use super::body::{PIECE, no_room};
use super::exchange::{MAX_STORE_ANSWER, bad_request, failure, too_large};
use super::{Answer, Call, Client, client};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::Wire;

/// The longest head of a request or an answer, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// What an answer begins with that another one follows.
const INTERIM: &[u8] = b"HTTP/1.1 1";

/// One connection without its input and output.
pub struct Link {
    wire: Wire,
    state: State,
    /// Plain bytes that came and are not yet understood.
    input: Vec<u8>,
    /// Whether an earlier call was answered here.
    kept: bool,
    /// Whether a byte came since the last answer.
    answered: bool,
    /// Whether the connection's end came.
    ended: bool,
    /// Whether the whole request was sent.
    whole: bool,
    max_answer: u64,
    stores: bool,
}

enum State {
    Idle,
    /// So many bytes of the body are sent, so many left.
    Sending(Box<Http<SendBody>>, u64, u64),
    Head(Box<Http<RecvResponse>>),
    Body(Box<Http<RecvBody>>, Answer),
    Over,
}

impl Client {
    /// Makes a connection, within the connect time-out; this blocks. Gives its socket, and the link that makes sense of its
    /// bytes.
    ///
    /// # Errors
    /// Every code of connecting.
    pub fn link(&self) -> Result<(TcpStream, Link)> {
        let (socket, wire) = self.dial()?.into_parts();
        log::debug!(target: "byteport::net", "connected to {}", self.origin());
        let link = Link {
            wire,
            state: State::Idle,
            input: Vec::new(),
            kept: false,
            answered: false,
            ended: false,
            whole: true,
            max_answer: self.max_answer(),
            stores: false,
        };
        Ok((socket, link))
    }
}

impl Link {
    /// Begins a call on an idle link.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a request that cannot be put into words of HTTP; [`ErrorCode::Disconnected`] after
    /// the connection's end.
    pub fn begin(&mut self, client: &Client, call: &Call) -> Result<()> {
        match self.state {
            State::Idle => self.state = State::Over,
            _ if self.ended => return Err(self.cut("before the request was sent").in_phase(Phase::Send)),
            _ => return Err(out_of_step()),
        }
        self.stores = call.request().stores;
        let request = client.head(call)?.header(USER_AGENT, client::USER_AGENT).header(ACCEPT, "*/*");
        let request = request.body(()).map_err(bad_request)?;
        let mut http = Http::new(request).map_err(not_http)?.proceed();
        let mut head = vec![0; MAX_HEAD];
        let mut used = 0;
        while !http.can_proceed() {
            match http.write(&mut head[used..]).map_err(not_http)? {
                0 => return Err(too_long_head()),
                more => used += more,
            }
        }
        self.send(&head[..used])?;
        self.state = match http.proceed().map_err(not_http)? {
            Some(SendRequestResult::SendBody(http)) => {
                State::Sending(Box::new(http), 0, call.request.body.len())
            }
            Some(SendRequestResult::RecvResponse(http)) => State::Head(Box::new(http)),
            _ => return Err(out_of_step()),
        };
        Ok(())
    }

    /// What is to be written to the socket now; nothing means that there is nothing more to send.
    ///
    /// # Errors
    /// [`ErrorCode::File`] where a long body's temporary file fails; [`ErrorCode::Tls`].
    pub fn outgoing(&mut self, call: &mut Call) -> Result<Vec<u8>> {
        if let State::Sending(_, sent, left) = &mut self.state {
            let mut piece = vec![0; PIECE];
            let got = call.request.body.read_at(*sent, &mut piece).map_err(no_room)?;
            *sent += got as u64;
            *left = left.saturating_sub(got as u64);
            let all = *left == 0;
            self.wire.send(&piece[..got]).map_err(broken_tls)?;
            if all {
                self.stop_sending()?;
            }
        }
        self.wire.take().map_err(broken_tls)
    }

    /// Takes what came from the socket; gives the answer when it is whole. No bytes at all are the connection's end.
    ///
    /// # Errors
    /// [`ErrorCode::Disconnected`] for an end before the answer's, [`ErrorCode::InvalidAnswer`],
    /// [`ErrorCode::AnswerTooLarge`], [`ErrorCode::Tls`].
    pub fn incoming(&mut self, bytes: &[u8]) -> Result<Option<Answer>> {
        self.ended |= bytes.is_empty();
        self.wire.receive(bytes, &mut self.input).map_err(broken_tls)?;
        self.answered |= !self.input.is_empty();
        let interim = self.input.starts_with(INTERIM) || INTERIM.starts_with(&self.input);
        if matches!(self.state, State::Sending(..)) && (bytes.is_empty() || !interim) {
            self.stop_sending()?; // an answer before the end of the request says no
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Head(http) => self.read_head(http, bytes.is_empty()),
            State::Body(http, answer) => self.read_body(http, answer, bytes.is_empty()),
            State::Idle if bytes.is_empty() || !self.input.is_empty() => Ok(None), // nobody asked: the link is over
            state => {
                self.state = state;
                Ok(None)
            }
        }
    }

    /// Whether the next call can begin on this link.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Whether a call that failed on this link is to be made again on another if it is idempotent: the link had been kept,
    /// and the service closed it before a byte of an answer came.
    pub fn is_stale(&self) -> bool {
        self.kept && self.ended && !self.answered
    }

    fn send(&mut self, plain: &[u8]) -> Result<()> {
        self.wire.send(plain).map_err(broken_tls)
    }

    /// Waits for the answer from now on; what was not sent never will be, and the link is not kept then.
    fn stop_sending(&mut self) -> Result<()> {
        let State::Sending(mut http, sent, left) = std::mem::replace(&mut self.state, State::Over) else {
            return Ok(());
        };
        self.whole = left == 0;
        let mut counted = sent + left;
        while counted > 0 {
            let step = counted.min(1 << 30);
            http.consume_direct_write(step as usize).map_err(not_http)?;
            counted -= step;
        }
        if !http.can_proceed() {
            http.write(&[], &mut []).map_err(not_http)?; // an empty body
        }
        self.state = State::Head(Box::new(http.proceed().ok_or_else(out_of_step)?));
        Ok(())
    }

    fn read_head(&mut self, mut http: Box<Http<RecvResponse>>, end: bool) -> Result<Option<Answer>> {
        let response = loop {
            let (used, response) = http.try_response(&self.input, false).map_err(not_http)?;
            self.input.drain(..used);
            match response {
                Some(response) => break response,
                None if used > 0 => {} // an interim answer
                None if end => return Err(self.cut("before the answer came")),
                None if self.input.len() >= MAX_HEAD => return Err(too_long_head()),
                None => {
                    self.state = State::Head(http);
                    return Ok(None);
                }
            }
        };
        let (head, ()) = response.into_parts();
        let answer = Answer { status: head.status.as_u16(), headers: head.headers, body: Vec::new() };
        match http.proceed() {
            Some(RecvResponseResult::RecvBody(http)) => self.read_body(Box::new(http), answer, end),
            Some(RecvResponseResult::Redirect(http)) => Ok(Some(self.done(http.proceed(), answer))),
            Some(RecvResponseResult::Cleanup(http)) => Ok(Some(self.done(http, answer))),
            None => Err(out_of_step()),
        }
    }

    fn read_body(
        &mut self,
        mut http: Box<Http<RecvBody>>,
        mut answer: Answer,
        end: bool,
    ) -> Result<Option<Answer>> {
        let mut piece = vec![0; PIECE];
        let limit = if self.stores { MAX_STORE_ANSWER as u64 } else { self.max_answer };
        loop {
            let (used, got) = http
                .read(&self.input, &mut piece)
                .map_err(|error| not_http(error).with_status(answer.status))?;
            self.input.drain(..used);
            answer.body.extend_from_slice(&piece[..got]);
            if answer.body.len() as u64 > limit {
                let error = || too_large(limit).with_status(answer.status);
                return if self.stores { Ok(Some(answer)) } else { Err(error()) };
            }
            if used == 0 && got == 0 {
                break;
            }
        }
        let ends_with_connection = http.body_mode() == BodyMode::CloseDelimited;
        if ends_with_connection && !(end && self.wire.ended_well()) || !http.can_proceed() {
            if end {
                return Err(self.cut("in the middle of the answer").with_status(answer.status));
            }
            self.state = State::Body(http, answer);
            return Ok(None);
        }
        match http.proceed() {
            Some(RecvBodyResult::Redirect(http)) => Ok(Some(self.done(http.proceed(), answer))),
            Some(RecvBodyResult::Cleanup(http)) => Ok(Some(self.done(http, answer))),
            None => Err(out_of_step()),
        }
    }

    fn done(&mut self, http: Http<Cleanup>, answer: Answer) -> Answer {
        if self.whole && !http.must_close_connection() && self.input.is_empty() {
            self.state = State::Idle;
            self.kept = true;
            self.answered = false;
        }
        answer
    }

    fn cut(&self, when: &str) -> Error {
        Error::new(ErrorCode::Disconnected, format!("the connection broke {when}"))
            .in_phase(Phase::Receive)
            .because(io::Error::from(io::ErrorKind::UnexpectedEof))
    }
}

fn not_http(error: ureq_proto::Error) -> Error {
    failure(error.into())
}

fn broken_tls(error: io::Error) -> Error {
    Error::new(ErrorCode::Tls, "the TLS connection broke").in_phase(Phase::Receive).because(error)
}

fn too_long_head() -> Error {
    let message =
        "the head of the request or of the answer is larger than 16 KiB: this is not a Byteport host";
    Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Receive)
}

fn out_of_step() -> Error {
    Error::new(ErrorCode::Internal, "a connection out of step: please report it")
}
