// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Lists of packets of which each is looked at by itself: a bad one does not spoil the others.
//!
//! Invariants: every byte of a list belongs to the text of an item, or stands between two; the list is not held in memory a
//! second time, however long it is; no reason repeats a value.

use serde::de::IgnoredAny;

use super::list::Wire;
use super::{Packet, malformed};
use crate::error::Result;

/// What stands at one place of a list.
#[derive(Debug)]
pub struct Item<'a> {
    /// Its JSON text; where the list itself is malformed, all from there on.
    pub text: &'a [u8],
    /// The packet, or why it is none.
    pub packet: Result<Packet>,
}

/// The items of a list, see [`items`].
#[derive(Debug)]
pub struct Items<'a> {
    json: &'a [u8],
    at: usize,
    most: usize,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Begin,
    Within,
    End,
}

/// Goes through a JSON list of packets, of at most so many fields each. What is no such list gives one item, which says so;
/// a list that breaks off gives what is whole, and then why it goes no further.
///
/// ```
/// use byteport_core::model::packet::items;
/// let list = br#"[{"uid":"d","namespace":"n","data":"a=1;"}, 7]"#;
/// assert_eq!(items(list, 100).map(|item| item.packet.is_ok()).collect::<Vec<_>>(), [true, false]);
/// ```
pub fn items(json: &[u8], most: usize) -> Items<'_> {
    Items { json, at: 0, most, stage: Stage::Begin }
}

impl<'a> Items<'a> {
    /// What is not read yet.
    fn rest(&self) -> &'a [u8] {
        self.json.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let spaces = self.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at += spaces.count();
        self.rest().first().copied()
    }

    /// Passes over this byte, if it comes next.
    fn skip(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Ends the list with a reason.
    fn broken(&mut self, reason: &str) -> Option<Item<'a>> {
        self.stage = Stage::End;
        Some(Item { text: self.rest(), packet: Err(malformed(reason)) })
    }

    /// Nothing may follow a list.
    fn end(&mut self) -> Option<Item<'a>> {
        self.stage = Stage::End;
        self.peek().and_then(|_| self.broken("there is text after the list"))
    }

    fn first(&mut self) -> Option<Item<'a>> {
        if !self.skip(b'[') {
            return self.broken("not a JSON list of {uid, namespace, timestamp, data}");
        }
        self.stage = Stage::Within;
        if self.skip(b']') { self.end() } else { self.item() }
    }

    fn further(&mut self) -> Option<Item<'a>> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.item()
            }
            Some(b']') => {
                self.at += 1;
                self.end()
            }
            Some(_) => self.broken("not JSON from here on"),
            None => self.broken("the JSON ends early"),
        }
    }

    fn item(&mut self) -> Option<Item<'a>> {
        self.peek();
        let rest = self.rest();
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        match values.next() {
            Some(Ok(_)) => {}
            Some(Err(error)) if !error.is_eof() => return self.broken("not JSON from here on"),
            _ => return self.broken("the JSON ends early"),
        }
        let length = values.byte_offset();
        self.at += length;
        let text = rest.get(..length)?;
        Some(Item { text, packet: self.read(text) })
    }

    fn read(&self, text: &[u8]) -> Result<Packet> {
        let text = std::str::from_utf8(text).map_err(|_| malformed("not UTF-8"))?;
        let wire: Wire<'_> = serde_json::from_str(text)
            .map_err(|_| malformed("not an object {uid, namespace, timestamp, data}"))?;
        let packet = wire.check(self.most)?;
        packet.ok_or_else(|| malformed(format!("it has more than {} fields", self.most)))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        match self.stage {
            Stage::Begin => self.first(),
            Stage::Within => self.further(),
            Stage::End => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each item its text, and what is wrong with it.
    fn read(json: &[u8]) -> Vec<(String, String)> {
        let shown = |item: Item<'_>| {
            let reason = item.packet.err().map_or(String::new(), |error| error.to_string());
            (String::from_utf8_lossy(item.text).into_owned(), reason)
        };
        items(json, 2).map(shown).collect()
    }

    #[test]
    fn each_packet_is_looked_at_by_itself() {
        let good = r#"{"uid":"d","namespace":"n","timestamp":"1.5","data":"a=1;"}"#;
        let list = format!(
            " [{good} , 5432,\n{{\"uid\":\"d\",\"namespace\":\"n\",\"data\":\"a=1;b=2;c=3\"}},{good}] "
        );
        let read = read(list.as_bytes());
        assert_eq!(read.len(), 4, "{read:?}");
        assert_eq!((&read[0], &read[3]), (&(good.into(), String::new()), &read[0]));
        assert!(read[1].0 == "5432" && read[1].1.contains("not an object"), "{read:?}");
        assert!(read[2].1.contains("more than 2 fields"), "{read:?}");
        assert_eq!(self::read(b"[]"), []);
    }

    #[test]
    fn what_is_no_list_says_so_and_keeps_its_text() {
        for text in ["", "{}", "on", "\"5ecret\"", "7", "null"] {
            let read = read(text.as_bytes());
            assert!(
                read.len() == 1 && read[0].0 == text && read[0].1.contains("not a JSON list"),
                "{read:?}"
            );
        }
        let good = r#"{"uid":"d","namespace":"n"}"#;
        let broken = [("[", ""), ("[x", "x"), ("[,", ","), ("[] x", "x"), ("[{", "{"), ("[\"a", "\"a")];
        for (text, rest) in broken {
            let read = read(text.as_bytes());
            assert!(read.len() == 1 && read[0].0 == rest && !read[0].1.is_empty(), "{text}: {read:?}");
        }
        for (end, rest) in [("", ""), (",", ""), (",]", "]"), (" x]", "x]"), ("]]", "]"), ("\0", "\0")] {
            let read = read(format!("[{good}{end}").as_bytes());
            assert!(read.len() == 2 && read[0].1.is_empty(), "{end}: {read:?}");
            assert!(read[1].0 == rest && !read[1].1.is_empty(), "{end}: {read:?}");
        }
    }

    #[test]
    fn invalid_utf_8_and_deep_nesting_spoil_their_item_alone() {
        let good = br#"{"uid":"d","namespace":"n"}"#;
        let bad = b"{\"uid\":\"d\",\"namespace\":\"n\",\"data\":\"a=\xff;\"}";
        let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        let list = [b"[", &good[..], b",", bad, b",", &deep, b",", good, b"]"].concat();
        let good: Vec<_> = items(&list, 2).map(|item| item.packet.is_ok()).collect();
        assert_eq!(good, [true, false, false, true]);
    }
}
