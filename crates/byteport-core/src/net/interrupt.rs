// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signals that arrive while a call waits for the network.

use std::io;
use std::sync::OnceLock;

static HOOK: OnceLock<fn() -> bool> = OnceLock::new();

/// Sets, once for the process, what is asked when a signal's handler has run while a call waits: `true` gives the call up,
/// with [`ErrorCode::Disconnected`](crate::ErrorCode::Disconnected); `false` lets it wait on, as it does without a hook.
/// Python's face asks for a keyboard interrupt here.
pub fn on_interrupt(hook: fn() -> bool) {
    let _ = HOOK.set(hook); // the first one stays
}

/// Says whether to wait on after a system call that ended with `error`.
pub(super) fn wait_on(error: &io::Error) -> io::Result<()> {
    let asked = error.kind() == io::ErrorKind::Interrupted && HOOK.get().is_some_and(|hook| hook());
    // Not of the kind Interrupted: that one the standard library takes for an invitation to go on.
    if asked { Err(io::Error::other("a signal ended the call")) } else { Ok(()) }
}
