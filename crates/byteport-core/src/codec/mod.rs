// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Objects as text: compressed or not, then base64 (HTTP API v1, section 2); and back.

mod decode;
mod encode;
mod peek;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, ErrorCode, Result};

pub(crate) use decode::decode_to;
pub use decode::{decode_object, from_base64};
pub use encode::ObjectEncoder;

/// How an object is compressed before it becomes base64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// A zlib stream (RFC 1950). Programs know it as `gzip`, which on this wire it has always been.
    Zlib,
    /// A bzip2 file.
    Bzip2,
}

impl Compression {
    /// The compression that programs name `gzip` or `bzip2`.
    ///
    /// # Errors
    /// [`ErrorCode::UnsupportedCompression`] for every other name.
    pub fn parse(name: &str) -> Result<Compression> {
        match name {
            "gzip" => Ok(Self::Zlib),
            "bzip2" => Ok(Self::Bzip2),
            _ => {
                let shown: String = name.chars().take(40).collect();
                let message = format!("unsupported compression {shown:?}: use gzip, bzip2 or none");
                Err(Error::new(ErrorCode::UnsupportedCompression, message))
            }
        }
    }
}

/// An object as base64 text: the standard alphabet, padded.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_the_standard_one_and_padded() {
        assert_eq!(to_base64(&[0, 16, 131, 255, 239]), "ABCD/+8=");
        assert_eq!(to_base64(b""), "");
    }

    #[test]
    fn other_compressions_are_refused_by_name() {
        assert_eq!(Compression::parse("bzip2").unwrap(), Compression::Bzip2);
        for name in ["zip", "", "GZIP", "bz2"] {
            let error = Compression::parse(name).unwrap_err();
            assert_eq!(error.code(), ErrorCode::UnsupportedCompression);
            assert!(error.to_string().contains(&format!("{name:?}")));
        }
    }
}
