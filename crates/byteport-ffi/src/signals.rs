// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The library's own threads take no signal: they inherit the mask of the thread that starts them.
//!
//! Invariant: the caller's mask is as it was when `without` returns, however it returns.

use std::mem::MaybeUninit;
use std::ptr;

use libc::{SIG_BLOCK, SIG_SETMASK, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, sigset_t};

/// A mask to go back to.
struct Restore(sigset_t);

impl Drop for Restore {
    fn drop(&mut self) {
        // SAFETY: the mask that this thread had; nothing else is written.
        unsafe { libc::pthread_sigmask(SIG_SETMASK, &self.0, ptr::null_mut()) };
    }
}

/// Blocks every signal but those of faults in this thread, if the system lets it.
fn block() -> Option<Restore> {
    let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: `sigfillset` initialises the set that the others work on; a mask that was set has been written to `before`.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        for fault in [SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            libc::sigdelset(all.as_mut_ptr(), fault);
        }
        match libc::pthread_sigmask(SIG_BLOCK, all.as_ptr(), before.as_mut_ptr()) {
            0 => Some(Restore(before.assume_init())),
            _ => None,
        }
    }
}

/// Runs what starts a thread, which then leaves every signal to the program's own.
pub(crate) fn without(start: &mut dyn FnMut()) {
    let _restore = block();
    start();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signals that the calling thread has blocked, as the kernel tells.
    fn blocked() -> u64 {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:")).unwrap();
        u64::from_str_radix(mask.trim(), 16).unwrap()
    }

    #[test]
    fn threads_that_are_started_inside_take_no_signal() {
        let before = blocked();
        let mut inside = 0;
        without(&mut || inside = std::thread::spawn(blocked).join().unwrap());
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGCHLD, libc::SIGUSR1, libc::SIGALRM] {
            assert_ne!(inside & (1 << (signal - 1)), 0, "signal {signal}");
        }
        assert_eq!(inside & (1 << (SIGSEGV - 1)), 0);
        assert_eq!(blocked(), before);
    }
}
