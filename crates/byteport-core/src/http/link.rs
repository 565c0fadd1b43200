// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One connection whose socket somebody else reads and writes, such as an event loop: calls go in, bytes come out; bytes go
//! in, answers come out. HTTP/1.1 is ureq-proto's, as under ureq itself.
//!
//! Invariants: a link carries one call at a time, and after a failure none. While a request is sent, a whole interim answer is
//! never kept, and the first byte of any other answer ends the sending: so [`Link::incoming`] alone can bring an answer. Less
//! than [`MAX_HEAD`] bytes wait to be understood.

use std::io;
use std::net::TcpStream;

use ureq_proto::BodyMode;
use ureq_proto::client::state::{Cleanup, RecvBody, RecvResponse, SendBody};
use ureq_proto::client::{Call as Http, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::header::{ACCEPT, USER_AGENT};
use ureq_proto::parser::try_parse_response;

use super::body::{PIECE, cut_short, lost};
use super::exchange::{MAX_STORE_ANSWER, bad_request, failure, too_large};
use super::input::Input;
use super::{Answer, Call, Client, client};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::Wire;

/// The longest head of a request or an answer, line between two chunks, or trailer, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The most headers of an answer that another one follows.
const MAX_INTERIM_HEADERS: usize = 128;

/// What an answer begins with that another one follows.
const INTERIM: &[u8] = b"HTTP/1.1 1";

/// The one with such a beginning that none follows.
const SWITCHED: &[u8] = b"HTTP/1.1 101";

/// One connection without its input and output.
pub struct Link {
    wire: Wire,
    state: State,
    /// Plain bytes that came and are not yet understood.
    input: Input,
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
        Ok((socket, Link::new(wire, self.max_answer())))
    }
}

impl Link {
    pub(super) fn new(wire: Wire, max_answer: u64) -> Link {
        Link {
            wire,
            state: State::Idle,
            input: Input::default(),
            kept: false,
            answered: false,
            ended: false,
            whole: true,
            max_answer,
            stores: false,
        }
    }

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
        self.max_answer = call.most(client.max_answer());
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
            let got = call.request.body.read_at(*sent, &mut piece).map_err(lost)?;
            if got == 0 && *left > 0 {
                self.state = State::Over;
                return Err(lost(cut_short()));
            }
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

    /// Takes what came from the socket; gives the answer when it is whole. No bytes at all are the connection's end, and so is
    /// what TLS tells of it.
    ///
    /// # Errors
    /// [`ErrorCode::Disconnected`] for an end before the answer's, [`ErrorCode::InvalidAnswer`],
    /// [`ErrorCode::AnswerTooLarge`], [`ErrorCode::Tls`].
    pub fn incoming(&mut self, bytes: &[u8]) -> Result<Option<Answer>> {
        let closed = self.wire.receive(bytes, self.input.more()).map_err(broken_tls)?;
        let end = bytes.is_empty() || closed;
        self.ended |= end;
        self.answered |= !self.input.is_empty();
        match std::mem::replace(&mut self.state, State::Over) {
            State::Sending(http, sent, left) => self.read_early(http, sent, left, end),
            State::Head(http) => self.read_head(http, end),
            State::Body(http, answer) => self.read_body(http, answer, end),
            State::Idle if !end && self.input.is_empty() => {
                self.state = State::Idle;
                Ok(None)
            }
            State::Idle | State::Over => {
                self.input.clear(); // nobody asked: the link is over
                Ok(None)
            }
        }
    }

    /// Whether the next call can begin on this link, where all that [`Link::outgoing`] gave was written: an answer may come
    /// before that, and what was not written would be missing.
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
        if let State::Sending(http, sent, left) = std::mem::replace(&mut self.state, State::Over) {
            self.state = State::Head(self.sent(http, sent, left)?);
        }
        Ok(())
    }

    fn sent(
        &mut self,
        mut http: Box<Http<SendBody>>,
        sent: u64,
        left: u64,
    ) -> Result<Box<Http<RecvResponse>>> {
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
        Ok(Box::new(http.proceed().ok_or_else(out_of_step)?))
    }

    /// Looks at what comes while the request is sent: an answer before its end says no.
    fn read_early(
        &mut self,
        http: Box<Http<SendBody>>,
        sent: u64,
        left: u64,
        end: bool,
    ) -> Result<Option<Answer>> {
        self.skip_interim()?;
        if end || !is_interim(self.input.rest()) {
            let http = self.sent(http, sent, left)?;
            return self.read_head(http, end);
        }
        self.check_waiting()?;
        self.state = State::Sending(http, sent, left);
        Ok(None)
    }

    /// Drops the interim answers that are whole.
    fn skip_interim(&mut self) -> Result<()> {
        while !self.input.is_empty() && is_interim(self.input.rest()) {
            let head = try_parse_response::<MAX_INTERIM_HEADERS>(self.input.rest()).map_err(not_http)?;
            match head {
                Some((used, _)) if used > 0 => self.input.advance(used),
                _ => break,
            }
        }
        Ok(())
    }

    /// Refuses what goes on without making sense.
    fn check_waiting(&self) -> Result<()> {
        if self.input.rest().len() >= MAX_HEAD { Err(too_long_head()) } else { Ok(()) }
    }

    fn read_head(&mut self, mut http: Box<Http<RecvResponse>>, end: bool) -> Result<Option<Answer>> {
        let response = loop {
            let (used, response) = http.try_response(self.input.rest(), false).map_err(not_http)?;
            self.input.advance(used);
            match response {
                Some(response) => break response,
                None if used > 0 => {} // an interim answer
                None if end => return Err(self.cut("before the answer came")),
                None => {
                    self.check_waiting()?;
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
        let mut piece = vec![0; self.input.rest().len().clamp(1, PIECE)];
        let limit = if self.stores { MAX_STORE_ANSWER as u64 } else { self.max_answer };
        loop {
            let (used, got) = http
                .read(self.input.rest(), &mut piece)
                .map_err(|error| not_http(error).with_status(answer.status))?;
            self.input.advance(used);
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
            self.check_waiting().map_err(|error| error.with_status(answer.status))?;
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
        if self.whole && !self.ended && !http.must_close_connection() && self.input.is_empty() {
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

/// Whether an answer with this beginning may be one that another one follows.
fn is_interim(beginning: &[u8]) -> bool {
    INTERIM.starts_with(beginning) || (beginning.starts_with(INTERIM) && !beginning.starts_with(SWITCHED))
}

fn not_http(error: ureq_proto::Error) -> Error {
    failure(error.into())
}

fn broken_tls(error: io::Error) -> Error {
    Error::new(ErrorCode::Tls, "the TLS connection broke").in_phase(Phase::Receive).because(error)
}

fn too_long_head() -> Error {
    let message =
        "a head or a line of the request or of the answer is larger than 16 KiB: this is not a Byteport host";
    Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Receive)
}

fn out_of_step() -> Error {
    Error::new(ErrorCode::Internal, "a connection out of step: please report it")
}
