// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Bytes that can be looked at before they are taken.

use std::io::{self, BufRead, Read};

/// How much is read at once, in bytes.
const ROOM: usize = 64 << 10;

/// A reader with a buffer in which the next bytes can be seen.
pub(super) struct Peek<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Peek<R> {
    pub(super) fn new(from: R) -> Peek<R> {
        Peek { from, buffer: vec![0; ROOM], start: 0, end: 0 }
    }

    fn seen(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The next bytes: as many as asked for, at most 64 KiB, and fewer only where there are no more.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.end - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end < count && self.fill()? > 0 {}
        Ok(self.seen().get(..count).unwrap_or(self.seen()))
    }

    /// Reads into what is free of the buffer; 0 is the end.
    fn fill(&mut self) -> io::Result<usize> {
        loop {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.from.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                got => {
                    let got = got?;
                    self.end += got;
                    return Ok(got);
                }
            }
        }
    }
}

impl<R: Read> Read for Peek<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.fill_buf()?.read(buf)?;
        self.consume(got);
        Ok(got)
    }
}

impl<R: Read> BufRead for Peek<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.fill()?;
        }
        Ok(self.seen())
    }

    fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let one = buf.len().min(1);
            self.0.read(&mut buf[..one])
        }
    }

    #[test]
    fn what_was_seen_is_still_there() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
        let mut peek = Peek::new(Drops(&bytes));
        let mut taken = Vec::new();
        while !peek.peek(1).unwrap().is_empty() {
            let left = &bytes[taken.len()..];
            assert_eq!(peek.peek(4).unwrap(), &left[..left.len().min(4)]);
            let mut part = [0; 3];
            let got = peek.read(&mut part).unwrap();
            taken.extend_from_slice(&part[..got]);
        }
        assert!(taken == bytes && peek.peek(4).unwrap().is_empty());
    }
}
