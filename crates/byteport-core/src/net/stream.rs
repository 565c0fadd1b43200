// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One connection, with or without TLS, every step of which ends by a deadline.
//!
//! Invariant: the socket's own time-out, once set, is never longer than what is left to the deadline; when it fires early,
//! the step goes on with what is left. So a kept connection needs no system call to change time-outs between calls.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::net::{RecvFlags, recv};

use super::interrupt::wait_on;
use super::tls::Session;
use super::{Deadline, Wire};

#[derive(Debug)]
pub(crate) struct Stream {
    socket: TcpStream,
    read_limit: Option<Duration>,
    write_limit: Option<Duration>,
    tls: Option<Session>,
}

impl Stream {
    pub(crate) fn plain(socket: TcpStream) -> Stream {
        Stream { socket, read_limit: None, write_limit: None, tls: None }
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Runs the TLS handshake over this connection.
    pub(crate) fn secure(mut self, mut session: Session, deadline: Deadline) -> io::Result<Stream> {
        session.handshake(&mut self.by(deadline))?;
        self.tls = Some(session);
        Ok(self)
    }

    /// The socket and, apart from it, what turns its bytes into plain ones.
    pub(crate) fn into_parts(self) -> (TcpStream, Wire) {
        (self.socket, Wire::new(self.tls))
    }

    /// Reads at least one byte, or 0 where the peer has closed.
    pub(crate) fn read(&mut self, buf: &mut [u8], deadline: Deadline) -> io::Result<usize> {
        let Some(mut tls) = self.tls.take() else { return self.by(deadline).read(buf) };
        let result = tls.read(&mut self.by(deadline), buf);
        self.tls = Some(tls);
        result
    }

    /// Writes all of it.
    pub(crate) fn write_all(&mut self, bytes: &[u8], deadline: Deadline) -> io::Result<()> {
        let Some(mut tls) = self.tls.take() else { return self.by(deadline).write_all(bytes) };
        let result = tls.write_all(&mut self.by(deadline), bytes);
        self.tls = Some(tls);
        result
    }

    /// Whether an idle connection can be used again: the peer has neither closed it nor sent what nobody asked for.
    pub(crate) fn is_alive(&mut self) -> bool {
        match &mut self.tls {
            None => matches!(peek(&self.socket), Err(rustix::io::Errno::AGAIN)),
            Some(tls) => tls.is_alive(&mut Nonblocking(&self.socket)),
        }
    }

    /// The bare socket as `Read` and `Write` that end by a deadline.
    pub(crate) fn by(&mut self, deadline: Deadline) -> ByDeadline<'_> {
        ByDeadline { stream: self, deadline }
    }
}

fn peek(socket: &TcpStream) -> rustix::io::Result<usize> {
    recv(socket, &mut [0u8; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT).map(|(got, _)| got)
}

/// Reads without waiting, whatever the socket's mode.
struct Nonblocking<'a>(&'a TcpStream);

impl Read for Nonblocking<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.0, buf, RecvFlags::DONTWAIT).map(|(got, _)| got)?)
    }
}

pub(crate) struct ByDeadline<'a> {
    stream: &'a mut Stream,
    deadline: Deadline,
}

impl ByDeadline<'_> {
    /// The time-out to set on the socket, if the one that is set does not serve: it must not reach past the deadline, and
    /// not be so short that it fires time and again.
    fn limit(&self, set: Option<Duration>) -> io::Result<Option<Duration>> {
        let left = self.deadline.left()?;
        let serves = set.is_some_and(|set| set <= left && set >= left / 2);
        // Three quarters: the next call, made a little later within the same time-out, needs no change.
        Ok((!serves).then(|| (left * 3 / 4).max(Duration::from_millis(1))))
    }
}

fn fired(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

impl Read for ByDeadline<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(limit) = self.limit(self.stream.read_limit)? {
                self.stream.socket.set_read_timeout(Some(limit))?;
                self.stream.read_limit = Some(limit);
            }
            match self.stream.socket.read(buf) {
                Err(error) if fired(&error) => wait_on(&error)?,
                done => return done,
            }
        }
    }
}

impl Write for ByDeadline<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            if let Some(limit) = self.limit(self.stream.write_limit)? {
                self.stream.socket.set_write_timeout(Some(limit))?;
                self.stream.write_limit = Some(limit);
            }
            match self.stream.socket.write(bytes) {
                Err(error) if fired(&error) => wait_on(&error)?,
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
