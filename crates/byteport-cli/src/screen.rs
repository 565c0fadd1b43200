// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The only place that writes to standard error, and what is known of the terminal.

use std::io::Write as _;

/// What `COLUMNS` and the terminal do not say.
const USUAL_WIDTH: usize = 80;

/// Writes one line to standard error. Where that is closed, there is nobody left to tell.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", printable(&text.replace('\n', " ")));
}

/// Writes to standard error what is to drive the terminal: the caller's own, and nothing that somebody else said.
pub fn draw(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Text in which nothing can drive a terminal, break the line or turn its order: such characters are escaped as `\u{1b}`.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// Control characters (C0, DEL and C1), marks that make a terminal show text in another order than it has, and breaks of
/// line that are no control characters. All are below U+10000.
pub fn is_unprintable(c: char) -> bool {
    let direction =
        matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    direction || c.is_control()
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

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_printable_drives_a_terminal() {
        assert_eq!(printable("a\nb\u{1b}[2J\u{9b}\u{7f}"), "a\\nb\\u{1b}[2J\\u{9b}\\u{7f}");
        assert_eq!(
            printable("\u{61c}\u{200f}\u{2028}\u{202e}\u{2066}"),
            r"\u{61c}\u{200f}\u{2028}\u{202e}\u{2066}"
        );
        assert_eq!(printable("日本 ö \\ é"), "日本 ö \\ é");
    }
}
