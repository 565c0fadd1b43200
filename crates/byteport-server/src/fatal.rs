// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What stops the program.

use std::fmt;

/// Why the server could not start or go on, as one sentence.
#[derive(Debug)]
pub struct Fatal(String);

impl Fatal {
    /// An end for this reason.
    pub fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fatal {}
