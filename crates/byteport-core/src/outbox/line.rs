// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A reading as one line of text, in memory and in the file:
//!
//! ```text
//! 5c34ef59 1430438400.012345 megamine.cart-44 Speed1=12.5&state=rolling
//! ```
//!
//! that is the checksum (CRC-32, eight digits) of all that follows its blank, the time, the address and the form that is sent.
//! Where the clock was not set, the time is `@BOOT+MICROSECONDS`, counted from that start of the system.
//!
//! Invariants: a line holds no newline but its last byte, and no secret; what was written reads back the same; what is read
//! has the right checksum, valid names and an encoded form without reserved fields, whatever the file held.

use std::io::Write;
use std::ops::Range;
use std::time::Duration;

use form_urlencoded::byte_serialize;

use crate::error::{Error, ErrorCode, Result};
use crate::model::name::{self, NameKind};
use crate::model::{Reading, Timestamp, Value};

/// So much of a line is the checksum and its blank.
const SUM: usize = 9;

/// The longest name of a start of the system; Linux has 36 characters.
const LONGEST_BOOT: usize = 64;

/// When a reading was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stamp {
    /// At this time of day.
    Wall(Timestamp),
    /// While the clock was not set.
    Boot {
        /// Which start of the system it was.
        boot_id: String,
        /// The time since then.
        uptime: Duration,
    },
}

/// When a reading was taken, as a line holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When<'a> {
    /// At this time of day.
    Wall(Timestamp),
    /// So many microseconds after this start of the system.
    Boot { boot_id: &'a str, uptime: u64 },
}

impl From<When<'_>> for Stamp {
    fn from(when: When<'_>) -> Stamp {
        match when {
            When::Wall(time) => Stamp::Wall(time),
            When::Boot { boot_id, uptime } => {
                Stamp::Boot { boot_id: boot_id.to_owned(), uptime: Duration::from_micros(uptime) }
            }
        }
    }
}

/// A line that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// When the reading was taken.
    pub when: When<'a>,
    /// `NAMESPACE.DEVICE`.
    pub address: &'a str,
    /// The encoded fields; empty for a heartbeat.
    pub form: &'a str,
}

/// Appends the line of a reading, newline and all; where that fails, `out` is as before.
///
/// # Errors
/// [`ErrorCode::InvalidTimestamp`] outside the years 1 to 9999, [`ErrorCode::InvalidName`], [`ErrorCode::InvalidValue`];
/// [`ErrorCode::InvalidArgument`] for a boot id that is none.
pub(super) fn write(
    out: &mut Vec<u8>,
    when: &When<'_>,
    namespace: &str,
    device: &str,
    reading: &Reading,
) -> Result<()> {
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, device)?;
    let start = out.len();
    out.extend_from_slice(b"00000000 ");
    let written = put_when(out, when).and_then(|()| {
        for part in [" ", namespace, ".", device, " "] {
            out.extend_from_slice(part.as_bytes());
        }
        put_fields(out, reading.fields())
    });
    match written {
        Ok(()) => seal(out, start),
        Err(_) => out.truncate(start),
    }
    written
}

fn put_when(out: &mut Vec<u8>, when: &When<'_>) -> Result<()> {
    match *when {
        When::Wall(time) => {
            time.check_date()?;
            put_seconds(out, time.as_micros());
        }
        When::Boot { boot_id, uptime } => {
            if !is_boot(boot_id) {
                let message = "a boot id has up to 64 of the characters 0-9 a-z A-Z and -";
                return Err(Error::new(ErrorCode::InvalidArgument, message));
            }
            out.push(b'@');
            out.extend_from_slice(boot_id.as_bytes());
            out.push(b'+');
            put_integer(out, uptime);
        }
    }
    Ok(())
}

/// What `Timestamp` displays, without the machinery of formatting: this is written for every reading.
fn put_seconds(out: &mut Vec<u8>, micros: i64) {
    if micros < 0 {
        out.push(b'-');
    }
    let micros = micros.unsigned_abs();
    put_integer(out, micros / 1_000_000);
    let mut fraction = micros % 1_000_000;
    if fraction > 0 {
        out.push(b'.');
    }
    let mut scale = 100_000;
    while fraction > 0 {
        out.push(b'0' + (fraction / scale) as u8);
        fraction %= scale;
        scale /= 10;
    }
}

fn put_integer(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [b'0'; 20];
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        length += 1;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - length..).unwrap_or_default());
}

fn put_fields(out: &mut Vec<u8>, fields: &[(String, Value)]) -> Result<()> {
    for (place, (field, value)) in fields.iter().enumerate() {
        if place > 0 {
            out.push(b'&');
        }
        put_escaped(out, field);
        out.push(b'=');
        put_value(out, value)?;
    }
    Ok(())
}

/// The value's text on the wire; a number's needs no escapes.
fn put_value(out: &mut Vec<u8>, value: &Value) -> Result<()> {
    match value {
        Value::Integer(number) => {
            if *number < 0 {
                out.push(b'-');
            }
            put_integer(out, number.unsigned_abs());
        }
        Value::Number(number) if number.is_finite() => {
            let _ = write!(out, "{number:?}"); // a vector takes everything
        }
        other => put_escaped(out, &other.to_wire()?),
    }
    Ok(())
}

fn put_escaped(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(is_plain) {
        return out.extend_from_slice(text.as_bytes()); // names are, nearly always
    }
    for part in byte_serialize(text.as_bytes()) {
        out.extend_from_slice(part.as_bytes());
    }
}

/// What stands for itself in a form.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}

/// The CRC-32 of a line's bytes.
fn sum_of(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

/// Ends the line that begins at `start`: checksum and newline.
pub(super) fn seal(out: &mut Vec<u8>, start: usize) {
    let sum = sum_of(out.get(start + SUM..).unwrap_or_default());
    let nibbles = (0..8).rev().map(|place| (sum >> (4 * place)) as u8 & 15);
    for (byte, nibble) in out.iter_mut().skip(start).zip(nibbles) {
        *byte = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    }
    out.push(b'\n');
}

/// Reads a line without its newline; `None` where it is not what [`write`] wrote.
pub(super) fn read(line: &[u8]) -> Option<Line<'_>> {
    let (sum, rest) = line.split_at_checked(SUM)?;
    if read_sum(sum)? != sum_of(rest) {
        return None;
    }
    let rest = std::str::from_utf8(rest).ok()?;
    let (stamp, rest) = rest.split_once(' ')?;
    let (address, form) = rest.split_once(' ')?;
    let when = read_when(stamp)?;
    let (namespace, device) = address.split_once('.')?;
    let sound = name::is_valid(namespace) && name::is_valid(device) && is_form(form);
    sound.then_some(Line { when, address, form })
}

fn read_sum(text: &[u8]) -> Option<u32> {
    let digits = text.strip_suffix(b" ")?;
    digits.iter().try_fold(0, |sum: u32, digit| {
        let nibble = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(sum << 4 | u32::from(nibble))
    })
}

fn read_when(text: &str) -> Option<When<'_>> {
    let Some(text) = text.strip_prefix('@') else {
        let time = Timestamp::parse(text).ok()?;
        return time.has_date().then_some(When::Wall(time));
    };
    let (boot_id, uptime) = text.split_once('+')?;
    let sound = is_boot(boot_id) && uptime.bytes().all(|digit| digit.is_ascii_digit());
    sound.then_some(When::Boot { boot_id, uptime: uptime.parse().ok()? })
}

fn is_boot(text: &str) -> bool {
    text.len() <= LONGEST_BOOT && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_form(text: &str) -> bool {
    let escaped = |byte: u8| is_plain(byte) || matches!(byte, b'+' | b'%');
    let pair = |(field, value): (&str, &str)| is_field(field) && value.bytes().all(escaped);
    text.is_empty() || text.split('&').all(|text| text.split_once('=').is_some_and(pair))
}

/// Whether this is the name of a field, of whose characters only the colon is escaped.
fn is_field(text: &str) -> bool {
    if text.contains('%') { name::is_valid(&text.replace("%3A", ":")) } else { name::is_valid(text) }
}

/// Where the lines of a block are, without their newlines; an empty one is a slot whose reading is gone.
pub(super) fn spans(body: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    body.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at += line.len();
        start..at - usize::from(line.ends_with(b"\n"))
    })
}

#[cfg(test)]
mod tests;
