// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Bytes that came and are not yet understood.
//!
//! Invariant: understanding a piece moves no bytes; what is understood is dropped once, before more comes.

/// The bytes, and how many of them are understood.
#[derive(Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    used: usize,
}

impl Input {
    /// Where more is to be appended.
    pub(super) fn more(&mut self) -> &mut Vec<u8> {
        self.bytes.drain(..self.used);
        self.used = 0;
        &mut self.bytes
    }

    /// What is not yet understood.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.used..).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// So many bytes of the rest are understood.
    pub(super) fn advance(&mut self, by: usize) {
        self.used = self.bytes.len().min(self.used + by);
    }

    /// Nobody wants what is there.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.used = 0;
    }
}
