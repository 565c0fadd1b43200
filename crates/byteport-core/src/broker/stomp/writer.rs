// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Frames as bytes.

use super::frame::{escape, is_escaped};

/// Appends a frame. One with a body says how long it is, so that the body may hold any bytes.
///
/// Neither the command nor a header text may hold a NUL; in a greeting, no header text an end of line and no name a colon.
pub(super) fn write(out: &mut Vec<u8>, command: &str, headers: &[(&str, &str)], body: Option<&[u8]>) {
    let append = if is_escaped(command) { escape } else { escape_greeting };
    out.extend(command.as_bytes());
    out.push(b'\n');
    for (name, value) in headers {
        append(name, out);
        out.push(b':');
        append(value, out);
        out.push(b'\n');
    }
    if let Some(body) = body {
        out.extend(format!("content-length:{}\n\n", body.len()).as_bytes());
        out.extend(body);
    } else {
        out.push(b'\n');
    }
    out.push(0);
}

/// In a greeting a colon stays as it is, but RabbitMQ takes a backslash for the beginning of an escape there, too, and hangs up
/// on one that it does not know. STOMP 1.2 exempts only ends of line and colons from being escaped.
fn escape_greeting(text: &str, out: &mut Vec<u8>) {
    out.extend(text.replace('\\', r"\\").as_bytes());
}
