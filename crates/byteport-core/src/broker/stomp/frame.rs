// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A STOMP frame, and how its header texts are escaped.

use std::fmt;

use crate::error::{Error, ErrorCode, Phase, Result};

/// One frame. Of headers of the same name only the first is kept, for it is the one that counts.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Frame {
    pub command: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Frame {
    /// The header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Headers may hold a password, and the body what is nobody's business.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Frame")
            .field("command", &self.command)
            .field("headers", &names)
            .field("length", &self.body.len())
            .finish()
    }
}

/// What the broker sends is not STOMP 1.2. Another connection may do better.
pub(super) fn malformed(what: impl fmt::Display) -> Error {
    let message = format!("the broker does not speak STOMP 1.2 as it should: {what}");
    Error::new(ErrorCode::InvalidAnswer, message).in_phase(Phase::Decode)
}

/// Whether the header texts of a frame are escaped; those of a greeting are not.
pub(super) fn is_escaped(command: &str) -> bool {
    !matches!(command, "CONNECT" | "CONNECTED")
}

/// Appends a text as headers have it.
pub(super) fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend(br"\\"),
            b'\n' => out.extend(br"\n"),
            b'\r' => out.extend(br"\r"),
            b':' => out.extend(br"\c"),
            other => out.push(other),
        }
    }
}

/// The text that was escaped.
///
/// # Errors
/// For an escape that STOMP 1.2 does not know.
pub(super) fn unescape(text: &str) -> Result<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(first) = rest.next() {
        if first != '\\' {
            plain.push(first);
            continue;
        }
        plain.push(match rest.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('c') => ':',
            Some('\\') => '\\',
            _ => return Err(malformed("an escape in a header is none of \\n, \\r, \\c and \\\\")),
        });
    }
    Ok(plain)
}
