// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Whole packets out of bytes that come in pieces of any size.
//!
//! Invariants: a packet that lies whole in a piece is not copied; another is copied once. The memory that is taken is never more than
//! what came, twice over, and what the packet's header announces; that was checked before.

use super::decode::{Flaw, check_header};

/// So much memory is kept from one packet to the next, in bytes.
const KEPT: usize = 64 << 10;

/// So much memory is taken for a part at the least, in bytes.
const LEAST: usize = 64;

/// A packet as it came: its first byte, and what follows the fixed header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub first: u8,
    pub rest: &'a [u8],
}

/// The lengths of a packet, in bytes.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// The fixed header.
    own: usize,
    /// What follows it.
    rest: usize,
}

impl Header {
    /// `None` where the bytes hold only a part of the header.
    fn read(bytes: &[u8], longest: usize) -> Result<Option<Header>, Flaw> {
        let Some((&first, length)) = bytes.split_first() else { return Ok(None) };
        check_header(first, None, longest)?; // this much can be told before the length is there
        let mut rest = 0;
        for (at, byte) in length.iter().take(4).enumerate() {
            rest |= usize::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                check_header(first, Some(rest), longest)?;
                return Ok(Some(Header { own: at + 2, rest }));
            }
        }
        if length.len() < 4 {
            Ok(None)
        } else {
            Err(Flaw::Broken("a packet's length takes more than four bytes"))
        }
    }

    fn total(self) -> usize {
        self.own + self.rest
    }
}

/// The part of a packet whose end has not come yet.
#[derive(Default)]
pub(super) struct Inbox {
    part: Vec<u8>,
    /// The part was a whole packet, and was handed out.
    is_done: bool,
}

impl Inbox {
    /// The next packet of those that begin with what is here and go on in `bytes`; `None` once no whole one is left, and all of
    /// `bytes` was taken. `longest` is what may follow a fixed header.
    pub(super) fn next<'a, 'b: 'a>(
        &'a mut self,
        bytes: &mut &'b [u8],
        longest: usize,
    ) -> Result<Option<Frame<'a>>, Flaw> {
        if self.is_done {
            self.clear();
        }
        if self.part.is_empty() {
            let header = Header::read(bytes, longest)?;
            if let Some((header, packet)) =
                header.and_then(|header| Some((header, bytes.get(..header.total())?)))
            {
                *bytes = &bytes[header.total()..];
                return Ok(Some(Frame { first: packet[0], rest: &packet[header.own..] }));
            }
        }
        self.gather(bytes, longest)
    }

    /// Takes from `bytes` what the part lacks.
    fn gather(&mut self, bytes: &mut &[u8], longest: usize) -> Result<Option<Frame<'_>>, Flaw> {
        loop {
            let header = Header::read(&self.part, longest)?;
            let total = header.map_or(self.part.len() + 1, Header::total);
            let (piece, left) = bytes.split_at(bytes.len().min(total - self.part.len()));
            self.append(piece, total);
            *bytes = left;
            match header {
                Some(header) if self.part.len() == total => {
                    self.is_done = true;
                    return Ok(Some(Frame { first: self.part[0], rest: &self.part[header.own..] }));
                }
                _ if bytes.is_empty() && (header.is_some() || piece.is_empty()) => return Ok(None),
                _ => {}
            }
        }
    }

    /// Room grows with what came, not with what is announced, and beyond that only up to [`LEAST`].
    fn append(&mut self, piece: &[u8], total: usize) {
        let needed = self.part.len() + piece.len();
        if needed > self.part.capacity() {
            let room = needed.max(2 * self.part.capacity()).min(total).max(LEAST);
            self.part.reserve_exact(room - self.part.len());
        }
        self.part.extend_from_slice(piece);
    }

    /// Forgets the part.
    pub(super) fn clear(&mut self) {
        self.part.clear();
        self.part.shrink_to(KEPT);
        self.is_done = false;
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.part.capacity()
    }
}
