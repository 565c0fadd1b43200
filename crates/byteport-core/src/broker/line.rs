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

    /// So many bytes the socket did not take yet.
    pub(super) fn unwritten(&self) -> usize {
        self.out.len() - self.taken
    }

    /// Takes plain bytes out, and writes what the socket takes now.
    pub(super) fn write(&mut self, plain: &mut Vec<u8>) -> io::Result<()> {
        self.wire.send(plain)?;
        plain.clear();
        let new = self.wire.take()?;
        if !self.is_full() {
            (self.out, self.taken) = (new, 0);
        } else {
            self.forget_taken();
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

    /// Gives back what the socket took, once that is half of all: so each byte is moved once on average.
    fn forget_taken(&mut self) {
        if self.taken >= self.out.len() / 2 {
            self.out.drain(..self.taken);
            self.taken = 0;
        }
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn what_the_socket_took_takes_no_memory_though_it_never_takes_all() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut line = Line::new(Stream::plain(near)).unwrap();
        while !line.is_full() {
            line.write(&mut vec![b'x'; 1 << 20]).unwrap(); // nobody reads
        }
        let unwritten = line.unwritten();
        line.out.splice(..line.taken, vec![0; unwritten]); // as if it had taken as much again
        line.taken = unwritten;
        line.write(&mut vec![b'y'; 10]).unwrap();
        assert!(line.unwritten() <= unwritten + 10);
        assert_eq!((line.taken, line.out.last()), (line.out.len() - line.unwritten(), Some(&b'y')));
        assert!(line.out.len() <= unwritten + 10, "{}", line.out.len());
    }
}
