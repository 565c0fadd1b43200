// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A text back to the object.

use std::io::{self, BufRead, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;
use bzip2::bufread::BzDecoder;
use flate2::bufread::{GzDecoder, ZlibDecoder};

use super::peek::Peek;
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::{is_given_up, resolve_on};

/// The pieces in which an object is decompressed, in bytes.
const PIECE: usize = 64 << 10;

/// Reads base64 text, in one line or, as mail has it, in several; white space around it is allowed.
///
/// # Errors
/// [`ErrorCode::InvalidValue`] where it is none.
pub fn from_base64(text: &str) -> Result<Vec<u8>> {
    let text = text.trim();
    let decoded = match text.contains(['\r', '\n']) {
        true => STANDARD.decode(text.replace(['\r', '\n'], "")),
        false => STANDARD.decode(text),
    };
    decoded.map_err(|error| no_base64().because(error))
}

fn no_base64() -> Error {
    Error::new(ErrorCode::InvalidValue, "this is no base64 text").in_phase(Phase::Decode)
}

/// The object of a base64 text, decompressed where its first bytes are those of zlib, gzip or bzip2.
///
/// gzip and bzip2 data may be several streams, one after the other, and after each gzip stream there may be zeros, as tape
/// and Python have it. Whatever else comes after a stream is no part of the object, and so an error.
///
/// # Errors
/// [`ErrorCode::InvalidValue`] for text that is no base64, for compressed data that is damaged or incomplete, and for bytes
/// after it; [`ErrorCode::AnswerTooLarge`] where the object is larger than `most` bytes: a few compressed bytes can stand for
/// gigabytes.
pub fn decode_object(text: &str, most: u64) -> Result<Vec<u8>> {
    let bytes = from_base64(text)?;
    let mut object = Vec::new();
    match Kind::of(&bytes) {
        Some(kind) => decompress(kind, &mut Peek::new(bytes.as_slice()), &mut Sink::new(&mut object, most))?,
        None if bytes.len() as u64 > most => return Err(too_large(most)),
        None => return Ok(bytes),
    }
    Ok(object)
}

/// Reads base64 text and writes the bytes that it stands for, decompressed as by [`decode_object`] unless told otherwise,
/// in memory that does not grow with them. White space between the text's characters is passed over.
///
/// # Errors
/// As [`decode_object`]; the errors of ours that reading or writing fails with, as they are; [`ErrorCode::File`] for others.
pub(crate) fn decode_to(text: &mut dyn Read, decompressed: bool, out: &mut dyn Write) -> Result<()> {
    let mut bytes = Peek::new(Base64(DecoderReader::new(NoSpace(text), &STANDARD)));
    let mut sink = Sink::new(out, u64::MAX);
    let kind = bytes.peek(4).map(Kind::of).map_err(ours)?.filter(|_| decompressed);
    match kind {
        Some(kind) => decompress(kind, &mut bytes, &mut sink),
        None => copy(&mut bytes, &mut sink).map_err(ours),
    }
}

/// The error of ours in this one; of the rest only the file's are left.
fn ours(error: io::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(|error| {
        Error::new(ErrorCode::File, "the object cannot be read or written").because(error)
    })
}

/// Text without its white space.
struct NoSpace<'a>(&'a mut dyn Read);

impl Read for NoSpace<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let got = self.0.read(buf)?;
            let Some(bytes) = buf.get_mut(..got) else { return Ok(0) };
            let mut kept = 0;
            for at in 0..bytes.len() {
                if !bytes[at].is_ascii_whitespace() {
                    bytes[kept] = bytes[at];
                    kept += 1;
                }
            }
            if kept > 0 || got == 0 {
                return Ok(kept);
            }
        }
    }
}

/// What a base64 text stands for; an error of the text is one of ours.
struct Base64<R: Read>(DecoderReader<'static, base64::engine::GeneralPurpose, R>);

impl<R: Read> Read for Base64<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).map_err(|error| match error.get_ref().is_some_and(|inner| inner.is::<Error>()) {
            true => error,
            false => io::Error::other(no_base64().because(error)),
        })
    }
}

/// Takes at most so many bytes.
struct Sink<'a> {
    out: &'a mut dyn Write,
    most: u64,
    left: u64,
}

impl<'a> Sink<'a> {
    fn new(out: &'a mut dyn Write, most: u64) -> Sink<'a> {
        Sink { out, most, left: most }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.left {
            return Err(io::Error::other(too_large(self.most)));
        }
        let taken = self.out.write(bytes)?;
        self.left -= taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What an object is compressed with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gzip,
    Bzip2,
    Zlib,
}

impl Kind {
    /// The kind of a stream with this beginning.
    fn of(bytes: &[u8]) -> Option<Kind> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Kind::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Kind::Bzip2),
            // The head as every compressor writes it: deflate with a window of 32 KiB (RFC 1950, section 2.2).
            [0x78, second, ..] if u16::from_be_bytes([0x78, *second]) % 31 == 0 => Some(Kind::Zlib),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Gzip => "gzip",
            Kind::Bzip2 => "bzip2",
            Kind::Zlib => "zlib",
        }
    }

    /// Decompresses one stream, and takes nothing of what comes after.
    fn take_stream(self, from: &mut dyn BufRead, out: &mut Sink<'_>) -> io::Result<()> {
        match self {
            Kind::Gzip => copy(&mut GzDecoder::new(from), out),
            Kind::Bzip2 => copy(&mut BzDecoder::new(from), out),
            Kind::Zlib => copy(&mut ZlibDecoder::new(from), out),
        }
    }
}

/// Copies all of it; a signal can end it before each piece.
fn copy(from: &mut dyn Read, out: &mut Sink<'_>) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let got = from.read(&mut piece)?;
        if got == 0 {
            return Ok(());
        }
        out.write_all(piece.get(..got).unwrap_or_default())?;
        resolve_on()?;
    }
}

fn decompress(kind: Kind, bytes: &mut Peek<impl Read>, out: &mut Sink<'_>) -> Result<()> {
    let invalid = |what: &str| {
        let message = format!("the object begins as {} data and {what}", kind.name());
        Error::new(ErrorCode::InvalidValue, message).in_phase(Phase::Decode)
    };
    let failed = |error: io::Error| match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) if is_given_up(&error) => invalid("was not decompressed").because(error),
        Err(error) => invalid("is damaged or incomplete").because(error),
    };
    loop {
        kind.take_stream(bytes, out).map_err(failed)?;
        while kind == Kind::Gzip && bytes.peek(1).map_err(failed)? == [0] {
            bytes.consume(1);
        }
        match bytes.peek(4).map_err(failed)? {
            [] => return Ok(()),
            rest if kind != Kind::Zlib && Kind::of(rest) == Some(kind) => {}
            _ => return Err(invalid("is followed by something else")),
        }
    }
}

fn too_large(most: u64) -> Error {
    let message = format!("the object is larger than the limit of {most} bytes");
    Error::new(ErrorCode::AnswerTooLarge, message).in_phase(Phase::Decode)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::{Compression, ObjectEncoder, to_base64};
    use super::*;

    fn encoded(object: &[u8], compression: Compression) -> String {
        let mut encoder = ObjectEncoder::new(Vec::new(), compression);
        encoder.write_all(object).unwrap();
        String::from_utf8(encoder.finish().unwrap()).unwrap()
    }

    #[test]
    fn there_and_back() {
        let object: Vec<u8> = (0..100_000u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
        for compression in [Compression::None, Compression::Zlib, Compression::Bzip2] {
            for object in [&object[..], b"", b"x"] {
                let text = encoded(object, compression);
                assert_eq!(decode_object(&text, 100_000).unwrap(), object, "{compression:?}");
            }
            assert_eq!(
                decode_object(&encoded(&object, compression), 99_999).unwrap_err().code(),
                ErrorCode::AnswerTooLarge
            );
        }
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&object).unwrap();
        assert_eq!(decode_object(&to_base64(&gzip.finish().unwrap()), 1 << 20).unwrap(), object);
    }

    fn streams() -> [(Kind, Vec<u8>); 3] {
        let raw = |compression| from_base64(&encoded(b"object ", compression)).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"object ").unwrap();
        let gzip = gzip.finish().unwrap();
        [(Kind::Gzip, gzip), (Kind::Bzip2, raw(Compression::Bzip2)), (Kind::Zlib, raw(Compression::Zlib))]
    }

    #[test]
    fn after_a_stream_there_may_be_another() {
        for (kind, stream) in streams() {
            let decode = |tail: &[u8]| decode_object(&to_base64(&[&stream, tail].concat()), 14);
            assert_eq!(decode(b"").unwrap(), b"object ");
            let (is_gzip, several) = (kind == Kind::Gzip, kind != Kind::Zlib);
            for (tail, object, good) in [
                (stream.clone(), &b"object object "[..], several),
                (vec![0; 600], b"object ", is_gzip),
                ([&[0; 7], stream.as_slice()].concat(), b"object object ", is_gzip),
            ] {
                match decode(&tail) {
                    Ok(got) => assert!(good && got == object, "{}", kind.name()),
                    Err(error) => assert!(!good && error.code() == ErrorCode::InvalidValue, "{error}"),
                }
            }
            for tail in [b"x".as_slice(), b"garbage", &stream[..3], &[0, b'x']] {
                assert_eq!(decode(tail).unwrap_err().code(), ErrorCode::InvalidValue, "{}", kind.name());
            }
            let text = to_base64(&[stream.as_slice(), &stream].concat());
            let code = decode_object(&text, 13).unwrap_err().code();
            assert_eq!(code, if several { ErrorCode::AnswerTooLarge } else { ErrorCode::InvalidValue });
        }
    }

    #[test]
    fn every_cut_is_found() {
        for (kind, stream) in streams() {
            for length in 4..stream.len() {
                let code = decode_object(&to_base64(&stream[..length]), 99).unwrap_err().code();
                assert_eq!(code, ErrorCode::InvalidValue, "{} of {length} bytes", kind.name());
            }
        }
    }

    #[test]
    fn damaged_text_is_an_error() {
        for compression in [Compression::Zlib, Compression::Bzip2] {
            let text = encoded(&[7; 5000], compression);
            let half = text.len() / 8 * 4;
            assert_eq!(decode_object(&text[..half], 1 << 20).unwrap_err().code(), ErrorCode::InvalidValue);
        }
        for text in ["a", "a===", "\u{e9}", "YQ=\0=", "open door"] {
            assert_eq!(decode_object(text, 9).unwrap_err().code(), ErrorCode::InvalidValue, "{text:?}");
        }
        assert_eq!(decode_object(" YQ==\n", 9).unwrap(), b"a");
        assert_eq!(decode_object("YWJj\r\nYWI=\n", 9).unwrap(), b"abcab");
    }
}
