// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A text back to the object.

use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bzip2::read::MultiBzDecoder;
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::error::{Error, ErrorCode, Phase, Result};

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
/// # Errors
/// [`ErrorCode::InvalidValue`] for text that is no base64 and for compressed data that is damaged or incomplete;
/// [`ErrorCode::AnswerTooLarge`] where the object is larger than `most` bytes: a few compressed bytes can stand for gigabytes.
pub fn decode_object(text: &str, most: u64) -> Result<Vec<u8>> {
    let bytes = from_base64(text)?;
    match bytes.as_slice() {
        [0x1f, 0x8b, ..] => decompressed("gzip", MultiGzDecoder::new(bytes.as_slice()), most),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => {
            decompressed("bzip2", MultiBzDecoder::new(bytes.as_slice()), most)
        }
        [first, second, ..] if is_zlib(*first, *second) => {
            decompressed("zlib", ZlibDecoder::new(bytes.as_slice()), most)
        }
        _ if bytes.len() as u64 > most => Err(too_large(most)),
        _ => Ok(bytes),
    }
}

/// The head of a zlib stream as every compressor writes it: deflate with a window of 32 KiB (RFC 1950, section 2.2).
fn is_zlib(first: u8, second: u8) -> bool {
    first == 0x78 && u16::from_be_bytes([first, second]) % 31 == 0
}

fn decompressed(kind: &str, decoder: impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = decoder.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error: io::Error| {
        let message = format!("the object begins as {kind} data and is damaged or incomplete");
        Error::new(ErrorCode::InvalidValue, message).in_phase(Phase::Decode).because(error)
    })?;
    if bytes.len() as u64 > most { Err(too_large(most)) } else { Ok(bytes) }
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
