// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Signals that arrive while a call waits for the network, reads a file or compresses.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::sync::OnceLock;

/// A program has one, a host language another; what does not fit is not asked.
static HOOKS: [OnceLock<fn() -> bool>; 4] = [const { OnceLock::new() }; 4];

/// Adds to what is asked when a signal's handler has run while a call waits: `true` gives the call up, with an error of the
/// step that it was in; `false` lets it wait on, as it does without a hook. Up to four hooks are asked, in the order in which
/// they were added, until one says `true`; adding one again changes nothing. While a name is resolved they are asked ten times
/// a second, and before each 64 KiB while a file is read or received, and an object compressed or decompressed.
/// Python's face asks for a keyboard interrupt here.
pub fn on_interrupt(hook: fn() -> bool) {
    let _ = HOOKS.iter().find(|slot| std::ptr::fn_addr_eq(*slot.get_or_init(|| hook), hook));
}

thread_local! {
    /// Whether this thread is the library's own.
    static DEAF: Cell<bool> = const { Cell::new(false) };
}

/// Asks no hook on the calling thread from now on: on a thread of the library's own nobody waits for a call, and what runs there
/// never enters a host language.
pub(crate) fn deaf() {
    DEAF.set(true);
}

/// Whether a hook wants the call to be given up.
fn gives_up() -> bool {
    !DEAF.get() && HOOKS.iter().map_while(OnceLock::get).any(|hook| hook())
}

/// Whether a wait that no signal can end is watched in its place.
pub(crate) fn is_watched() -> bool {
    !DEAF.get() && HOOKS[0].get().is_some()
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

/// Whether a hook ended what failed with this error: it is not to be tried again.
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

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        /// How often the first hook was asked; counted on the test's own thread only.
        static ASKED: Cell<Option<u32>> = const { Cell::new(None) };

        /// Whether another one wants calls on the test's own thread to be given up.
        static UP: Cell<bool> = const { Cell::new(false) };
    }

    #[test]
    fn hooks_are_asked_in_turn_and_added_once() {
        let first: fn() -> bool = || {
            ASKED.set(ASKED.get().map(|asked| asked + 1));
            false
        };
        on_interrupt(first);
        on_interrupt(first);
        on_interrupt(|| ASKED.get() == Some(2));
        ASKED.set(Some(0));
        assert!(!gives_up());
        assert!(gives_up() && ASKED.get() == Some(2));
    }

    #[test]
    fn a_deaf_thread_asks_nobody_and_others_do() {
        on_interrupt(|| UP.get());
        let here = std::thread::spawn(|| {
            UP.set(true);
            let before = (gives_up(), is_watched());
            deaf();
            (before, (gives_up(), is_watched()), resolve_on().is_ok())
        });
        assert_eq!(here.join().unwrap(), ((true, true), (false, false), true));
        UP.set(true);
        assert!(gives_up() && is_watched());
    }
}
