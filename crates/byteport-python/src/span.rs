// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A span of time, as Python names it: between two moments, or so long before now.

use std::time::Duration;

use byteport_core::ErrorCode::InvalidArgument;
use byteport_core::{Range, http};
use pyo3::prelude::*;

use crate::{args, error, time};

/// The names of a time before now, and how many minutes each counts.
const LAST: [(&str, u32); 3] = [("timedelta_minutes", 1), ("timedelta_hours", 60), ("timedelta_days", 1440)];

/// What was said of it so far.
#[derive(Default)]
pub(crate) struct Span {
    range: Range,
    last: Vec<Duration>,
}

impl Span {
    /// Takes one option in, if it is one of a span's.
    pub(crate) fn set(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        match name {
            "from_time" => self.range.from = Some(time::timestamp(value)?),
            "to_time" => self.range.to = Some(time::timestamp(value)?),
            _ => {
                let Some((_, minutes)) = LAST.iter().find(|(last, _)| *last == name) else {
                    return Ok(false);
                };
                let count = args::count(name, value)?;
                self.last.push(Duration::from_secs(u64::from(count) * u64::from(*minutes) * 60));
            }
        }
        Ok(true)
    }

    /// The span, if what was said makes one.
    pub(crate) fn finished(self, py: Python<'_>) -> PyResult<http::Span> {
        match (self.range, self.last.as_slice()) {
            (range, []) => Ok(range.into()),
            (Range { from: None, to: None }, [last]) => Ok(http::Span::Last(*last)),
            _ => {
                let message = "say from_time and to_time, or one of timedelta_minutes, _hours and _days";
                Err(error::refused(py, InvalidArgument, message))
            }
        }
    }
}
