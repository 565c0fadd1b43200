// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! HTTP messages as raw bytes, as far as a proxy needs to know where one ends.

use std::io::{BufRead, Read};

/// One message with its body, byte for byte; `None` at the end of the connection or where the message breaks off.
pub fn read(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    let mut length = 0;
    loop {
        let start = message.len();
        reader.read_until(b'\n', &mut message).ok().filter(|got| *got > 0)?;
        let line = String::from_utf8_lossy(&message[start..]).to_ascii_lowercase();
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let head = message.len();
    reader.take(length).read_to_end(&mut message).ok()?;
    (message.len() as u64 == head as u64 + length).then_some(message)
}
