// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Packet identifiers, 1 to 65,535 (section 2.3.1).
//!
//! Invariant: none is given out while it is taken. One is taken until the broker answers, or until the connection ends and nothing is
//! left that would be sent again.

use std::collections::HashMap;
use std::sync::Arc;

use crate::broker::session::Ticket;

/// What an identifier stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    Publication(Ticket),
    /// A SUBSCRIBE for this filter.
    Subscription(Arc<str>),
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Identifiers {
    taken: HashMap<u16, Holder>,
    /// Of each publication that may be sent again.
    by_ticket: HashMap<Ticket, u16>,
    /// The last that was given out.
    last: u16,
}

impl Identifiers {
    /// Whether every one is taken.
    pub(super) fn is_full(&self) -> bool {
        self.taken.len() >= usize::from(u16::MAX)
    }

    /// How many publications are sent again over a new connection.
    pub(super) fn publications(&self) -> usize {
        self.by_ticket.len()
    }

    /// Gives one out; `None` where every one is taken.
    fn take(&mut self, holder: Holder) -> Option<u16> {
        if self.is_full() {
            return None;
        }
        loop {
            self.last = self.last.checked_add(1).unwrap_or(1);
            if !self.taken.contains_key(&self.last) {
                self.taken.insert(self.last, holder);
                return Some(self.last);
            }
        }
    }

    /// One for a SUBSCRIBE.
    pub(super) fn subscription(&mut self, filter: &Arc<str>) -> Option<u16> {
        self.take(Holder::Subscription(filter.clone()))
    }

    /// The one of a publication: always the same.
    pub(super) fn publication(&mut self, ticket: Ticket) -> Option<u16> {
        if let Some(id) = self.by_ticket.get(&ticket) {
            return Some(*id);
        }
        let id = self.take(Holder::Publication(ticket))?;
        self.by_ticket.insert(ticket, id);
        Some(id)
    }

    /// The broker answered a PUBLISH: whose it was. `None` where there is none of that identifier.
    pub(super) fn published(&mut self, id: u16) -> Option<Ticket> {
        let Some(&Holder::Publication(ticket)) = self.taken.get(&id) else { return None };
        self.taken.remove(&id);
        self.by_ticket.remove(&ticket);
        Some(ticket)
    }

    /// The broker answered a SUBSCRIBE: its filter. `None` where there is none of that identifier.
    pub(super) fn subscribed(&mut self, id: u16) -> Option<Arc<str>> {
        let Holder::Subscription(filter) = self.taken.get(&id)?.clone() else { return None };
        self.taken.remove(&id);
        Some(filter)
    }

    /// The publication will not be sent again. The broker may still answer, so the identifier stays taken.
    pub(super) fn withdraw(&mut self, ticket: Ticket) {
        self.by_ticket.remove(&ticket);
    }

    /// A new connection: only what is sent again keeps its identifier.
    pub(super) fn restart(&mut self) {
        let again = &self.by_ticket;
        self.taken
            .retain(|_, holder| matches!(holder, Holder::Publication(ticket) if again.contains_key(ticket)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_given_out_twice() {
        let mut ids = Identifiers::default();
        for ticket in 1..=65_535 {
            assert_eq!(ids.publication(ticket), u16::try_from(ticket).ok());
        }
        assert!(ids.is_full());
        assert_eq!((ids.publication(70_000), ids.subscription(&"a".into())), (None, None));
        assert_eq!(ids.publication(7), Some(7));
        assert_eq!((ids.published(30_000), ids.published(30_000)), (Some(30_000), None));
        assert_eq!(ids.subscription(&"a".into()), Some(30_000));
        assert_eq!((ids.published(30_000), ids.subscribed(29_999)), (None, None));
        assert_eq!(ids.subscribed(30_000).as_deref(), Some("a"));
    }

    #[test]
    fn one_that_was_withdrawn_stays_taken_until_the_connection_ends() {
        let mut ids = Identifiers::default();
        assert_eq!((ids.publication(1), ids.publication(2), ids.publication(3)), (Some(1), Some(2), Some(3)));
        ids.withdraw(1);
        ids.withdraw(2);
        assert_eq!((ids.published(2), ids.publications()), (Some(2), 1));
        ids.last = u16::MAX;
        assert_eq!(ids.publication(4), Some(2));
        ids.restart();
        ids.last = 0;
        assert_eq!((ids.publication(5), ids.publication(6)), (Some(1), Some(4)));
    }
}
