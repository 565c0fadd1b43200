// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The file name that an answer proposes (RFC 6266), made safe to use: what a server says must choose no folder.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The longest name that file systems take, in bytes.
const LONGEST: usize = 255;

/// The file's name in a `Content-Disposition` header: without folders, control characters and points at its beginning;
/// `None` where nothing is left.
pub(super) fn file_name(header: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(header) {
        if name.eq_ignore_ascii_case("filename*") {
            if let Some(safe) = extended(&value).and_then(|name| safe(&name)) {
                return Some(safe);
            }
        } else if name.eq_ignore_ascii_case("filename") && plain.is_none() {
            plain = safe(&value);
        }
    }
    plain
}

/// The parameters after the header's type, quotes taken off.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        // What stands before the name without a value of its own is no parameter that counts.
        let name = name.rsplit(';').next().unwrap_or_default().trim().to_owned();
        let (value, after) = value(after.trim_start());
        found.push((name, value));
        rest = after.split_once(';').map_or("", |(_, rest)| rest);
    }
    found
}

/// A value at the beginning of a text, and what comes after it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.trim_end().to_owned(), rest);
    };
    let (mut value, mut characters) = (String::new(), quoted.chars());
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => value.extend(characters.next()),
            c => value.push(c),
        }
    }
    (value, characters.as_str())
}

/// `UTF-8''a%20name` (RFC 8187).
fn extended(value: &str) -> Option<Cow<'_, str>> {
    let mut parts = value.splitn(3, '\'');
    let (charset, name) = (parts.next()?, parts.nth(1)?);
    let is_utf8 = charset.eq_ignore_ascii_case("utf-8");
    percent_decode_str(name).decode_utf8().ok().filter(|_| is_utf8)
}

fn safe(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let legible: String = last.chars().filter(|c| !c.is_control()).collect();
    let mut name = legible.trim().trim_start_matches('.').trim_start();
    while name.len() > LONGEST {
        name = name.char_indices().next_back().map_or("", |(end, _)| &name[..end]);
    }
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_made_safe() {
        let cases = [
            ("attachment; filename=n.d.f.2020-01-01T00:00:00.bin", Some("n.d.f.2020-01-01T00:00:00.bin")),
            ("attachment; filename=\"a \\\"b\\\".bin\"; size=3", Some("a \"b\".bin")),
            ("attachment; x; FileName = \"a;b\" ", Some("a;b")),
            ("attachment; filename=a; filename*=UTF-8''%E2%98%83.bin", Some("\u{2603}.bin")),
            ("attachment; filename=a; filename*=latin1''%ff", Some("a")),
            ("attachment; filename=a; filename*=x", Some("a")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\windows\\\\x.dll\"", Some("x.dll")),
            ("attachment; filename*=utf-8''..%2F..%2Fx%00%0ay", Some("xy")),
            ("attachment; filename=.bashrc", Some("bashrc")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"a/\"", None),
            ("attachment; filename=\"unended", Some("unended")),
            ("attachment; filename=", None),
            ("attachment", None),
            ("", None),
            ("=;=;=", None),
        ];
        for (header, name) in cases {
            assert_eq!(file_name(header).as_deref(), name, "{header}");
        }
        let long = format!("attachment; filename={}", "\u{2603}".repeat(100));
        assert_eq!(file_name(&long).unwrap(), "\u{2603}".repeat(85));
    }
}
