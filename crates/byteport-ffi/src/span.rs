// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! From when to when: the one place where a span of time is read from C.

use std::time::Duration;

use byteport_core::http::Span;
use byteport_core::model::Timestamp;
use byteport_core::{Error, ErrorCode, Range, Result};

use crate::timestamp::BYTEPORT_TIME_OPEN;

/// From the first to the last moment, or an open end.
pub(crate) fn range(from: i64, to: i64) -> Range {
    let end = |time| (time != BYTEPORT_TIME_OPEN).then_some(Timestamp::from_micros(time));
    Range { from: end(from), to: end(to) }
}

/// So many minutes before now.
pub(crate) fn last(minutes: u32) -> Result<Span> {
    match minutes {
        0 => Err(Error::new(ErrorCode::InvalidArgument, "minutes is 0: give a time before now")),
        _ => Ok(Span::Last(Duration::from_secs(60 * u64::from(minutes)))),
    }
}

/// A span in milliseconds.
pub(crate) fn milliseconds(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.into())
}
