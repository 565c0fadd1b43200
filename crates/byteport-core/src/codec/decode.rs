// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A text back to the object.

use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bzip2::bufread::BzDecoder;
use flate2::bufread::{GzDecoder, ZlibDecoder};

use crate::error::{Error, ErrorCode, Phase, Result};
use crate::net::{is_given_up, resolve_on};

/// The pieces in which an object is decompressed, in bytes.
const PIECE: u64 = 64 << 10;

/// Reads base64 text; white space around it is allowed.
///
/// # Errors
/// [`ErrorCode::InvalidValue`] where it is none.
pub fn from_base64(text: &str) -> Result<Vec<u8>> {
    STANDARD.decode(text.trim()).map_err(|error| {
        Error::new(ErrorCode::InvalidValue, "this is no base64 text").in_phase(Phase::Decode).because(error)
    })
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
    match Kind::of(&bytes) {
        Some(kind) => decompressed(kind, &bytes, most),
        None if bytes.len() as u64 > most => Err(too_large(most)),
        None => Ok(bytes),
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

    /// Decompresses one stream, at most `most` bytes of it; gives what comes after.
    fn take_stream<'a>(self, bytes: &'a [u8], most: u64, out: &mut Vec<u8>) -> io::Result<&'a [u8]> {
        match self {
            Kind::Gzip => {
                let mut decoder = GzDecoder::new(bytes);
                read_pieces(&mut decoder, most, out)?;
                Ok(decoder.into_inner())
            }
            Kind::Bzip2 => {
                let mut decoder = BzDecoder::new(bytes);
                read_pieces(&mut decoder, most, out)?;
                Ok(decoder.into_inner())
            }
            Kind::Zlib => {
                let mut decoder = ZlibDecoder::new(bytes);
                read_pieces(&mut decoder, most, out)?;
                Ok(decoder.into_inner())
            }
        }
    }

    /// Whether the rest after a stream is another one.
    fn goes_on(self, rest: &[u8]) -> bool {
        self != Kind::Zlib && Kind::of(rest) == Some(self)
    }
}

/// Reads at most `most` bytes; a signal can end it after each piece.
fn read_pieces(from: &mut dyn Read, most: u64, out: &mut Vec<u8>) -> io::Result<()> {
    let mut from = from.take(most);
    while (&mut from).take(PIECE).read_to_end(out)? > 0 {
        resolve_on()?;
    }
    Ok(())
}

fn decompressed(kind: Kind, bytes: &[u8], most: u64) -> Result<Vec<u8>> {
    let invalid = |what: &str| {
        let message = format!("the object begins as {} data and {what}", kind.name());
        Error::new(ErrorCode::InvalidValue, message).in_phase(Phase::Decode)
    };
    let (mut object, mut rest) = (Vec::new(), bytes);
    loop {
        let room = (most - object.len() as u64).saturating_add(1);
        rest = kind.take_stream(rest, room, &mut object).map_err(|error| match is_given_up(&error) {
            true => invalid("was not decompressed").because(error),
            false => invalid("is damaged or incomplete").because(error),
        })?;
        if object.len() as u64 > most {
            return Err(too_large(most));
        }
        if kind == Kind::Gzip {
            let zeros = rest.iter().take_while(|byte| **byte == 0).count();
            rest = rest.get(zeros..).unwrap_or_default();
        }
        if rest.is_empty() {
            return Ok(object);
        }
        if !kind.goes_on(rest) {
            return Err(invalid("is followed by something else"));
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
        for text in ["a", "a===", "\u{e9}", "YQ=\0="] {
            assert_eq!(decode_object(text, 9).unwrap_err().code(), ErrorCode::InvalidValue, "{text:?}");
        }
        assert_eq!(decode_object(" YQ==\n", 9).unwrap(), b"a");
    }
}
