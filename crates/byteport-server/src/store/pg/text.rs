// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Texts with NUL, which PostgreSQL refuses.
//!
//! Invariants: what is written is read back the same; the order of two texts is that of what they
//! are written as. NUL is written as U+0001 and `0`, and U+0001, which is as rare, as U+0001 and `1`.

use std::borrow::Cow;

const MARK: char = '\u{1}';

/// A text as it is written.
#[must_use]
pub fn written(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte <= 1) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => written.extend([MARK, '0']),
            MARK => written.extend([MARK, '1']),
            _ => written.push(character),
        }
    }
    Cow::Owned(written)
}

/// The text that was written so.
#[must_use]
pub fn read(text: &str) -> Cow<'_, str> {
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut read = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            MARK if characters.next() == Some('0') => read.push('\0'),
            character => read.push(character),
        }
    }
    Cow::Owned(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_keeps_its_place() {
        let texts = [
            "", "\0", "\u{0}0", "\u{1}", "\u{1}0", "\u{2}", "a", "a\0", "a\0b", "a\u{1}", "a\u{1}\0", "a ",
            "å",
        ];
        for pair in texts.windows(2) {
            assert!(pair[0] < pair[1] && written(pair[0]) < written(pair[1]), "{pair:?}");
        }
        for text in texts {
            assert_eq!(read(&written(text)), text);
            assert!(!written(text).contains('\0'));
        }
    }
}
