// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Keys and tokens: making them, hashing them, comparing them.
//!
//! Invariants: no comparison of a secret stops at the first difference, and none tells the
//! secret's length, because digests are compared. A token has 256 random bits.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::answer::Failure;

/// Length in characters of what [`token`] makes.
pub const TOKEN_LENGTH: usize = 64;

/// Makes a new random token: 64 lower-case hexadecimal digits.
pub fn token() -> Result<String, Failure> {
    let mut bytes = [0_u8; TOKEN_LENGTH / 2];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal("random numbers", error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The digest under which a token is kept.
#[must_use]
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether two secrets are the same, in a time that tells nothing about either.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    digest(left).ct_eq(&digest(right)).into()
}

/// Whether `given` is the secret `expected`; a secret that is not set matches nothing.
#[must_use]
pub fn matches(given: &str, expected: Option<&str>) -> bool {
    // The comparison is made in either case, so that both take the same time.
    let same = same(given, expected.unwrap_or_default());
    same && expected.is_some_and(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unset_or_empty_secret_matches_nothing() {
        assert!(matches("a", Some("a")));
        assert!(!matches("a", Some("b")));
        assert!(!matches("", Some("")));
        assert!(!matches("", None));
        assert!(!matches("a", None));
    }

    #[test]
    fn tokens_differ() {
        let first = token().expect("random");
        assert_eq!(first.len(), TOKEN_LENGTH);
        assert_ne!(first, token().expect("random"));
    }
}
