// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Numbers that are none in what is otherwise JSON. Python's own writer has `NaN` and `Infinity` for them unless it is told
//! otherwise, and what the service computes with pandas may be one, such as the deviation of a single value.

use std::borrow::Cow;

const WORDS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// The text with `null` in place of each of them; as it is where there is none. What is in quotes is left alone.
pub(super) fn without(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let (mut rest, mut taken) = (text, 0);
    let mut quoted = false;
    while let Some(byte) = rest.first() {
        let word = WORDS.into_iter().find(|word| !quoted && rest.starts_with(word));
        let step = match (byte, word) {
            (_, Some(word)) => {
                let here = text.len() - rest.len();
                out.extend_from_slice(text.get(taken..here).unwrap_or_default());
                out.extend_from_slice(b"null");
                taken = here + word.len();
                word.len()
            }
            (b'\\', None) if quoted => 2,
            (b'"', None) => {
                quoted = !quoted;
                1
            }
            _ => 1,
        };
        rest = rest.get(step..).unwrap_or_default();
    }
    if taken == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(text.get(taken..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_become_null_outside_quotes() {
        for (text, good) in [
            ("NaN", "null"),
            (r#"[NaN, -Infinity,Infinity]"#, "[null, null,null]"),
            (r#"{"a\"NaN":NaN,"NaN":"Infinity \\"}"#, r#"{"a\"NaN":null,"NaN":"Infinity \\"}"#),
            (r#"{"dist":1.5}"#, r#"{"dist":1.5}"#),
            (r#""NaN \"#, r#""NaN \"#),
            ("", ""),
        ] {
            assert_eq!(without(text.as_bytes()), good.as_bytes(), "{text}");
        }
        assert!(matches!(without(b"[1]"), Cow::Borrowed(_)));
    }
}
