// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Our connections under ureq's pool.
//!
//! Invariants: a request's head and body leave in one write where they fit the buffer; a kept connection costs one system
//! call to check before use; when the peer stops reading, its answer is still read, for it says why.

use std::io;
use std::time::Duration;

use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport, time,
};

use crate::error::{Error, ErrorCode, Phase};
use crate::net::{Deadline, Dialer, Stream, Target};

/// Each connection's buffers, one for each direction, in bytes. ureq's own are eight times that: too much for a board.
const BUFFER: usize = 16 * 1024;

/// ureq's resolver is asked before every call, kept connection or not; the dialer resolves when it connects.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(
        &self,
        _: &ureq::http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

#[derive(Debug)]
pub(super) struct DialConnector {
    pub(super) target: Target,
    pub(super) dialer: std::sync::Arc<Dialer>,
}

impl Connector for DialConnector {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Connection>, ureq::Error> {
        let stream = self.dialer.dial(&self.target, deadline(details.timeout)).map_err(wrap)?;
        log::debug!(target: "byteport::net", "connected to {}:{}", self.target.host, self.target.port);
        Ok(Some(Connection::new(stream)))
    }
}

fn deadline(timeout: NextTimeout) -> Deadline {
    Deadline::after(match timeout.after {
        time::Duration::Exact(after) => after,
        time::Duration::NotHappening => Duration::MAX,
    })
}

fn wrap(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

/// Whether the system failed, and not the other side: then that still waits for the request, and there is no answer to read.
fn is_local(error: &io::Error) -> bool {
    let is_closed = matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    );
    error.raw_os_error().is_some() && !is_closed
}

#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    buffers: LazyBuffers,
    pending: Vec<u8>,
    /// Why nothing more can be sent.
    broken: Option<io::Error>,
    /// Whether anything came back since the request began.
    answered: bool,
    /// Whether an earlier call was answered on this connection.
    kept: bool,
    /// Whether the connection has been idle since it was last known to live.
    idle: bool,
}

impl Connection {
    fn new(stream: Stream) -> Connection {
        Connection {
            stream,
            buffers: LazyBuffers::new(BUFFER, BUFFER),
            pending: Vec::with_capacity(1024),
            broken: None,
            answered: false,
            kept: false,
            idle: false,
        }
    }

    /// After a failed write there is nothing to send any more, but perhaps an answer to read.
    fn send(&mut self, deadline: Deadline) {
        if self.broken.is_none() {
            self.broken = self.stream.write_all(&self.pending, deadline).err();
        }
        self.pending.clear();
    }

    fn failure(&self, phase: Phase, error: io::Error) -> Error {
        let (code, what) = match error.kind() {
            io::ErrorKind::TimedOut if phase == Phase::Send => {
                (ErrorCode::Timeout, "the request could not be sent in time")
            }
            io::ErrorKind::TimedOut => (ErrorCode::Timeout, "no answer in time"),
            io::ErrorKind::InvalidData => (ErrorCode::Tls, "the TLS connection broke"),
            _ if phase == Phase::Send => {
                (ErrorCode::Disconnected, "the connection broke while the request was sent")
            }
            _ => (ErrorCode::Disconnected, "the connection broke before the answer came"),
        };
        let closed = matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
        );
        let stale = self.kept && !self.answered && closed;
        Error::new(code, what).in_phase(phase).because(error).stale(stale)
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.answered = false;
        let deadline = deadline(timeout.for_write());
        if self.pending.len() + amount > BUFFER {
            self.send(deadline);
        }
        self.pending.extend_from_slice(&self.buffers.output()[..amount]);
        match &self.broken {
            Some(error) if error.kind() == io::ErrorKind::TimedOut => {
                Err(wrap(self.failure(Phase::Send, io::ErrorKind::TimedOut.into())))
            }
            _ => Ok(()),
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let deadline = deadline(timeout.for_read());
        if !self.pending.is_empty() {
            self.send(deadline);
        }
        if let Some(error) = self.broken.take_if(|error| is_local(error)) {
            return Err(wrap(self.failure(Phase::Send, error)));
        }
        let space = self.buffers.input_append_buf();
        if space.is_empty() {
            let message = "the head of the answer is larger than 16 KiB: this is not a Byteport host";
            return Err(wrap(Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Receive)));
        }
        let read = self.stream.read(space, deadline);
        match (read, self.broken.take()) {
            (Ok(0) | Err(_), Some(error)) => Err(wrap(self.failure(Phase::Send, error))),
            (Ok(0), None) if !self.answered => {
                Err(wrap(self.failure(Phase::Receive, io::ErrorKind::UnexpectedEof.into())))
            }
            (Ok(got), broken) => {
                self.broken = broken;
                self.answered |= got > 0;
                self.kept |= got > 0;
                self.idle = false;
                self.buffers.input_appended(got);
                Ok(got > 0)
            }
            (Err(error), None) => Err(wrap(self.failure(Phase::Receive, error))),
        }
    }

    /// ureq asks when an answer is done, which shows that the connection lives, and again before the next use.
    fn is_open(&mut self) -> bool {
        if self.broken.is_some() {
            return false;
        }
        !std::mem::replace(&mut self.idle, true) || self.stream.is_alive()
    }

    fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }
}
