// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A descriptor that is readable from when it is set until it is cleared.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{read, retry_on_intr, write};

use crate::error::{Error, ErrorCode, Result};

/// See the module.
#[derive(Debug)]
pub(super) struct Wake(OwnedFd);

impl Wake {
    pub(super) fn new() -> Result<Wake> {
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        eventfd(0, flags).map(Wake).map_err(|error| {
            let message = "no descriptor for a broker's client: raise the limit on open files";
            Error::new(ErrorCode::File, message).because(std::io::Error::from(error))
        })
    }

    pub(super) fn set(&self) {
        // It only fails where the counter is at its end, and then it is set in any case.
        let _ = retry_on_intr(|| write(&self.0, &1u64.to_ne_bytes()));
    }

    pub(super) fn clear(&self) {
        let _ = retry_on_intr(|| read(&self.0, &mut [0; 8]));
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
