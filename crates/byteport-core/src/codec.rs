// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Objects as text (HTTP API v1, section 2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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
}
