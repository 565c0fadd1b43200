// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The bytes of a connection, enciphered or not, without its socket: for whoever reads and writes the socket elsewhere.

use std::io::{self, Read, Write};

use rustls::ClientConnection;

/// What goes out and comes in over one connection.
pub(crate) struct Wire {
    tls: Option<Box<ClientConnection>>,
    out: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(tls: Option<Box<ClientConnection>>) -> Wire {
        Wire { tls, out: Vec::new() }
    }

    /// Takes plain bytes that are to go out.
    pub(crate) fn send(&mut self, mut plain: &[u8]) -> io::Result<()> {
        let Some(tls) = &mut self.tls else {
            self.out.extend_from_slice(plain);
            return Ok(());
        };
        while !plain.is_empty() {
            let taken = tls.writer().write(plain)?;
            plain = &plain[taken..];
            write_out(tls, &mut self.out)?;
        }
        Ok(())
    }

    /// What is to be written to the socket now.
    pub(crate) fn take(&mut self) -> io::Result<Vec<u8>> {
        if let Some(tls) = &mut self.tls {
            write_out(tls, &mut self.out)?;
        }
        Ok(std::mem::take(&mut self.out))
    }

    /// Takes what came from the socket and appends the plain bytes in it; no bytes at all are the connection's end. Says
    /// whether the peer told that nothing more comes.
    pub(crate) fn receive(&mut self, mut bytes: &[u8], plain: &mut Vec<u8>) -> io::Result<bool> {
        let Some(tls) = &mut self.tls else {
            plain.extend_from_slice(bytes);
            return Ok(false);
        };
        loop {
            let before = bytes.len();
            tls.read_tls(&mut bytes)?;
            let state = tls
                .process_new_packets()
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            let at = plain.len();
            plain.resize(at + state.plaintext_bytes_to_read(), 0);
            tls.reader().read_exact(&mut plain[at..])?;
            if bytes.is_empty() || bytes.len() == before {
                return Ok(state.peer_has_closed()); // nothing is taken that comes after that
            }
        }
    }

    /// Whether the end of the connection was told, and is no cut.
    pub(crate) fn ended_well(&mut self) -> bool {
        let Some(tls) = &mut self.tls else { return true };
        matches!(tls.reader().read(&mut [0]), Ok(0))
    }
}

fn write_out(tls: &mut ClientConnection, out: &mut Vec<u8>) -> io::Result<()> {
    while tls.wants_write() {
        tls.write_tls(out)?;
    }
    Ok(())
}
