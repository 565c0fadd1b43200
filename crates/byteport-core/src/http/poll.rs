// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing what changes in a directory: which files go into one call, and what its end means for them. Whoever drives it
//! looks, sends the uploads one after the other, says how each ended, and waits.
//!
//! A file that never comes to rest is sent nevertheless where it only grows: as it was at one moment. One that is written
//! over without pause is logged, once, and sent when there is a pause.
//!
//! Invariants: a file that was offered is sent, skipped, or tried again later; content that was sent last is not sent again;
//! one round makes a bounded number of calls that are refused.

use std::collections::VecDeque;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::time::Duration;

use super::Upload;
use crate::error::{Error, Result};
use crate::net::is_given_up;
use crate::watch::{Changed, Watch};

/// The encoded length up to which files are put together, in bytes. A longer file goes alone.
const MOST_BYTES: u64 = 16 << 20;
/// How many files are put together: what runs the service takes 1,000 fields of a form unless it is told otherwise.
const MOST_FILES: usize = 900;
/// After so many refusals without a success in between, the rest of the files is left to the next round.
const MOST_REFUSALS: u32 = 32;

/// A directory whose files are stored as they change.
pub struct Poll {
    watch: Watch,
    /// What the last look found and no upload has taken yet.
    waiting: VecDeque<Changed>,
    /// What is in the last upload, each file with the digest of its content.
    sending: Vec<(Changed, u64)>,
    most_files: usize,
    refusals: u32,
}

impl Poll {
    /// Watches a directory, as [`Watch::open`].
    ///
    /// # Errors
    /// As [`Watch::open`].
    pub fn open(directory: impl Into<PathBuf>, poll_interval: Duration) -> Result<Poll> {
        Ok(Poll {
            watch: Watch::open(directory, poll_interval)?,
            waiting: VecDeque::new(),
            sending: Vec::new(),
            most_files: MOST_FILES,
            refusals: 0,
        })
    }

    /// Begins a round: looks which files are to be sent, and says how many.
    pub fn look(&mut self) -> usize {
        self.sending.clear(); // what got no answer is offered again
        self.waiting = self.watch.look().into();
        self.refusals = 0;
        if !self.waiting.is_empty() {
            self.most_files = (self.most_files * 2).min(MOST_FILES);
        }
        self.waiting.len()
    }

    /// Puts the next files into an empty upload; `None` where this round has no more to send.
    ///
    /// # Errors
    /// [`ErrorCode::File`](crate::ErrorCode::File) where the upload's temporary file fails, or the hook of
    /// [`crate::on_interrupt`] gives the reading up.
    pub fn fill(&mut self, mut upload: Upload) -> Result<Option<Upload>> {
        while self.sending.len() < self.most_files {
            let Some(changed) = self.waiting.pop_front() else { break };
            let start = upload.len();
            match upload.add_text(&changed.name, &changed.path, changed.is_restless()) {
                Ok(None) => self.watch.unsettled(&changed),
                Ok(Some(digest)) if self.watch.is_sent(&changed, digest) => {
                    upload.take_back(start)?;
                    self.watch.sent(&changed, digest);
                }
                Ok(_) if start > 0 && upload.len() > MOST_BYTES.min(upload.room()) => {
                    upload.take_back(start)?;
                    self.waiting.push_front(changed);
                    break;
                }
                Ok(_) if upload.len() > upload.room() => {
                    upload.take_back(start)?;
                    self.watch.skip(&changed, "it is too long for a GET: store by POST");
                }
                Ok(Some(digest)) => self.sending.push((changed, digest)),
                Err(error) if is_given_up(&error) => {
                    self.waiting.push_front(changed);
                    return Err(error);
                }
                Err(error) => self.not_added(&changed, &error),
            }
        }
        Ok(Some(upload).filter(|_| !self.sending.is_empty()))
    }

    /// What lies with the file is not tried again until it changes; what lies with the system is, at the next round.
    fn not_added(&mut self, changed: &Changed, error: &Error) {
        if error.is_retryable() {
            self.watch.tell(changed, "is sent later", &error.to_string());
            self.watch.retry(changed);
        } else {
            self.watch.skip(changed, &error.to_string());
        }
    }

    /// The last upload was stored.
    pub fn sent(&mut self) {
        self.refusals = 0;
        for (changed, digest) in std::mem::take(&mut self.sending) {
            self.watch.sent(&changed, digest);
        }
    }

    /// The last upload was not stored, because of `why`. Where the service answered, with a status if it is known, the round
    /// goes on; where it did not, the round ends. The files are tried again.
    pub fn failed(&mut self, why: &str, answered: bool, status: Option<u16>) {
        let (count, directory) = (self.sending.len(), self.watch.directory());
        self.refusals += 1;
        let sending = std::mem::take(&mut self.sending).into_iter().map(|(changed, _)| changed);
        // These two are how a server refuses the form's size, or one field of it.
        if count > 1 && matches!(status, Some(400 | 413)) {
            log::info!(target: "byteport::watch", "{count} files of {directory:?} are sent in smaller parts: {why}");
            self.most_files = count / 2;
            self.waiting = sending.chain(std::mem::take(&mut self.waiting)).collect();
        } else {
            log::warn!(target: "byteport::watch", "{count} files of {directory:?} are not sent, and tried again: {why}");
            sending.for_each(|changed| self.watch.retry(&changed));
        }
        if !answered || self.refusals >= MOST_REFUSALS {
            self.waiting.drain(..).for_each(|changed| self.watch.retry(&changed));
        }
    }

    /// Waits for the next round, as [`Watch::wait`].
    ///
    /// # Errors
    /// As [`Watch::wait`].
    pub fn wait(&mut self) -> Result<()> {
        self.watch.wait()
    }

    /// The longest time until the next round, as [`Watch::due`].
    pub fn due(&self) -> Duration {
        self.watch.due()
    }

    /// Readable where the next round is due at once, as [`Watch::events`].
    pub fn events(&self) -> Option<BorrowedFd<'_>> {
        self.watch.events()
    }
}
