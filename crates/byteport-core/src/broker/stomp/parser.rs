// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Frames out of bytes that come in pieces of any size.
//!
//! Invariants: each byte is looked at once and copied once. No more is held than one head of [`LONGEST_HEAD`] bytes and one body
//! of the greatest length allowed; memory grows with the bytes that came, never with a length that was only announced.

use super::frame::{Frame, is_escaped, malformed, unescape};
use crate::error::{Error, ErrorCode, Phase, Result};

/// The longest head of a frame, from its command to the empty line, in bytes.
pub(super) const LONGEST_HEAD: usize = 64 << 10;
/// The most header lines of a frame.
pub(super) const MOST_HEADERS: usize = 256;

/// Where in a frame the next byte belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between frames, or in the line of the command.
    Command,
    Header,
    /// In a body of this length.
    Counted(usize),
    /// In a body that ends with a NUL.
    Open,
}

/// See the module. After an error it is of no more use.
#[derive(Debug)]
pub(super) struct Parser {
    place: Place,
    frame: Frame,
    /// The line that has come in part.
    line: Vec<u8>,
    /// Bytes of the head so far, without the line.
    head: usize,
    /// Header lines so far, repeated ones too.
    lines: usize,
    most_body: usize,
}

impl Parser {
    /// Takes bodies of up to so many bytes.
    pub(super) fn new(most_body: usize) -> Parser {
        Parser {
            place: Place::Command,
            frame: Frame::default(),
            line: Vec::new(),
            head: 0,
            lines: 0,
            most_body,
        }
    }

    /// Takes bytes off the front up to the end of the next frame; `None` once all are taken and none has ended.
    ///
    /// # Errors
    /// For what is not STOMP 1.2, or exceeds a limit.
    pub(super) fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<Frame>> {
        while !bytes.is_empty() {
            let ended = match self.place {
                Place::Command | Place::Header => {
                    self.take_line(bytes)?;
                    false
                }
                Place::Counted(length) => self.take_counted(bytes, length)?,
                Place::Open => self.take_open(bytes)?,
            };
            if ended {
                (self.place, self.head, self.lines) = (Place::Command, 0, 0);
                return Ok(Some(std::mem::take(&mut self.frame)));
            }
        }
        Ok(None)
    }

    /// Takes a line, or what there is of it.
    fn take_line(&mut self, bytes: &mut &[u8]) -> Result<()> {
        let room = LONGEST_HEAD - self.head - self.line.len();
        let near = &bytes[..bytes.len().min(room)];
        let Some(end) = near.iter().position(|byte| *byte == b'\n') else {
            if near.len() < bytes.len() {
                return Err(malformed(format_args!(
                    "the head of a frame is longer than {LONGEST_HEAD} bytes"
                )));
            }
            self.line.extend(near);
            *bytes = &[];
            return Ok(());
        };
        self.line.extend(&near[..end]);
        *bytes = &bytes[end + 1..];
        let mut line = std::mem::take(&mut self.line);
        self.head += line.len() + 1;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if line.contains(&0) || line.contains(&b'\r') {
            return Err(malformed("there is a NUL or a lone carriage return in the head of a frame"));
        }
        let line = String::from_utf8(line).map_err(|_| malformed("the head of a frame is not UTF-8"))?;
        self.end_line(line)
    }

    fn end_line(&mut self, line: String) -> Result<()> {
        match (self.place, line.is_empty()) {
            (Place::Command, true) => self.head = 0, // a sign of life
            (Place::Command, false) => (self.place, self.frame.command) = (Place::Header, line),
            (_, true) => self.place = self.body()?,
            (_, false) => self.add_header(&line)?,
        }
        Ok(())
    }

    fn add_header(&mut self, line: &str) -> Result<()> {
        self.lines += 1;
        if self.lines > MOST_HEADERS {
            return Err(malformed(format_args!("a frame has more than {MOST_HEADERS} headers")));
        }
        let (name, value) = line
            .split_once(':')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| malformed("a header has no name"))?;
        let (name, value) = if is_escaped(&self.frame.command) {
            (unescape(name)?, unescape(value)?)
        } else {
            (name.to_owned(), value.to_owned())
        };
        if self.frame.header(&name).is_none() {
            self.frame.headers.push((name, value));
        }
        Ok(())
    }

    /// The head is whole: what body follows.
    fn body(&self) -> Result<Place> {
        let Some(text) = self.frame.header("content-length") else {
            return Ok(Place::Open);
        };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed("the content-length is no number"));
        }
        // A number that does not fit is too large in any case.
        let length = text.parse::<usize>().unwrap_or(usize::MAX);
        if length > self.most_body { Err(self.too_large()) } else { Ok(Place::Counted(length)) }
    }

    /// Takes what there is of a body whose length is known; `true` with the NUL behind it.
    fn take_counted(&mut self, bytes: &mut &[u8], length: usize) -> Result<bool> {
        let (part, rest) = bytes.split_at(bytes.len().min(length - self.frame.body.len()));
        self.frame.body.extend(part);
        *bytes = rest;
        match rest.split_first() {
            None => Ok(false),
            Some((0, rest)) => {
                *bytes = rest;
                Ok(true)
            }
            Some(_) => Err(malformed("a body is longer than its content-length")),
        }
    }

    /// Takes a body up to the NUL that ends it, or what there is of it.
    fn take_open(&mut self, bytes: &mut &[u8]) -> Result<bool> {
        let end = bytes.iter().position(|byte| *byte == 0);
        let part = &bytes[..end.unwrap_or(bytes.len())];
        if part.len() > self.most_body - self.frame.body.len() {
            return Err(self.too_large());
        }
        self.frame.body.extend(part);
        *bytes = &bytes[end.map_or(bytes.len(), |end| end + 1)..];
        Ok(end.is_some())
    }

    fn too_large(&self) -> Error {
        let message = format!(
            "the broker sends a message of more than {} bytes: allow larger ones if it is wanted",
            self.most_body
        );
        Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Receive)
    }
}

#[cfg(test)]
mod tests;
