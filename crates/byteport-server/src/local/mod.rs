// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! This server's own calls, under `/api/local/`, which Byteport does not have: what a page or a
//! program needs to show how things are now.
//!
//! Invariants: they take a session and answer as the others do, scalars as strings; what they
//! answer and how long they read is bounded, whatever is stored, and a text that is too long
//! is cut and said to be (`truncated`); `ref` finds the whole value.

pub mod control;
pub mod fields;
pub mod log;

/// As much of a text as `most` bytes hold, whole characters only.
fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(beginning("aåb", 2), "a");
        assert_eq!(beginning("aåb", 3), "aå");
        assert_eq!(beginning("aåb", 9), "aåb");
    }
}
