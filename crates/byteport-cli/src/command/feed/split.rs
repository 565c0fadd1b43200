// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Standard input cut into lines, in memory that has a bound.
//!
//! Invariant: a line that is too long or no text is told in its place, and the lines after it come all the same.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::time::Duration;

use crate::interrupt::Stop;

/// So much is read at once.
const PIECE: usize = 64 << 10;

/// What stands in one line.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Text(&'a str),
    TooLong,
    NotText,
}

/// Cuts bytes into lines.
pub struct Splitter {
    bytes: Vec<u8>,
    /// Where the next line begins.
    at: usize,
    limit: usize,
    /// The line that goes on is too long already.
    skips: bool,
    is_ended: bool,
    /// How many lines came.
    number: u64,
}

impl Splitter {
    /// For lines of no more bytes than that.
    pub fn new(limit: usize) -> Splitter {
        Splitter { bytes: Vec::new(), at: 0, limit, skips: false, is_ended: false, number: 0 }
    }

    /// Takes more bytes; none where there are no more to come.
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.is_ended = bytes.is_empty();
        self.skips |= self.bytes.len() > self.limit;
        if self.skips {
            self.bytes.clear();
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next line without its end, if it has come, and its number, counted from 1.
    pub fn next(&mut self) -> Option<(u64, Line<'_>)> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (line, length) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (rest.get(..end)?, end + 1),
            None if self.is_ended && (self.skips || !rest.is_empty()) => (rest, rest.len()),
            None => return None,
        };
        self.at += length;
        self.number += 1;
        if std::mem::take(&mut self.skips) || line.len() > self.limit {
            return Some((self.number, Line::TooLong));
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some((self.number, std::str::from_utf8(line).map_or(Line::NotText, Line::Text)))
    }

    /// Waits for more of standard input. Whether there may be another line: not at the end, and not after Ctrl-C.
    pub fn fill(&mut self, stop: &Stop) -> io::Result<bool> {
        let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        if self.is_ended || stop.wait(Some(input.as_fd()), Duration::MAX)? {
            return Ok(false);
        }
        let mut piece = vec![0; PIECE];
        match input.read(&mut piece) {
            Ok(got) => self.add(piece.get(..got).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text that comes in pieces of a size.
    fn lines(text: &[u8], size: usize) -> Vec<String> {
        let mut splitter = Splitter::new(5);
        let mut lines = Vec::new();
        for piece in text.chunks(size).chain([&[][..]]) {
            splitter.add(piece);
            while let Some((number, line)) = splitter.next() {
                assert_eq!(number, lines.len() as u64 + 1);
                lines.push(match line {
                    Line::Text(text) => text.to_owned(),
                    other => format!("{other:?}"),
                });
            }
        }
        lines
    }

    #[test]
    fn lines_are_cut_wherever_the_pieces_end() {
        for size in 1..20 {
            assert_eq!(lines(b"a=1\r\n\nabcde\nlast", size), ["a=1", "", "abcde", "last"], "{size}");
            assert_eq!(lines(b"abcdef\nb\n\xff\nc\n", size), ["TooLong", "b", "NotText", "c"], "{size}");
            assert_eq!(lines(b"abcdefghijklmnop", size), ["TooLong"], "{size}");
            assert_eq!(lines(b"abcdefghijklmnop\n", size), ["TooLong"], "{size}");
            assert!(lines(b"", size).is_empty());
        }
    }

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_its_bound() {
        let mut splitter = Splitter::new(5);
        for _ in 0..1000 {
            splitter.add(&[b'x'; 100]);
            assert_eq!(splitter.next(), None);
            assert!(splitter.bytes.len() <= 105);
        }
    }
}
