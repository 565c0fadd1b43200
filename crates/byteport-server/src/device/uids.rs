// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Which devices a registration is for: one UID, a comma list, ranges of numbers.
//!
//! A range is `10-19`, with letters before (`device100-107`) or after it (`100-107Dev`), both ends
//! included; where the first number begins with a zero, all get as many digits as it has. An item
//! without a digit on both sides of a `-` is a UID as it is.
//!
//! Invariants: at most [`MOST`] UIDs come out, each keeps the core's rule, none is there twice;
//! a range is counted, and its names are measured, before it is written out.

use std::collections::HashSet;

use byteport_core::model::name::{self, NameKind};

use crate::form::shown;

/// The most devices in one call.
pub const MOST: usize = 10_000;

/// Reads the list; ranges count as such only where they are asked for.
pub fn parse(text: &str, with_ranges: bool) -> Result<Vec<String>, String> {
    let mut uids = Vec::new();
    for item in text.split(',').map(str::trim) {
        let range = if with_ranges { Range::parse(item)? } else { None };
        match range {
            Some(range) if range.count > (MOST - uids.len()) as u64 => return Err(too_many()),
            Some(range) => uids.extend(range.uids()),
            None => uids.push(item.to_owned()),
        }
        if uids.len() > MOST {
            return Err(too_many());
        }
    }
    check(&uids)?;
    Ok(uids)
}

fn too_many() -> String {
    format!("more than {MOST} devices; register them in several calls")
}

fn check(uids: &[String]) -> Result<(), String> {
    let mut seen = HashSet::new();
    for uid in uids {
        name::check(NameKind::Device, uid).map_err(|error| error.to_string())?;
        if !seen.insert(uid) {
            return Err(format!("the device UID {uid} is there twice"));
        }
    }
    Ok(())
}

struct Range<'a> {
    before: &'a str,
    after: &'a str,
    first: u64,
    count: u64,
    width: usize,
}

impl<'a> Range<'a> {
    /// Reads a range; `None` for what has none in it.
    fn parse(item: &'a str) -> Result<Option<Self>, String> {
        let wrong = |what: &str| format!("{} is {what}", shown(item));
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = item.as_bytes();
        let is_middle = |at: &usize| {
            bytes.get(*at) == Some(&b'-')
                && is_digit(bytes.get(at.wrapping_sub(1)))
                && is_digit(bytes.get(at + 1))
        };
        let mut middles = (0..bytes.len()).filter(is_middle);
        let Some(middle) = middles.next() else { return Ok(None) };
        if middles.next().is_some() {
            return Err(wrong("more than one range"));
        }
        let (left, right) = item.split_at(middle);
        let right = right.trim_start_matches('-');
        let before = left.trim_end_matches(|character: char| character.is_ascii_digit());
        let after = right.trim_start_matches(|character: char| character.is_ascii_digit());
        if !before.is_empty() && !after.is_empty() {
            return Err(wrong("no range: letters go before the numbers or after them, not both"));
        }
        let first = left.strip_prefix(before).unwrap_or_default();
        let last = right.strip_suffix(after).unwrap_or_default();
        if before.len() + first.len().max(last.len()) + after.len() > name::MAX_LEN {
            return Err(wrong("a range of names that are too long"));
        }
        let width = if first.starts_with('0') { first.len() } else { 0 };
        let (Ok(first), Ok(last)) = (first.parse(), last.parse::<u64>()) else {
            return Err(wrong("a range of numbers that are too large"));
        };
        if last < first {
            return Err(wrong("a range that ends before it begins"));
        }
        Ok(Some(Self { before, after, first, count: (last - first).saturating_add(1), width }))
    }

    fn uids(&self) -> impl Iterator<Item = String> {
        let (before, after, width) = (self.before, self.after, self.width);
        let numbers = (0..self.count).map(|index| self.first + index);
        numbers.map(move |number| format!("{before}{number:0width$}{after}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> String {
        parse(text, true).map_or_else(|error| format!("error: {error}"), |uids| uids.join(" "))
    }

    #[test]
    fn lists_and_ranges() {
        assert_eq!(all("device99-101"), "device99 device100 device101");
        assert_eq!(all("10-12"), "10 11 12");
        assert_eq!(all("8-11Dev"), "8Dev 9Dev 10Dev 11Dev");
        assert_eq!(all("a08-11"), "a08 a09 a10 a11");
        assert_eq!(all("0-2"), "0 1 2");
        assert_eq!(all("000-1,x, y"), "000 001 x y");
        assert_eq!(all("cart-44"), "cart-44");
        assert_eq!(all("cart-44-45"), "cart-44 cart-45");
        assert_eq!(parse("a1-3,b", false), Ok(vec!["a1-3".into(), "b".into()]));
        assert_eq!(parse("1-10000", true).map(|uids| uids.len()), Ok(MOST));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bad in [
            "",
            ",",
            "a,",
            "a b",
            "3-1",
            "1-2-3",
            "a1-2b",
            "1-99999999999",
            "0-18446744073709551615",
            "1-99999999999999999999999",
            "1-10001",
            "1-6000,a1-6000",
            "a,a",
            "1-3,2",
            "-1-2",
            "a\0",
            "'; DROP TABLE device;--",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa98-101",
            "å1-2",
            "00000000000000000000000000000001-20x",
            &format!("{}1-9999", "a".repeat(100_000)),
            &format!("{}1-9999", "0".repeat(100_000)),
            &format!("1-9999{}", "a".repeat(100_000)),
            &format!("1-{}9999", "0".repeat(100_000)),
        ] {
            assert!(all(bad).starts_with("error: "), "{bad}");
        }
    }
}
