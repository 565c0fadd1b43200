// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A single value of a series.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Ask, More, scalar};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// What a reference holds as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// Where a single value is: its field, and the reference that its point in a series has (`r`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueRef<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The device's UID.
    pub device: &'a str,
    /// The field.
    pub field: &'a str,
    /// The point's `r`; `byteport-server` also takes `latest`.
    pub reference: &'a str,
}

impl ValueRef<'_> {
    /// The end of a path that names the value.
    pub(crate) fn path(&self) -> Result<String> {
        let ValueRef { namespace, device, field, reference } = *self;
        name::check(NameKind::Namespace, namespace)?;
        name::check(NameKind::Device, device)?;
        name::check(NameKind::Field, field)?;
        // How the service writes it is not documented: whatever is one segment of a path may be it.
        let is_plain =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'\\' | b'?' | b'#' | b'%');
        let is_some = (1..=128).contains(&reference.len()) && !reference.starts_with('.');
        if !is_some || !reference.bytes().all(is_plain) {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "a value's reference is the r of a point: ASCII without blanks and without / \\ ? # %",
            ));
        }
        let reference = utf8_percent_encode(reference, ENCODED);
        Ok(format!("{namespace}/{device}/{field}/{reference}/"))
    }
}

/// A single value, whole.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct StoredValue {
    /// The value as text.
    #[serde(deserialize_with = "scalar::some_text")]
    pub value: String,
    /// When it was measured.
    #[serde(default, deserialize_with = "scalar::time")]
    pub timestamp: Option<Timestamp>,
    /// Its reference.
    #[serde(rename = "ref", default, deserialize_with = "scalar::text")]
    pub reference: Option<String>,
    /// Everything else that the service says of it.
    #[serde(flatten)]
    pub more: More,
}

/// A single value.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidArgument`] for a reference that is none.
pub fn value(value: &ValueRef<'_>) -> Result<Ask<StoredValue>> {
    Ok(Ask::get(format!("/api/v1/value/{}", value.path()?)))
}
