// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Work on the caller's thread that is done by one caller at a time.
//!
//! Invariant: nobody waits; who comes while another is at it, or comes from inside, does nothing.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody is at it.
#[derive(Default)]
pub(crate) struct Turn(AtomicBool);

/// Ends a turn, however it ends.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Turn {
    /// Does the work, unless somebody else is at it: then `None`.
    pub(crate) fn take<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        if self.0.swap(true, Ordering::Acquire) {
            return None;
        }
        let _end = End(&self.0);
        Some(work())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let turn = Turn::default();
        assert_eq!(turn.take(|| turn.take(|| 1)), Some(None));
        assert_eq!(turn.take(|| 2), Some(2));
    }
}
