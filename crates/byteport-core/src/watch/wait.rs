// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Waiting for an event or a time, whichever comes first, in a way that a signal can end.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::net::resolve_on;

/// The longest wait at a time: a signal that comes just before it is noticed after it.
const SLICE: Duration = Duration::from_secs(1);

/// Waits until the descriptor is readable, at most `time`. The hook for signals is asked before each slice, and so after
/// each signal too.
pub(super) fn wait(descriptor: Option<BorrowedFd<'_>>, time: Duration) -> io::Result<()> {
    let start = Instant::now();
    let mut descriptors: Vec<_> = descriptor.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
    loop {
        resolve_on()?;
        let left = time.saturating_sub(start.elapsed());
        let slice =
            Timespec::try_from(left.min(SLICE)).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        match poll(&mut descriptors, Some(&slice)) {
            Ok(0) if left <= SLICE => return Ok(()),
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
