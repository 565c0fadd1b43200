// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What [`crate::fuzzing`] sees of HTTP: a link that needs no connection, and the slower of the two readers of a series.

use super::{Answer, Client, Link, Series};
use crate::error::Result;
use crate::net::Wire;

/// A link whose bytes come from the caller alone.
pub fn link(client: &Client) -> Link {
    Link::new(Wire::new(None), client.max_answer())
}

/// The series in an answer as serde_json reads it, whose word counts.
///
/// # Errors
/// As [`Answer::series`].
pub fn series_by_serde(answer: &Answer, path: &str) -> Result<Series> {
    answer.decode(path)
}
