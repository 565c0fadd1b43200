// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Answers that are files: taken piece by piece, however long they are.
//!
//! Invariants: memory does not grow with the answer; a body that ends before its announced length is an error, and so is one
//! that is encoded otherwise than asked; there is no end to the whole time, but to the time without a byte.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use ureq::http::HeaderMap;
use ureq::http::header::{ACCEPT_ENCODING, AsHeaderName, CONTENT_ENCODING, HeaderValue};

use super::body::{PIECE, ours};
use super::exchange::{Pace, again_if_stale, failure, read_start, too_large};
use super::{Answer, Call, Client, Request};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::resolve_on;

/// What is told of a transfer as it goes on: how many bytes have come, and how many there will be, if that is known. Breaking
/// off ends the call with [`ErrorCode::Stopped`].
pub type Progress<'a> = dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + 'a;

/// An answer whose body is still to come.
pub(super) struct Transfer {
    pub(super) status: u16,
    headers: HeaderMap,
    body: ureq::Body,
}

impl Client {
    /// The call for a file: its bytes as they are, without an encoding of the transfer's own.
    pub(super) fn file_call(&self, mut request: Request) -> Call {
        request.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        self.session_call(request)
    }

    /// Takes a call to the answer that brings what was asked for.
    ///
    /// # Errors
    /// As [`Client::perform`].
    pub(super) fn transfer(&self, mut call: Call) -> Result<Transfer> {
        loop {
            let (head, body) = again_if_stale(&mut call, |call| self.open(call, Pace::Steady))?.into_parts();
            let status = head.status.as_u16();
            if !head.status.is_success() {
                let body = read_start(body).map_err(|error| error.with_status(status))?;
                self.answered(&mut call, Answer { status, headers: head.headers, body })?;
                continue;
            }
            let answer = Answer { status, headers: head.headers, body: Vec::new() };
            if let Some(answer) = self.answered(&mut call, answer)? {
                return Transfer { status, headers: answer.headers, body }.unencoded();
            }
        }
    }
}

impl Transfer {
    fn unencoded(self) -> Result<Transfer> {
        match self.header(CONTENT_ENCODING).map(str::trim) {
            None | Some("" | "identity") => Ok(self),
            Some(_) => {
                Err(self.unexpected("the file comes compressed for the transfer, which was not asked for"))
            }
        }
    }

    /// The first header of that name, if it is text.
    pub(super) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How many bytes the body has, if the answer says so.
    pub(super) fn length(&self) -> Option<u64> {
        self.body.content_length()
    }

    /// The answer is not what it should be.
    pub(super) fn unexpected(&self, message: impl Into<String>) -> Error {
        Error::new(ErrorCode::InvalidAnswer, message).in_phase(Phase::Receive).with_status(self.status)
    }

    /// The body; the progress's count has `before` bytes in it that came earlier.
    pub(super) fn incoming<'a>(self, before: u64, progress: Option<&'a mut Progress<'a>>) -> Incoming<'a> {
        let total = self.length().map(|length| before.saturating_add(length));
        let body = self.body.into_reader();
        Incoming { body, status: self.status, come: before, total, most: u64::MAX, named: u64::MAX, progress }
    }
}

/// A body as it comes in. Its errors hold ours: see [`ours`].
pub(super) struct Incoming<'a> {
    body: ureq::BodyReader<'static>,
    status: u16,
    come: u64,
    /// How many bytes there will be in the end, if that is known.
    pub(super) total: Option<u64>,
    most: u64,
    named: u64,
    progress: Option<&'a mut Progress<'a>>,
}

impl Incoming<'_> {
    /// The same with an end to how much may come, and the number that is named to the caller for it. What is announced to be
    /// more is not begun.
    pub(super) fn up_to(self, most: u64, named: u64) -> Result<Self> {
        let limited = Incoming { most, named, ..self };
        limited.check(limited.total.unwrap_or(0))?;
        Ok(limited)
    }

    fn check(&self, bytes: u64) -> Result<()> {
        if bytes > self.most { Err(too_large(self.named).with_status(self.status)) } else { Ok(()) }
    }

    fn next(&mut self, buf: &mut [u8]) -> Result<usize> {
        resolve_on().map_err(given_up)?;
        let got = self.body.read(buf).map_err(|error| failure(error.into()).with_status(self.status))?;
        self.come += got as u64;
        self.check(self.come)?;
        self.tell()?;
        Ok(got)
    }

    fn tell(&mut self) -> Result<()> {
        let Some(progress) = &mut self.progress else { return Ok(()) };
        match progress(self.come, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                Err(Error::new(ErrorCode::Stopped, "the transfer was stopped by the caller")
                    .in_phase(Phase::Receive))
            }
        }
    }
}

impl Read for Incoming<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.next(buf).map_err(io::Error::other)
    }
}

/// A signal came while a file was received.
fn given_up(error: io::Error) -> Error {
    let message = "the transfer was given up";
    Error::new(ErrorCode::Disconnected, message).in_phase(Phase::Receive).retryable(false).because(error)
}

/// Where received bytes go: at most so many. Its errors hold ours.
pub(super) struct Outgoing<'a> {
    to: &'a mut dyn Write,
    pub(super) written: u64,
    most: u64,
}

impl<'a> Outgoing<'a> {
    pub(super) fn new(to: &'a mut dyn Write, most: u64) -> Outgoing<'a> {
        Outgoing { to, written: 0, most }
    }
}

impl Write for Outgoing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.most - self.written {
            return Err(io::Error::other(too_large(self.most)));
        }
        let taken = self.to.write(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => io::Error::other(unwritable(error)),
        })?;
        self.written += taken.min(bytes.len()) as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush().map_err(|error| io::Error::other(unwritable(error)))
    }
}

/// Copies to the end.
pub(super) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let got = from.read(&mut piece).map_err(told)?;
        if got == 0 {
            return Ok(());
        }
        to.write_all(piece.get(..got).unwrap_or_default()).map_err(told)?;
    }
}

/// The error of ours in one of a copy; any other is of the file that is written.
pub(super) fn told(error: io::Error) -> Error {
    ours(error).unwrap_or_else(unwritable)
}

fn unwritable(error: io::Error) -> Error {
    let message = "what was received cannot be written: make room, or choose another place";
    Error::new(ErrorCode::File, message).in_phase(Phase::Receive).because(error)
}
