// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Names of namespaces, devices and fields (HTTP API v1, section 1).

use crate::error::{Error, ErrorCode, Result};

/// The longest name, in characters.
pub const MAX_LEN: usize = 32;

/// What a name names; used in error texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A namespace, the first part of a GUID.
    Namespace,
    /// A device UID, the second part of a GUID.
    Device,
    /// A field, the third part of a GUID.
    Field,
}

impl NameKind {
    fn text(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::Device => "device UID",
            Self::Field => "field name",
        }
    }
}

/// Whether `name` may be sent: 1 to 32 of `0-9 a-z A-Z - _ :`, not beginning with `-` or `_`.
///
/// ```
/// use byteport_core::model::name::is_valid;
/// assert!(is_valid("cart-44"));
/// assert!(!is_valid("_key"));
/// ```
pub fn is_valid(name: &str) -> bool {
    let bytes = name.as_bytes();
    (1..=MAX_LEN).contains(&bytes.len())
        && !matches!(bytes[0], b'-' | b'_')
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
}

/// Says why `name` may not be sent.
///
/// # Errors
/// [`ErrorCode::InvalidName`], with the name (cut to its first characters) and the rule in the message.
pub fn check(kind: NameKind, name: &str) -> Result<()> {
    if is_valid(name) {
        return Ok(());
    }
    let shown: String = name.chars().take(MAX_LEN + 1).collect();
    Err(Error::new(
        ErrorCode::InvalidName,
        format!(
            "invalid {} {shown:?}: use 1 to 32 of the characters 0-9 a-z A-Z - _ : and begin with neither - nor _",
            kind.text()
        ),
    ))
}
