// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The watched files by name, and the order in which they are to be looked at.
//!
//! Invariant: the agenda holds each file that has a time, under that time, and no other. So one event costs a look-up and
//! no walk over the files.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::file::{Event, File};
use super::folder::Signature;

/// The shortest patience with a file that never comes to rest.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Ledger {
    files: HashMap<Arc<str>, File>,
    agenda: BTreeSet<(Instant, Arc<str>)>,
    patience: Duration,
    round: u64,
}

impl Ledger {
    pub(super) fn new(poll_interval: Duration) -> Ledger {
        Ledger {
            files: HashMap::new(),
            agenda: BTreeSet::new(),
            patience: poll_interval.max(PATIENCE),
            round: 0,
        }
    }

    /// When the first file is to be looked at.
    pub(super) fn due(&self) -> Option<Instant> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// The names of the files whose time has come.
    pub(super) fn due_names(&self, now: Instant) -> Vec<Arc<str>> {
        self.agenda.iter().take_while(|(at, _)| *at <= now).map(|(_, name)| name.clone()).collect()
    }

    /// Takes in what the kernel tells.
    pub(super) fn event(&mut self, name: &str, event: Event, now: Instant) {
        let patience = self.patience;
        self.know(name, now);
        self.with(name, |file| file.event(event, now, patience));
    }

    /// Begins a full look. What it finds or cannot look at is told by `found` and `put_off`; `end_round` ends it.
    pub(super) fn begin_round(&mut self) {
        self.round += 1;
    }

    /// Takes in what a full look found; says whether to offer it.
    pub(super) fn found(&mut self, name: &str, signature: Signature, old: bool, now: Instant) -> bool {
        let (patience, round) = (self.patience, self.round);
        self.know(name, now);
        let offered = self.with(name, |file| {
            file.round = round;
            file.found(signature, old, now, patience);
            file.due().is_some_and(|due| due <= now) && file.check(signature, now, patience)
        });
        offered.unwrap_or(false)
    }

    /// Takes in what a look at one file whose time has come found; says whether to offer it.
    pub(super) fn check(&mut self, name: &str, signature: Signature, now: Instant) -> bool {
        let patience = self.patience;
        self.with(name, |file| file.check(signature, now, patience)).unwrap_or(false)
    }

    /// A file is there, and cannot be looked at.
    pub(super) fn put_off(&mut self, name: &str, until: Instant) {
        let round = self.round;
        self.with(name, |file| {
            file.round = round;
            file.put_off(until);
        });
    }

    /// What the full look did not find so far.
    pub(super) fn missed(&self) -> Vec<Arc<str>> {
        let missed = self.files.iter().filter(|(_, file)| file.round != self.round);
        missed.map(|(name, _)| name.clone()).collect()
    }

    /// Forgets what the full look did not find. Returns the names of those with something unsent.
    pub(super) fn end_round(&mut self) -> Vec<Arc<str>> {
        let mut gone = self.missed();
        gone.retain(|name| self.forget(name));
        gone
    }

    /// Forgets a file that is gone; says whether something of it was unsent.
    pub(super) fn forget(&mut self, name: &str) -> bool {
        let Some((name, file)) = self.files.remove_entry(name) else { return false };
        if let Some(due) = file.due() {
            self.agenda.remove(&(due, name));
        }
        file.is_unsent()
    }

    /// Events were lost.
    pub(super) fn lose_history(&mut self, now: Instant) {
        let patience = self.patience;
        let names: Vec<_> = self.agenda.iter().map(|(_, name)| name.clone()).collect();
        for name in names {
            self.with(&name, |file| file.lose_history(now, patience));
        }
    }

    pub(super) fn is_sent(&self, name: &str, digest: u64) -> bool {
        self.files.get(name).is_some_and(|file| file.is_sent(digest))
    }

    pub(super) fn sent(&mut self, name: &str, signature: Signature, digest: u64) {
        self.with(name, |file| file.sent(signature, digest));
    }

    pub(super) fn skip(&mut self, name: &str, signature: Signature) {
        self.with(name, |file| file.skip(signature));
    }

    /// Says whether the reason why a file is not sent is news.
    pub(super) fn tell(&mut self, name: &str, why: &str) -> bool {
        self.with(name, |file| file.tell(why)).unwrap_or(true)
    }

    pub(super) fn is_restless(&self, name: &str) -> bool {
        self.files.get(name).is_some_and(File::is_restless)
    }

    pub(super) fn retry(&mut self, name: &str, at: Instant) {
        self.with(name, |file| file.retry(at));
    }

    pub(super) fn unsettled(&mut self, name: &str, signature: Signature, now: Instant) {
        let patience = self.patience;
        self.with(name, |file| file.unsettled(signature, now, patience));
    }

    /// Makes room for a file that is not known yet.
    fn know(&mut self, name: &str, now: Instant) {
        if !self.files.contains_key(name) {
            self.files.insert(name.into(), File::new(now));
        }
    }

    /// Changes a known file, and its place on the agenda.
    fn with<T>(&mut self, name: &str, change: impl FnOnce(&mut File) -> T) -> Option<T> {
        let file = self.files.get_mut(name)?;
        let before = file.due();
        let result = change(file);
        let after = file.due();
        if before != after {
            let key = self.files.get_key_value(name)?.0.clone();
            if let Some(before) = before {
                self.agenda.remove(&(before, key.clone()));
            }
            self.agenda.extend(after.map(|after| (after, key)));
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: Duration = Duration::from_secs(60);

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn signature(n: u64) -> Signature {
        Signature::of_size(n)
    }

    #[test]
    fn the_agenda_follows_every_change() {
        let now = Instant::now();
        let mut ledger = Ledger::new(POLL);
        ledger.event("a", Event::Written, now);
        ledger.event("b", Event::Closed, now);
        assert_eq!(ledger.due(), Some(now + ms(20)));
        assert!(ledger.due_names(now).is_empty());
        assert_eq!(ledger.due_names(now + ms(20)), ["b".into()]);
        assert!(ledger.check("b", signature(1), now + ms(20)));
        ledger.sent("b", signature(1), 7);
        assert_eq!(ledger.due(), Some(now + ms(1000)));
        assert!(!ledger.forget("a"), "it was never found: it may have been a pipe");
        assert_eq!(ledger.due(), None);
        assert!(ledger.is_sent("b", 7));
        assert_eq!(ledger.agenda.len(), 0);
    }

    #[test]
    fn a_full_look_forgets_what_is_gone() {
        let now = Instant::now();
        let mut ledger = Ledger::new(POLL);
        ledger.begin_round();
        for name in ["a", "b", "c", "d"] {
            assert!(ledger.found(name, signature(1), true, now));
        }
        assert!(ledger.end_round().is_empty());
        ledger.sent("a", signature(1), 7);
        ledger.sent("b", signature(1), 7);
        ledger.begin_round();
        assert!(!ledger.found("a", signature(1), true, now + POLL));
        ledger.put_off("d", now + POLL + POLL);
        assert_eq!(ledger.end_round(), ["c".into()]);
        assert!(ledger.is_sent("a", 7));
        assert!(!ledger.is_sent("b", 7));
        assert_eq!(ledger.due(), Some(now + POLL + POLL));
    }

    #[test]
    fn an_answer_for_a_forgotten_file_changes_nothing() {
        let mut ledger = Ledger::new(POLL);
        ledger.sent("a", signature(1), 7);
        ledger.retry("a", Instant::now());
        ledger.skip("a", signature(1));
        assert!(ledger.tell("a", "why"));
        assert!(ledger.files.is_empty() && ledger.agenda.is_empty());
    }
}
