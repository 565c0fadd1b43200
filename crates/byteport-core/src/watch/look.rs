// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How [`Watch`] looks: what the kernel and the disk tell goes into the ledger, which says what to offer.
//!
//! Invariants: what cannot be looked at just now keeps its state. What is not there is forgotten, at the latest by the next
//! look at everything.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use super::events::News;
use super::folder::{self, Signature};
use super::strangers::field;
use super::{Changed, Watch};

impl Watch {
    /// Takes in one thing that the kernel tells.
    pub(super) fn take(&mut self, news: News, now: Instant) {
        match news {
            News::File(name, event) => {
                if let Some(name) = field(&name) {
                    self.ledger.event(name, event, now);
                }
            }
            News::Gone { name, renamed } => {
                if let Some(name) = field(&name) {
                    self.forget(name, renamed);
                }
            }
            News::Overflow | News::Lost => {
                log::debug!(target: "byteport::watch", "{:?}: some events were lost", self.directory);
                self.ledger.lose_history(now);
                self.next_full_look = now;
            }
        }
    }

    /// Looks at the files whose time has come.
    pub(super) fn look_at_due(&mut self, now: Instant) -> Vec<Changed> {
        let names = self.ledger.due_names(now);
        names.iter().filter_map(|name| self.look_at_one(name, now)).collect()
    }

    fn look_at_one(&mut self, name: &str, now: Instant) -> Option<Changed> {
        let path = self.directory.join(name);
        match folder::look_at(&path) {
            Ok(Some(signature)) => {
                let offer = self.ledger.check(name, signature, now);
                offer.then(|| self.offer(name, path, signature))
            }
            Ok(None) => {
                self.forget(name, false);
                None
            }
            Err(error) => self.put_off(name, &error),
        }
    }

    /// Looks at everything.
    pub(super) fn look_at_all(&mut self, now: Instant) -> Vec<Changed> {
        self.next_full_look = now + self.poll_interval;
        if let Some(events) = &mut self.events {
            if !events.ensure(&self.directory) {
                self.ledger.lose_history(now);
            }
        }
        let names = match folder::list(&self.directory) {
            Ok(names) => names,
            Err(error) => {
                self.cannot_read(&error, now);
                return Vec::new();
            }
        };
        if self.unreadable {
            log::info!(target: "byteport::watch", "{:?} can be read again", self.directory);
        }
        self.unreadable = false;
        self.take_all(&names, now)
    }

    fn cannot_read(&mut self, error: &io::Error, now: Instant) {
        if !self.unreadable {
            log::warn!(target: "byteport::watch", "{:?} cannot be read now: {error}", self.directory);
        }
        self.unreadable = true;
        if folder::is_absent(error) {
            self.take_all(&[], now); // with it, its files are gone
        }
    }

    /// Takes in all that is there.
    fn take_all(&mut self, names: &[OsString], now: Instant) -> Vec<Changed> {
        self.ledger.begin_round();
        self.strangers.begin_round();
        let old = folder::one_second_ago();
        let mut offered: Vec<_> = names.iter().filter_map(|name| self.find(name, old, now)).collect();
        // A list that is read while files are renamed may lack one that was there all the time.
        let missed = self.ledger.missed();
        offered.extend(missed.iter().filter_map(|name| self.find(OsStr::new(&**name), old, now)));
        self.strangers.end_round();
        for name in self.ledger.end_round() {
            self.tell_loss(&name);
        }
        offered
    }

    fn find(&mut self, name: &OsStr, old: (i64, i64), now: Instant) -> Option<Changed> {
        let Some(name) = field(name) else {
            self.strangers.meet(&self.directory, name);
            return None;
        };
        let path = self.directory.join(name);
        match folder::look_at(&path) {
            Ok(Some(signature)) => {
                let offer = self.ledger.found(name, signature, signature.is_older_than(old), now);
                offer.then(|| self.offer(name, path, signature))
            }
            Ok(None) => None,
            Err(error) => self.put_off(name, &error),
        }
    }

    fn offer(&self, name: &str, path: PathBuf, signature: Signature) -> Changed {
        Changed { name: name.to_owned(), path, signature, restless: self.ledger.is_restless(name) }
    }

    fn put_off(&mut self, name: &str, error: &io::Error) -> Option<Changed> {
        log::debug!(target: "byteport::watch", "{:?}: {error}", self.directory.join(name));
        self.ledger.put_off(name, self.next_full_look);
        None
    }

    fn forget(&mut self, name: &str, renamed: bool) {
        if self.ledger.forget(name) && !renamed {
            self.tell_loss(name);
        }
    }

    fn tell_loss(&self, name: &str) {
        log::warn!(target: "byteport::watch", "{:?} is gone, unsent as it was", self.directory.join(name));
    }
}
