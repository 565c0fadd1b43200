// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Objects to text and back (HTTP API v1, section 2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, ErrorCode, Result};

/// An object as base64 text: the standard alphabet, padded.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The object that base64 text stands for.
///
/// # Errors
/// [`ErrorCode::InvalidAnswer`] where the text is not base64.
pub fn from_base64(text: &str) -> Result<Vec<u8>> {
    STANDARD
        .decode(text.trim_ascii())
        .map_err(|error| Error::new(ErrorCode::InvalidAnswer, "the object is not base64 text").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_goes_there_and_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_base64(&to_base64(&bytes)).unwrap(), bytes);
        assert_eq!(from_base64("a=b").unwrap_err().code(), ErrorCode::InvalidAnswer);
    }
}
