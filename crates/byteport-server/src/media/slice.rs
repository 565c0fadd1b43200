// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Which bytes of a file are asked for.

/// What of a file is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Slice {
    /// All of it.
    Whole,
    /// From the first of these bytes to the last.
    Part(u64, u64),
    /// Nothing that there is.
    Beyond,
}

impl Slice {
    /// Reads a `Range` header; one that is not understood asks for everything.
    #[must_use]
    pub fn parse(text: &str, length: u64) -> Self {
        let range = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'));
        let Some((first, last)) = range else { return Self::Whole };
        let end = length.saturating_sub(1);
        let (from, to) = match (number(first), number(last)) {
            (Some(first), None) if last.is_empty() => (first, end),
            (Some(first), Some(last)) if first <= last => (first, last.min(end)),
            (None, Some(0)) if first.is_empty() => return Self::Beyond,
            (None, Some(count)) if first.is_empty() => (length.saturating_sub(count), end),
            _ => return Self::Whole,
        };
        if from < length { Self::Part(from, to) } else { Self::Beyond }
    }
}

/// A number of digits only; one that is too large is the largest there is.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cases = [
            ("bytes=0-", Slice::Part(0, 9)),
            ("bytes=3-5", Slice::Part(3, 5)),
            ("bytes=3-99", Slice::Part(3, 9)),
            ("bytes=9-9", Slice::Part(9, 9)),
            ("bytes=-4", Slice::Part(6, 9)),
            ("bytes=-99", Slice::Part(0, 9)),
            ("bytes=3-99999999999999999999999", Slice::Part(3, 9)),
            ("bytes=10-", Slice::Beyond),
            ("bytes=99999999999999999999999-", Slice::Beyond),
            ("bytes=-0", Slice::Beyond),
            ("bytes=5-3", Slice::Whole),
            ("bytes=-", Slice::Whole),
            ("bytes=1-2,4-5", Slice::Whole),
            ("bytes=a-b", Slice::Whole),
            ("bytes=+1-2", Slice::Whole),
            ("items=0-1", Slice::Whole),
            ("", Slice::Whole),
        ];
        for (text, slice) in cases {
            assert_eq!(Slice::parse(text, 10), slice, "{text}");
        }
        assert_eq!(
            (Slice::parse("bytes=0-", 0), Slice::parse("bytes=-1", 0)),
            (Slice::Beyond, Slice::Beyond)
        );
    }
}
