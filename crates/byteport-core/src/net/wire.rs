// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The bytes of a connection, enciphered or not, without its socket: for whoever reads and writes the socket elsewhere.

use std::io;

use super::tls::Session;

/// What goes out and comes in over one connection.
pub(crate) struct Wire {
    tls: Option<Session>,
    out: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(tls: Option<Session>) -> Wire {
        Wire { tls, out: Vec::new() }
    }

    /// Takes plain bytes that are to go out.
    pub(crate) fn send(&mut self, plain: &[u8]) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => tls.write_all(&mut self.out, plain),
            None => {
                self.out.extend_from_slice(plain);
                Ok(())
            }
        }
    }

    /// What is to be written to the socket now.
    pub(crate) fn take(&mut self) -> io::Result<Vec<u8>> {
        if let Some(tls) = &mut self.tls {
            tls.flush(&mut self.out)?;
        }
        Ok(std::mem::take(&mut self.out))
    }

    /// Takes what came from the socket and appends the plain bytes in it; no bytes at all are the connection's end. Says
    /// whether the peer told that nothing more comes.
    pub(crate) fn receive(&mut self, bytes: &[u8], plain: &mut Vec<u8>) -> io::Result<bool> {
        match &mut self.tls {
            Some(tls) => tls.receive(bytes, plain),
            None => {
                plain.extend_from_slice(bytes);
                Ok(false)
            }
        }
    }

    /// Whether the end of the connection was told, and is no cut.
    pub(crate) fn ended_well(&mut self) -> bool {
        self.tls.as_mut().is_none_or(Session::ended_well)
    }
}
