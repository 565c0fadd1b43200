// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A database that takes no changes, such as one on a full disk, or that cannot be reached: logged when it begins and when
//! it is over, however many calls fail between.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::journal;

static IS_THERE: AtomicBool = AtomicBool::new(false);

/// There is trouble; only its first cause is logged for all to see.
pub fn begin(cause: impl Display) {
    if IS_THERE.swap(true, Ordering::Relaxed) {
        journal::debug(format_args!("the database still takes no changes: {cause}"));
    } else {
        journal::error(format_args!("the database takes no changes: {cause}"));
    }
}

/// A change was made.
pub fn end() {
    if IS_THERE.load(Ordering::Relaxed) && IS_THERE.swap(false, Ordering::Relaxed) {
        journal::info(format_args!("the database takes changes again"));
    }
}
