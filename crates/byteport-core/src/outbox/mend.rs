// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the thread that has the file does where the file fails, and at its end.

use std::time::Duration;

use log::Level;

use super::file::{File, OpenError, Opened, Trouble};
use super::keeper::Keeper;
use super::{DiskState, Event, Reason};

/// The longest pause before a file that failed is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

impl Keeper {
    /// The file failed: it is mended, or tried again later.
    pub(super) fn failed(&mut self, trouble: Trouble) {
        match trouble {
            // Damaged again so soon: the disk itself reads wrong.
            Trouble::Damaged(why) if self.shared.now() < self.rescued_at + LONGEST_PAUSE => {
                self.file = None;
                self.broken(&why);
            }
            Trouble::Damaged(why) => {
                self.shared.lock().note(Level::Error, why);
                (self.file, self.rescued_at) = (None, self.shared.now());
                self.reopen(true);
            }
            Trouble::NoSpace(why) | Trouble::Io(why) => self.broken(&why),
        }
    }

    pub(super) fn broken(&mut self, why: &str) {
        log::warn!(target: "byteport::outbox", "memory serves until the file can be written: {why}");
        let now = self.shared.now();
        if self.retry_at <= now {
            self.retry_at = now + self.pause;
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        let mut state = self.shared.lock();
        state.last_error = why.to_owned();
        state.set_disk(DiskState::Broken);
        state.file_is_open = self.file.is_some();
        if state.unfiled_bytes > 0 {
            state.commit_due = Some(Duration::ZERO);
        }
        self.shared.wake_callers(&state);
        self.shared.uploads.notify_all(); // the clock no longer waits for the file
    }

    /// Tries the file again: as it is open, and if that does not help, opened anew.
    pub(super) fn retry(&mut self) {
        if self.file.is_some() {
            match self.commit(true, false) {
                Ok(()) => return,
                Err(trouble @ Trouble::NoSpace(_)) => return self.failed(trouble),
                Err(_) => self.file = None,
            }
        }
        self.reopen(false);
    }

    fn reopen(&mut self, damaged: bool) {
        let opened = match damaged {
            true => File::open_damaged(self.path(), self.shared.options.max_disk),
            false => File::open(self.path(), self.shared.options.max_disk),
        };
        match opened {
            Ok(opened) => self.adopt(opened),
            Err(OpenError::Refused(error)) => self.broken(&error.to_string()),
            Err(OpenError::Unusable(why)) => self.broken(&why),
        }
    }

    /// Takes a file in that was just opened.
    pub(super) fn adopt(&mut self, opened: Opened) {
        let Opened { file, totals, clocks, moved_aside, clean } = opened;
        let mut state = self.shared.lock();
        self.shared.seal(&mut state); // its numbers are counted back from the next one, which may change
        if let Some(aside) = moved_aside {
            let path = aside.path.display();
            let line = format!("moved aside to {path}: {} readings saved, {} lost", aside.saved, aside.lost);
            state.note(Level::Error, line);
            state.moved_aside += 1;
            state.tell(|| Event::MovedAside { path: aside.path, saved: aside.saved, lost: aside.lost });
        }
        state.clocks.extend(clocks);
        let known = std::mem::replace(&mut self.is_known, true);
        let counted =
            if known { state.recount(&file, totals.quarantined) } else { state.begin(&totals, clean) };
        state.next_sequence = state.next_sequence.max(totals.next_sequence);
        state.next_block = state.next_block.max(totals.next_block);
        (state.file_is_open, state.file_more, state.rewind) = (true, true, true);
        let oldest = file.next(0);
        let counted = counted.and(oldest.map(|oldest| {
            state.file_oldest = oldest.map(|block| (block.id, block.first, block.taken));
        }));
        state.disk_bytes = file.used_bytes();
        state.set_disk(DiskState::Ok);
        if state.unfiled_bytes > 0 {
            state.commit_due = Some(Duration::ZERO);
        }
        self.file = Some(file);
        drop(state);
        if let Err(trouble) = counted {
            self.failed(trouble);
        }
        self.shared.uploads.notify_all();
    }

    /// Writes everything, and lets go of the file.
    pub(super) fn finish(&mut self) {
        if self.file.is_none() {
            self.reopen(false);
        }
        if let Err(trouble) = self.shed().and_then(|()| self.commit(true, true)) {
            // A second try on a file that was mended, or opened anew.
            self.failed(trouble);
            let again = self.file.is_some().then(|| self.commit(true, true));
            if let Some(Err(trouble)) = again {
                log::error!(target: "byteport::outbox", "{}", trouble.text());
            }
        }
        let mut state = self.shared.lock();
        state.lost = state.unfiled_count();
        if state.lost > 0 {
            let lost = state.lost;
            state.count_dropped(lost, Reason::Damage);
        }
        drop(state);
        self.file = None; // gives the lock back
        let mut state = self.shared.lock();
        state.ended = true;
        self.shared.callers.notify_all();
        self.shared.news.notify_one();
    }
}
