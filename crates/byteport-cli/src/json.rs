// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! JSON text as the service wrote it: keys in its order, numbers to the last digit.
//!
//! Invariants: the text is JSON, which the core has checked; what could drive a terminal is escaped; what goes out is JSON.

use std::io::{self, Write};

use crate::screen;

/// How the text is written.
#[derive(Clone, Copy, Default)]
pub struct Style {
    /// On many lines, as people like it.
    pub pretty: bool,
    /// Values of keys that name a secret are `null`.
    pub hide_secrets: bool,
}

/// Whether what stands under a key is a secret: `access_key`, `write_key`, `reg_code` and the like, but not `read_by_key`.
pub fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_key = (key == "key" || key.ends_with("_key")) && !key.ends_with("_by_key");
    is_key || ["reg_code", "password", "secret", "token"].iter().any(|word| key.contains(word))
}

/// Text in JSON quotes.
pub fn quoted(text: &str) -> String {
    escaped(&serde_json::Value::from(text).to_string())
}

/// JSON text in which what could drive a terminal is escaped too; JSON itself does so with C0 only.
fn escaped(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if screen::is_unprintable(c) {
            shown.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Writes the text, and a newline.
pub fn write(out: &mut impl Write, text: &str, style: Style) -> io::Result<()> {
    let (at_key, at_secret, left_out) = (false, false, None);
    let mut writer = Writer { out, style, open: Vec::new(), at_key, at_secret, left_out, last: 0 };
    for token in Tokens(text).filter(|token| !style.pretty || !token.trim().is_empty()) {
        writer.token(token)?;
    }
    writer.out.write_all(b"\n")
}

struct Writer<W> {
    out: W,
    style: Style,
    /// The brackets that are open.
    open: Vec<u8>,
    /// The next text is a key.
    at_key: bool,
    /// The next value is a secret.
    at_secret: bool,
    /// A list or an object is left out, up to the bracket that closes to this depth.
    left_out: Option<usize>,
    last: u8,
}

impl<W: Write> Writer<W> {
    fn token(&mut self, token: &str) -> io::Result<()> {
        match token.as_bytes().first().copied().unwrap_or_default() {
            first @ (b'{' | b'[') => self.open(first, token),
            b'}' | b']' => self.close(token),
            b',' => {
                self.at_key = self.open.last() == Some(&b'{');
                self.emit(token)
            }
            b':' => self.emit(if self.style.pretty { ": " } else { ":" }),
            b'"' if self.at_key => {
                self.at_key = false;
                let name: String = serde_json::from_str(token).unwrap_or_default();
                self.at_secret = self.style.hide_secrets && is_secret(&name);
                self.emit(token)
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.emit(token),
            _ if std::mem::take(&mut self.at_secret) => self.emit("null"),
            _ => self.emit(token),
        }
    }

    fn open(&mut self, first: u8, token: &str) -> io::Result<()> {
        if std::mem::take(&mut self.at_secret) && self.left_out.is_none() {
            self.emit("null")?;
            self.left_out = Some(self.open.len());
        }
        self.emit(token)?;
        self.open.push(first);
        self.at_key = first == b'{';
        Ok(())
    }

    fn close(&mut self, token: &str) -> io::Result<()> {
        self.open.pop();
        self.at_key = false;
        if self.left_out == Some(self.open.len()) {
            self.left_out = None;
            return Ok(());
        }
        self.emit(token)
    }

    /// Writes a token, on a line of its own where that is asked for and belongs there.
    fn emit(&mut self, token: &str) -> io::Result<()> {
        if self.left_out.is_some() {
            return Ok(());
        }
        let closes = token.starts_with(['}', ']']);
        let opened = matches!(self.last, b'{' | b'[');
        if self.style.pretty && ((closes && !opened) || (!closes && (opened || self.last == b','))) {
            write!(self.out, "\n{:1$}", "", 2 * self.open.len())?;
        }
        if token.trim().is_empty() {
            return self.out.write_all(token.as_bytes()); // an escape is none outside of quotes
        }
        self.last = token.bytes().next().unwrap_or_default();
        self.out.write_all(escaped(token).as_bytes())
    }
}

/// The parts of JSON text: white space, brackets, commas and colons, texts in quotes, and other scalars.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        let is_mark = |c: char| matches!(c, '{' | '}' | '[' | ']' | ',' | ':');
        let first = self.0.chars().next()?;
        let end = match first {
            '"' => text_end(self.0),
            c if is_mark(c) => 1,
            c if is_space(c) => self.0.find(|c| !is_space(c)).unwrap_or(self.0.len()),
            _ => self.0.find(|c| is_space(c) || is_mark(c) || c == '"').unwrap_or(self.0.len()),
        };
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(token)
    }
}

/// Where the text in quotes at the beginning ends.
fn text_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, pretty: bool, hide_secrets: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, text, Style { pretty, hide_secrets }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_text_stays_as_it_was() {
        let text = "{\"z\": [1.50, -0, 1e999 ,{}],\r\n\t\"a\":\"\\\"\\\\\", \"n\":null}";
        assert_eq!(written(text, false, false), format!("{text}\n"));
        assert_eq!(written(text, false, true), format!("{text}\n"));
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(written(&deep, false, true).len(), deep.len() + 1);
    }

    #[test]
    fn people_get_lines() {
        assert_eq!(
            written(r#"{"a":[1,{"b":"c,:{"}],"e":[],"o":{ }}"#, true, false),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c,:{\"\n    }\n  ],\n  \"e\": [],\n  \"o\": {}\n}\n"
        );
        assert_eq!(written(" 5 ", true, false), "5\n");
    }

    #[test]
    fn secrets_are_left_out_wherever_they_are() {
        let text = r#"[{"write_key":"S1","read_by_key":"True","Access_Key":["S2",{"a":"S3"}],"x":{"\u006bey":"S4"},"u":1}]"#;
        let shown =
            r#"[{"write_key":null,"read_by_key":"True","Access_Key":null,"x":{"\u006bey":null},"u":1}]"#;
        assert_eq!(written(text, false, true), format!("{shown}\n"));
        assert!(!written(text, true, true).contains('S'));
    }

    #[test]
    fn nothing_drives_a_terminal() {
        let text = "{\"a\u{9b}\":\"\u{7f}\u{202e}ö\\u001b\"}";
        assert_eq!(written(text, false, false), "{\"a\\u009b\":\"\\u007f\\u202eö\\u001b\"}\n");
    }
}
