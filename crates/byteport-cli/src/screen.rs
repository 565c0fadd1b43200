// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The only place that writes to standard error, and what is known of the terminal.

use std::io::Write as _;

/// What `COLUMNS` and the terminal do not say.
const USUAL_WIDTH: usize = 80;

/// Writes one line to standard error. Where that is closed, there is nobody left to tell.
pub fn line(text: &str) {
    // Control characters in a name or in a server's words must not drive the terminal.
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a line for the user: `byteport: ...`.
pub fn say(text: &str) {
    line(&format!("byteport: {text}"));
}

/// The number of columns: `COLUMNS`, else what the terminal on standard output says, else 80.
pub fn width() -> usize {
    let given = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    given.or_else(terminal_width).filter(|width| (1..=1000).contains(width)).unwrap_or(USUAL_WIDTH)
}

#[cfg(unix)]
fn terminal_width() -> Option<usize> {
    rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn terminal_width() -> Option<usize> {
    None
}
