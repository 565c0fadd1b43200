// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Publications on their way, in the order of their tickets: those that wait, and those that the broker has to answer for.
//!
//! Invariants: what is in flight was sent before all that waits; after a new connection everything in flight goes out again
//! before anything that waits, and in the old order.

use std::collections::{BTreeMap, VecDeque};

use super::session::{Publication, Ticket};

/// See the module.
#[derive(Debug)]
pub(super) struct Outgoing {
    waiting: VecDeque<(Ticket, Publication)>,
    /// Sent, and the broker has to answer for them.
    flying: BTreeMap<Ticket, Publication>,
    /// In flight, but not sent over this connection yet.
    again: VecDeque<Ticket>,
    /// The most in flight.
    most: usize,
}

impl Outgoing {
    pub(super) fn new(most: usize) -> Outgoing {
        Outgoing { waiting: VecDeque::new(), flying: BTreeMap::new(), again: VecDeque::new(), most }
    }

    pub(super) fn add(&mut self, ticket: Ticket, publication: Publication) {
        self.waiting.push_back((ticket, publication));
    }

    /// A new connection: nothing was sent over it yet.
    pub(super) fn restart(&mut self) {
        self.again = self.flying.keys().copied().collect();
    }

    /// What is to be sent next, and whether it was sent before, over an earlier connection. One that the broker confirms is in
    /// flight from now on; of another nothing is kept.
    pub(super) fn next(&mut self) -> Option<(Ticket, Publication, bool)> {
        while let Some(ticket) = self.again.pop_front() {
            if let Some(publication) = self.flying.get(&ticket) {
                return Some((ticket, publication.clone(), true));
            }
        }
        let is_full = self.flying.len() >= self.most;
        if self.waiting.front().is_none_or(|(_, publication)| publication.confirm && is_full) {
            return None;
        }
        let (ticket, publication) = self.waiting.pop_front()?;
        if publication.confirm {
            self.flying.insert(ticket, publication.clone());
        }
        Some((ticket, publication, false))
    }

    /// The broker answered for it; `false` where nobody waits for that.
    pub(super) fn finish(&mut self, ticket: Ticket) -> bool {
        self.flying.remove(&ticket).is_some()
    }

    /// Forgets a publication; `true` where it was never sent.
    pub(super) fn withdraw(&mut self, ticket: Ticket) -> bool {
        if self.finish(ticket) {
            return false;
        }
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| *waiting != ticket);
        self.waiting.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication(confirm: bool) -> Publication {
        Publication { destination: "d".into(), body: [1].as_slice().into(), confirm }
    }

    fn sent(outgoing: &mut Outgoing) -> Vec<(Ticket, bool)> {
        std::iter::from_fn(|| outgoing.next().map(|(ticket, _, again)| (ticket, again))).collect()
    }

    #[test]
    fn so_many_fly_and_the_rest_waits_in_order() {
        let mut outgoing = Outgoing::new(2);
        (1..=4).for_each(|ticket| outgoing.add(ticket, publication(true)));
        assert_eq!(sent(&mut outgoing), [(1, false), (2, false)]);
        assert!(outgoing.finish(1) && !outgoing.finish(1));
        assert_eq!(sent(&mut outgoing), [(3, false)]);
        outgoing.restart();
        assert_eq!(sent(&mut outgoing), [(2, true), (3, true)]);
        assert!(outgoing.withdraw(4) && !outgoing.withdraw(4) && !outgoing.withdraw(3));
        assert!(outgoing.finish(2));
        assert_eq!(sent(&mut outgoing), []);
    }

    #[test]
    fn what_is_not_confirmed_is_not_kept() {
        let mut outgoing = Outgoing::new(1);
        outgoing.add(1, publication(true));
        outgoing.add(2, publication(false));
        outgoing.add(3, publication(true));
        assert_eq!(sent(&mut outgoing), [(1, false), (2, false)]);
        outgoing.restart();
        assert_eq!(sent(&mut outgoing), [(1, true)]);
    }
}
