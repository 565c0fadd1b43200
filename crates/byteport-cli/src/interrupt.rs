// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Ctrl-C, and the other signals that ask a program to end, in commands that have something to leave in order.
//!
//! Invariants: a signal that was ignored from the start stays ignored; the second one ends the process at once.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use byteport_core::{Error, ErrorCode, on_interrupt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, getpid, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGURG};
use signal_hook::{flag, low_level};

use crate::exit::Failure;

/// The time between two interruptions.
const NUDGES: Duration = Duration::from_millis(20);

/// The signal that came; 0 before.
static SIGNAL: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// Whether waits go on although the signal came.
static ENDURES: AtomicBool = AtomicBool::new(false);

fn signal() -> &'static Arc<AtomicUsize> {
    SIGNAL.get_or_init(Arc::default)
}

/// From its making on, such a signal does not end the process, but the call that waits.
pub struct Stop {
    wake: UnixStream,
}

impl Stop {
    pub fn catch() -> Result<Stop, Failure> {
        Self::caught().map_err(|error| {
            Error::new(ErrorCode::Internal, format!("signals cannot be caught: {error}")).into()
        })
    }

    fn caught() -> io::Result<Stop> {
        let (wake, woken) = UnixStream::pair()?;
        let again = Arc::new(AtomicBool::new(false));
        for number in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|number| !is_ignored(*number)) {
            flag::register_conditional_default(number, Arc::clone(&again))?;
            flag::register(number, Arc::clone(&again))?;
            flag::register_usize(number, Arc::clone(signal()), usize::try_from(number).unwrap_or(1))?;
            low_level::pipe::register(number, woken.try_clone()?)?;
        }
        flag::register(SIGURG, Arc::default())?;
        let first = wake.try_clone()?;
        thread::Builder::new().name("byteport-stop".into()).spawn(move || nudge(first))?;
        on_interrupt(|| signal().load(Ordering::SeqCst) != 0 && !ENDURES.load(Ordering::SeqCst));
        Ok(Stop { wake })
    }

    /// Whether such a signal came.
    pub fn is_wanted(&self) -> bool {
        signal().load(Ordering::SeqCst) != 0
    }

    /// From here on such a signal ends no call any longer: what is left to do is short, and must be done.
    pub fn endure(&self) {
        ENDURES.store(true, Ordering::SeqCst);
    }

    /// Waits until such a signal comes, `events` can be read, or the time is over. Whether the signal came.
    pub fn wait(&self, events: Option<BorrowedFd<'_>>, time: Duration) -> io::Result<bool> {
        let end = Instant::now().checked_add(time);
        while !self.is_wanted() {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let mut watched: Vec<PollFd<'_>> = std::iter::once(self.wake.as_fd())
                .chain(events)
                .map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::IN))
                .collect();
            match poll(&mut watched, left.as_ref()) {
                Err(rustix::io::Errno::INTR) => {}
                done => return done.map(|_| self.is_wanted()).map_err(io::Error::from),
            }
        }
        Ok(true)
    }

    /// Ends as the signal would have ended the command, if one came: a shell shows 130 for Ctrl-C.
    pub fn end_if_wanted(&self) {
        let number = i32::try_from(signal().load(Ordering::SeqCst)).unwrap_or_default();
        if number != 0 {
            let _ = low_level::emulate_default_handler(number); // does not come back
        }
    }
}

/// A call that was just about to wait when the signal came has not noticed it: it is interrupted again, until the end.
fn nudge(wake: UnixStream) {
    let mut wake = [PollFd::new(&wake, PollFlags::IN)];
    while poll(&mut wake, None).is_err() {} // interrupted
    while kill_process(getpid(), Signal::URG).is_ok() {
        thread::sleep(NUDGES);
    }
}

/// Whether a signal was ignored from the start, as `nohup` and shells do for what runs in the background.
fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    u32::try_from(number - 1).is_ok_and(|bit| mask.checked_shr(bit).unwrap_or_default() & 1 == 1)
}
