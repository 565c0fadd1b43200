// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A connection that is up: a socket that never blocks, what turns its bytes into plain ones, and what is still to be written.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use crate::net::{Stream, Wire};

/// See the module.
pub(super) struct Line {
    socket: Arc<TcpStream>,
    wire: Wire,
    /// Bytes for the socket, of which it took so many.
    out: Vec<u8>,
    taken: usize,
}

impl Line {
    pub(super) fn new(stream: Stream) -> io::Result<Line> {
        let (socket, wire) = stream.into_parts();
        socket.set_nonblocking(true)?;
        Ok(Line { socket: Arc::new(socket), wire, out: Vec::new(), taken: 0 })
    }

    /// The socket, for whoever waits for it and reads from it.
    pub(super) fn socket(&self) -> Arc<TcpStream> {
        Arc::clone(&self.socket)
    }

    /// Whether there is something that the socket did not take yet.
    pub(super) fn is_full(&self) -> bool {
        self.taken < self.out.len()
    }

    /// Takes plain bytes out, and writes what the socket takes now.
    pub(super) fn write(&mut self, plain: &mut Vec<u8>) -> io::Result<()> {
        self.wire.send(plain)?;
        plain.clear();
        let new = self.wire.take()?;
        if !self.is_full() {
            (self.out, self.taken) = (new, 0);
        } else {
            self.out.extend_from_slice(&new);
        }
        while self.is_full() {
            match (&*self.socket).write(&self.out[self.taken..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.taken += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Appends the plain bytes in what came from the socket.
    ///
    /// # Errors
    /// Where the peer has ended the connection, or it is no TLS.
    pub(super) fn read(&mut self, bytes: &[u8], plain: &mut Vec<u8>) -> io::Result<()> {
        let has_ended = self.wire.receive(bytes, plain)?;
        if has_ended || bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// Reads what the socket has; `None` where that is nothing now.
pub(super) fn read_some(mut socket: &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    loop {
        match socket.read(buffer) {
            Ok(count) => return Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
