// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Watching one directory of small files whose names are field names: which of them were added or changed since they were
//! last sent, and are at rest.
//!
//! ```no_run
//! use byteport_core::watch::Watch;
//! # fn send(_: &std::path::Path) -> Result<u64, byteport_core::Error> { Ok(0) }
//! let mut watch = Watch::open("/run/sensors", std::time::Duration::from_secs(10))?;
//! loop {
//!     for changed in watch.look() {
//!         match send(&changed.path) {
//!             Ok(digest) => watch.sent(&changed, digest),
//!             Err(_) => watch.retry(&changed),
//!         }
//!     }
//!     watch.wait()?;
//! }
//! # #[allow(unreachable_code)]
//! # Ok::<(), byteport_core::Error>(())
//! ```
//!
//! `file` and `ledger` decide and touch neither clock nor disk; `look` feeds them from `folder`, `strangers` and `events`;
//! `wait` waits.
//!
//! Invariants: a file is opened by the caller alone. An event costs a look at the file that it names; only what
//! `poll_interval` brings, and what follows lost events, is a look at all of them. While no look fails, each file that was
//! changed is offered, however restless it is.

mod events;
mod file;
mod folder;
mod ledger;
mod look;
mod strangers;
mod wait;

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::events::Events;
use self::folder::Signature;
use self::ledger::Ledger;
use self::strangers::Strangers;
use crate::error::{Error, ErrorCode, Result};
use crate::net::LONGEST_WAIT;

/// A file that [`Watch::look`] offers. Answer each with [`Watch::sent`], [`Watch::skip`], [`Watch::retry`] or
/// [`Watch::unsettled`]; one that gets no answer is offered again at the next look.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The name of the file, and so of the field.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    signature: Signature,
    restless: bool,
}

impl Changed {
    /// Whether it may still be written to: it is offered because that has gone on for long.
    pub fn is_restless(&self) -> bool {
        self.restless
    }
}

/// Watches one directory. One thread at a time may use it; it may be handed from one to another.
pub struct Watch {
    directory: PathBuf,
    poll_interval: Duration,
    ledger: Ledger,
    strangers: Strangers,
    /// None if the kernel is not to be asked.
    events: Option<Events>,
    next_full_look: Instant,
    /// The directory could not be read at the last full look.
    unreadable: bool,
}

impl Watch {
    /// Watches `directory`, by the kernel's notification where that works. All files are looked at every `poll_interval`
    /// besides, for what the kernel does not tell: changes that another machine makes, or where a link leads. A relative
    /// path is taken from the current folder at each look.
    ///
    /// # Errors
    /// [`ErrorCode::File`] if `directory` cannot be read or is no directory, [`ErrorCode::InvalidArgument`] if
    /// `poll_interval` is zero.
    pub fn open(directory: impl Into<PathBuf>, poll_interval: Duration) -> Result<Watch> {
        Watch::new(directory.into(), poll_interval, Some(Events::default()))
    }

    /// As [`Watch::open`], but never uses the kernel's notification: for file systems that other machines write to, where
    /// it tells half of the truth.
    ///
    /// # Errors
    /// As [`Watch::open`].
    pub fn open_polling(directory: impl Into<PathBuf>, poll_interval: Duration) -> Result<Watch> {
        Watch::new(directory.into(), poll_interval, None)
    }

    fn new(directory: PathBuf, poll_interval: Duration, mut events: Option<Events>) -> Result<Watch> {
        if poll_interval.is_zero() {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "the time between two looks at a folder is zero",
            ));
        }
        folder::list(&directory).map_err(|error| {
            Error::new(ErrorCode::File, format!("cannot watch the folder {directory:?}")).because(error)
        })?;
        if let Some(events) = &mut events {
            events.ensure(&directory); // now, so that what happens until the first look is known
        }
        let poll_interval = poll_interval.min(LONGEST_WAIT);
        Ok(Watch {
            directory,
            poll_interval,
            ledger: Ledger::new(poll_interval),
            strangers: Strangers::default(),
            events,
            next_full_look: Instant::now(),
            unreadable: false,
        })
    }

    /// The directory, as it was given.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files that are new or changed since they were last sent or skipped, and are at rest; oldest first, then by name.
    /// Waits for nothing but the disk. A directory that cannot be read is logged once, and looked at again at the next
    /// look; what is gone is forgotten, and logged if it was unsent.
    pub fn look(&mut self) -> Vec<Changed> {
        let now = Instant::now();
        for news in self.events.as_mut().map(Events::drain).unwrap_or_default() {
            self.take(news, now);
        }
        let mut offered = if self.unreadable || now >= self.next_full_look {
            self.look_at_all(now)
        } else {
            self.look_at_due(now)
        };
        offered.sort_by(|a, b| (a.signature.modified(), &a.name).cmp(&(b.signature.modified(), &b.name)));
        offered
    }

    /// How long until [`Watch::look`] is worth calling if no event comes; never longer than the poll interval, and zero
    /// while an offer is not answered.
    pub fn due(&self) -> Duration {
        let file = if self.unreadable { None } else { self.ledger.due() };
        let next = file.map_or(self.next_full_look, |file| file.min(self.next_full_look));
        next.saturating_duration_since(Instant::now())
    }

    /// A descriptor that becomes readable when something happened in the directory, to be waited for beside others and
    /// otherwise left alone. `None` where the kernel's notification does not work, as while the directory is gone:
    /// [`Watch::due`] is all there is then. Ask again after each look.
    pub fn events(&self) -> Option<BorrowedFd<'_>> {
        self.events.as_ref().and_then(Events::descriptor)
    }

    /// Waits until something happened in the directory, at most until [`Watch::due`].
    ///
    /// # Errors
    /// [`ErrorCode::File`] if a signal came and the hook of [`crate::on_interrupt`] gives the wait up, or if the system
    /// refuses to wait.
    pub fn wait(&mut self) -> Result<()> {
        wait::wait(self.events(), self.due()).map_err(|error| {
            let message = format!("waiting for changes in {:?} was given up", self.directory);
            Error::new(ErrorCode::File, message).because(error)
        })
    }

    /// Whether content with this digest is what was last sent under this name.
    pub fn is_sent(&self, changed: &Changed, digest: u64) -> bool {
        self.ledger.is_sent(&changed.name, digest)
    }

    /// The file was sent, or need not be because [`Watch::is_sent`]. It is offered again when it changes.
    pub fn sent(&mut self, changed: &Changed, digest: u64) {
        self.ledger.sent(&changed.name, changed.signature, digest);
    }

    /// The file cannot be sent as it is. It is offered again when it changes. `why` is logged, once until it is another
    /// or the file was sent.
    pub fn skip(&mut self, changed: &Changed, why: &str) {
        self.ledger.skip(&changed.name, changed.signature);
        self.tell(changed, "is not sent", why);
    }

    /// Logs what becomes of a file, once until there is another reason or the file was sent.
    pub(crate) fn tell(&mut self, changed: &Changed, what: &str, why: &str) {
        let level = if self.ledger.tell(&changed.name, why) { log::Level::Warn } else { log::Level::Debug };
        log::log!(target: "byteport::watch", level, "{:?} {what}: {why}", changed.path);
    }

    /// Sending failed and may succeed later. The file is offered again with a full look to come, half a poll interval from
    /// now at the earliest, or when it changes.
    pub fn retry(&mut self, changed: &Changed) {
        let at = turn_after(Instant::now() + self.poll_interval / 2, self.next_full_look, self.poll_interval);
        self.ledger.retry(&changed.name, at);
    }

    /// The file changed while it was read. It is offered again once it is at rest.
    pub fn unsettled(&mut self, changed: &Changed) {
        if changed.restless {
            self.tell(changed, "is sent later", "it is written to without pause");
        }
        self.ledger.unsettled(&changed.name, changed.signature, Instant::now());
    }
}

/// The first of the times `next`, `next + interval`, ... that is not before `earliest`: those who fail together are tried
/// again together.
fn turn_after(earliest: Instant, next: Instant, interval: Duration) -> Instant {
    let late = earliest.saturating_duration_since(next).as_nanos();
    let turns = late.div_ceil(interval.as_nanos().max(1));
    next + interval.saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_may_go_to_another_thread() {
        fn sent<T: Send>() {}
        sent::<Watch>();
    }

    #[test]
    fn turns_are_shared() {
        let t = Instant::now();
        let seconds = Duration::from_secs;
        assert_eq!(turn_after(t, t + seconds(3), seconds(10)), t + seconds(3));
        assert_eq!(turn_after(t + seconds(5), t + seconds(3), seconds(10)), t + seconds(13));
        assert_eq!(turn_after(t + seconds(13), t + seconds(3), seconds(10)), t + seconds(13));
        assert_eq!(turn_after(t + seconds(14), t + seconds(3), seconds(10)), t + seconds(23));
        turn_after(t + LONGEST_WAIT, t, LONGEST_WAIT);
        turn_after(t + LONGEST_WAIT, t, Duration::from_nanos(1));
    }
}
