// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signals that arrive while a call waits for the network, reads a file or compresses.

use std::fmt;
use std::io;
use std::sync::OnceLock;

static HOOK: OnceLock<fn() -> bool> = OnceLock::new();

/// Sets, once for the process, what is asked when a signal's handler has run while a call waits: `true` gives the call up,
/// with an error of the step that it was in; `false` lets it wait on, as it does without a hook. While a name is resolved
/// it is asked ten times a second, and before each 64 KiB while a file is read or received, and an object compressed or
/// decompressed.
/// Python's face asks for a keyboard interrupt here.
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

/// Says whether to go on with something else than the network: with waiting for a name or a file, or with long work.
pub(crate) fn resolve_on() -> io::Result<()> {
    if gives_up() { Err(given_up()) } else { Ok(()) }
}

/// Why a call was given up.
#[derive(Debug)]
struct Signal;

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signal ended the call")
    }
}

impl std::error::Error for Signal {}

/// Not of the kind Interrupted: that one the standard library takes for an invitation to go on.
fn given_up() -> io::Error {
    io::Error::other(Signal)
}

/// Whether the hook ended what failed with this error: it is not to be tried again.
pub(crate) fn is_given_up(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.is_some_and(|inner| inner.is::<Signal>())
    })
}

/// Says whether to wait on after a system call that ended with `error`.
pub(super) fn wait_on(error: &io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Interrupted && gives_up() { Err(given_up()) } else { Ok(()) }
}
