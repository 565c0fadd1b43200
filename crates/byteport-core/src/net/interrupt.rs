// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signals that arrive while a call waits for the network.

use std::io;
use std::sync::OnceLock;

static HOOK: OnceLock<fn() -> bool> = OnceLock::new();

/// Sets, once for the process, what is asked when a signal's handler has run while a call waits: `true` gives the call up,
/// with an error of the step that it was in; `false` lets it wait on, as it does without a hook. While a name is resolved
/// it is asked ten times a second. Python's face asks for a keyboard interrupt here.
pub fn on_interrupt(hook: fn() -> bool) {
    let _ = HOOK.set(hook); // the first one stays
}

/// Whether the hook, if there is one, wants the call to be given up.
fn gives_up() -> bool {
    HOOK.get().is_some_and(|hook| hook())
}

/// Whether a wait that no signal can end is watched in its place.
pub(super) fn is_watched() -> bool {
    HOOK.get().is_some()
}

/// Says whether to wait on while waiting for something else than the network, such as a name or a file.
pub(crate) fn resolve_on() -> io::Result<()> {
    if gives_up() { Err(given_up()) } else { Ok(()) }
}

/// Not of the kind Interrupted: that one the standard library takes for an invitation to go on.
fn given_up() -> io::Error {
    io::Error::other("a signal ended the call")
}

/// Says whether to wait on after a system call that ended with `error`.
pub(super) fn wait_on(error: &io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Interrupted && gives_up() { Err(given_up()) } else { Ok(()) }
}
