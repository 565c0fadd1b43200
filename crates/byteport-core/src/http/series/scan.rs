// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The usual shape of an answer with a series, read in one pass without a parser's detours.
//!
//! Invariants: nothing is refused here. What is not plain - an escape, a letter outside ASCII, deep nesting, a member that
//! comes twice, a point without time or value, a number out of range, any error - is left to serde_json, which then reads
//! the whole answer and has the last word. What is read here, serde_json reads alike.

use std::borrow::Cow;
use std::str;

use super::{Scalar, Series};
use crate::model::Timestamp;

/// How deep values may nest that are passed over.
const DEPTH: u8 = 8;

/// The series in an answer; `None` where serde_json is to read it.
pub(super) fn series(answer: &[u8]) -> Option<Series> {
    let mut scanner = Scanner { rest: answer, day: None };
    let mut series = None;
    scanner.members(|scanner, name| match name {
        b"data" if series.is_none() => {
            series = Some(scanner.data()?);
            Some(())
        }
        b"data" => None,
        _ => scanner.skip(DEPTH),
    })?;
    scanner.blanks();
    series.filter(|_| scanner.rest.is_empty())
}

struct Scanner<'a> {
    rest: &'a [u8],
    /// The date of the last point, up to the `T`, and its first microsecond.
    day: Option<(&'a [u8], i64)>,
}

impl<'a> Scanner<'a> {
    fn data(&mut self) -> Option<Series> {
        let mut series = None;
        self.members(|scanner, name| match name {
            b"ts_data" if series.is_none() => {
                series = Some(scanner.points()?);
                Some(())
            }
            b"ts_data" => None,
            _ => scanner.skip(DEPTH),
        })?;
        series
    }

    fn points(&mut self) -> Option<Series> {
        let mut series = Series::new();
        self.items(|scanner| {
            let (time, value) = scanner.point()?;
            series.push(time, value).ok()
        })?;
        Some(series)
    }

    fn point(&mut self) -> Option<(Timestamp, Scalar<'a>)> {
        let (mut time, mut value) = (None, None);
        self.members(|scanner, name| {
            match name {
                b"t" if time.is_none() => time = Some(scanner.time()?),
                b"v" if value.is_none() => value = Some(scanner.scalar()?),
                b"t" | b"v" => return None,
                _ => scanner.skip(DEPTH)?,
            }
            Some(())
        })?;
        Some((time?, value?))
    }

    /// A time; of one on the same day as the last, only the clock is read.
    fn time(&mut self) -> Option<Timestamp> {
        let text = self.plain()?;
        let (date, clock) = text.split_at_checked(11).unwrap_or((text, b""));
        let clock = clock_micros(clock);
        if let (Some((_, midnight)), Some(micros)) = (self.day.filter(|(day, _)| *day == date), clock) {
            return Some(Timestamp::from_micros(midnight + micros));
        }
        let time = Timestamp::parse_iso8601(str::from_utf8(text).ok()?).ok()?;
        self.day = clock.map(|micros| (date, time.as_micros() - micros));
        Some(time)
    }

    fn scalar(&mut self) -> Option<Scalar<'a>> {
        Some(match self.peek()? {
            b'"' => Scalar::Text(Cow::Borrowed(str::from_utf8(self.plain()?).ok()?)),
            b'n' => self.word(b"null", Scalar::Null)?,
            b't' => self.word(b"true", Scalar::from(true))?,
            b'f' => self.word(b"false", Scalar::from(false))?,
            _ => {
                let number: f64 = str::from_utf8(self.number()?).ok()?.parse().ok()?;
                Scalar::Number(Some(number).filter(|number| number.is_finite())?)
            }
        })
    }

    /// Passes over a value that nobody asks for.
    fn skip(&mut self, depth: u8) -> Option<()> {
        let inner = depth.checked_sub(1)?;
        match self.peek()? {
            b'"' => self.plain().map(drop),
            b'{' => self.members(|scanner, _| scanner.skip(inner)),
            b'[' => self.items(|scanner| scanner.skip(inner)),
            b'n' => self.word(b"null", ()),
            b't' => self.word(b"true", ()),
            b'f' => self.word(b"false", ()),
            _ => self.number().map(drop),
        }
    }

    /// An object; `value` reads what each name stands for.
    #[inline]
    fn members(&mut self, mut value: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.sequence(b"{}", |scanner| {
            let name = scanner.plain()?;
            scanner.expect(b':')?;
            value(scanner, name)
        })
    }

    /// A list; `item` reads each item.
    #[inline]
    fn items(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.sequence(b"[]", item)
    }

    #[inline]
    fn sequence(&mut self, ends: &[u8; 2], mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let [open, close] = *ends;
        self.expect(open)?;
        if self.peek()? == close {
            return self.expect(close);
        }
        loop {
            item(self)?;
            match self.peek()? {
                b',' => self.expect(b',')?,
                _ => return self.expect(close),
            }
        }
    }

    /// The inside of a string of printable ASCII without escapes.
    #[inline]
    fn plain(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let (text, rest) = self.rest.split_at_checked(plain_length(self.rest)?)?;
        self.rest = rest.strip_prefix(b"\"")?;
        Some(text)
    }

    /// The text of a number as JSON writes it.
    fn number(&mut self) -> Option<&'a [u8]> {
        self.blanks();
        let all = self.rest;
        self.take(b"-");
        if !self.take(b"0") {
            self.digits()?;
        }
        if self.take(b".") {
            self.digits()?;
        }
        if self.take(b"e") || self.take(b"E") {
            let _ = self.take(b"+") || self.take(b"-");
            self.digits()?;
        }
        all.get(..all.len() - self.rest.len())
    }

    /// One digit at least.
    #[inline]
    fn digits(&mut self) -> Option<()> {
        let length = self.rest.iter().position(|b| !b.is_ascii_digit())?;
        self.rest = self.rest.get(length..)?;
        (length > 0).then_some(())
    }

    fn word<T>(&mut self, word: &[u8], meaning: T) -> Option<T> {
        self.take(word).then_some(meaning)
    }

    #[inline]
    fn take(&mut self, text: &[u8]) -> bool {
        let Some(rest) = self.rest.strip_prefix(text) else { return false };
        self.rest = rest;
        true
    }

    /// The next byte that is not blank.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.rest.first().copied()
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        self.take(&[byte]).then_some(())
    }

    #[inline]
    fn blanks(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}

/// The microseconds of a clock as the service writes it: `13:14:15.000016`.
#[inline]
fn clock_micros(clock: &[u8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2, b'.', f1, f2, f3, f4, f5, f6] = clock else { return None };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0, |sum, d| d.is_ascii_digit().then(|| sum * 10 + i64::from(**d - b'0')))
    };
    let (hours, minutes, seconds) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    let is_clock = hours < 24 && minutes < 60 && seconds < 60;
    let micros = number(&[f1, f2, f3, f4, f5, f6])?;
    is_clock.then_some((hours * 3600 + minutes * 60 + seconds) * 1_000_000 + micros)
}

/// How many bytes come before the first that is a quote, a backslash, a control or no ASCII; eight are looked at at a time.
#[inline]
fn plain_length(text: &[u8]) -> Option<usize> {
    let mut rest = text;
    while let Some((eight, after)) = rest.split_first_chunk() {
        let marks = special(u64::from_le_bytes(*eight));
        if marks != 0 {
            return Some(text.len() - rest.len() + marks.trailing_zeros() as usize / 8);
        }
        rest = after;
    }
    let length = rest.iter().position(|b| matches!(b, b'"' | b'\\' | ..b' ' | 0x80..))?;
    Some(text.len() - rest.len() + length)
}

/// Marks those of eight bytes with their highest bit. Above the lowest mark there may be false ones, for borrows go up.
#[inline]
const fn special(bytes: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let quotes = bytes ^ (ONES * b'"' as u64);
    let escapes = bytes ^ (ONES * b'\\' as u64);
    let controls = bytes.wrapping_sub(ONES * b' ' as u64) & !bytes;
    let zeros = (quotes.wrapping_sub(ONES) & !quotes) | (escapes.wrapping_sub(ONES) & !escapes);
    (bytes | controls | zeros) & (ONES << 7)
}

#[cfg(test)]
mod tests;
