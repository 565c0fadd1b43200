// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the bytes of one connection go through: plain on one side, enciphered on the other. Where they come from and go to
//! is the caller's: a socket that waits, or bytes in memory.

use std::io::{self, Read, Write};

use rustls::{ClientConnection, IoState};

/// One connection's TLS.
#[derive(Debug)]
pub(crate) struct Session(Box<ClientConnection>);

impl Session {
    pub(super) fn new(connection: ClientConnection) -> Session {
        Session(Box::new(connection))
    }

    /// Runs the handshake to its end.
    pub(crate) fn handshake(&mut self, io: &mut (impl Read + Write)) -> io::Result<()> {
        while self.0.is_handshaking() {
            if self.0.wants_write() {
                self.0.write_tls(io)?;
            } else {
                if self.0.read_tls(io)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if let Err(error) = self.process() {
                    let _ = self.0.write_tls(io); // tells the server why; it may be gone
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Reads at least one plain byte, or 0 where the peer has closed.
    pub(crate) fn read(&mut self, io: &mut (impl Read + Write), buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.reader().read(buf) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
            self.flush(io)?;
            self.0.read_tls(io)?;
            self.process()?;
        }
    }

    /// Enciphers and writes all of the plain bytes.
    pub(crate) fn write_all(&mut self, io: &mut impl Write, mut plain: &[u8]) -> io::Result<()> {
        while !plain.is_empty() {
            let taken = self.0.writer().write(plain)?;
            plain = &plain[taken..];
            self.flush(io)?;
        }
        Ok(())
    }

    /// Writes what TLS itself has to say.
    pub(crate) fn flush(&mut self, io: &mut impl Write) -> io::Result<()> {
        while self.0.wants_write() {
            self.0.write_tls(io)?;
        }
        Ok(())
    }

    /// Appends the plain bytes in what came; no bytes at all are the connection's end. Says whether the peer told that nothing
    /// more comes.
    pub(crate) fn receive(&mut self, mut bytes: &[u8], plain: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let before = bytes.len();
            self.0.read_tls(&mut bytes)?;
            let state = self.process()?;
            let at = plain.len();
            plain.resize(at + state.plaintext_bytes_to_read(), 0);
            self.0.reader().read_exact(&mut plain[at..])?;
            if bytes.is_empty() || bytes.len() == before {
                return Ok(state.peer_has_closed()); // nothing is taken that comes after that
            }
        }
    }

    /// Whether the end of the connection was told, and is no cut.
    pub(crate) fn ended_well(&mut self) -> bool {
        matches!(self.0.reader().read(&mut [0]), Ok(0))
    }

    /// Whether an idle connection can be used again, by what can be read without waiting. A server sends session tickets when
    /// it likes: they are taken in, and only data or an end count.
    pub(crate) fn is_alive(&mut self, io: &mut impl Read) -> bool {
        for _ in 0..16 {
            match self.0.read_tls(io) {
                Ok(0) => return false,
                Ok(_) => match self.process() {
                    Ok(state) if state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed() => {}
                    _ => return false,
                },
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        false
    }

    fn process(&mut self) -> io::Result<IoState> {
        self.0.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}
