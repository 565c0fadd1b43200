// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Events that wait until the listener is told.
//!
//! Invariant: however long a listener takes, they stay within a bound; where that is reached, the oldest go.

use std::collections::VecDeque;

use super::Event;

/// What the events take together, in bytes, at the most.
const MOST_BYTES: usize = 1 << 20;

/// So many numbers are put into one event.
const MOST_NUMBERS: usize = 1000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    events: VecDeque<Event>,
    bytes: usize,
    loses: bool,
}

impl Backlog {
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Adds an event, to the last one if that tells of the same. Whether the first of this backlog are lost from now on.
    pub fn push(&mut self, event: Event) -> bool {
        self.bytes += weight(&event);
        if let Some(rest) = self.merge(event) {
            self.events.push_back(rest);
        }
        let lost_before = self.loses;
        while self.bytes > MOST_BYTES && self.events.len() > 1 {
            self.bytes = self.bytes.saturating_sub(self.events.pop_front().as_ref().map_or(0, weight));
            self.loses = true;
        }
        self.loses && !lost_before
    }

    /// Gives the event back where it does not go into the last one.
    fn merge(&mut self, event: Event) -> Option<Event> {
        match (self.events.back_mut(), event) {
            (Some(Event::Dropped { count, reason }), Event::Dropped { count: more, reason: same })
                if *reason == same =>
            {
                *count += more;
                self.bytes -= EVENT;
                None
            }
            (Some(Event::Delivered { sequences }), Event::Delivered { sequences: more })
                if sequences.len() + more.len() <= MOST_NUMBERS =>
            {
                sequences.extend(more);
                self.bytes -= EVENT;
                None
            }
            (_, event) => Some(event),
        }
    }
}

impl IntoIterator for Backlog {
    type Item = Event;
    type IntoIter = std::collections::vec_deque::IntoIter<Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}

/// What every event takes.
const EVENT: usize = 64;

fn weight(event: &Event) -> usize {
    EVENT
        + match event {
            Event::Delivered { sequences } => size_of_val(sequences.as_slice()),
            Event::Quarantined { why, .. } => why.len(),
            Event::MovedAside { path, .. } => path.as_os_str().len(),
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{LinkState, Reason};

    fn delivered(numbers: std::ops::Range<u64>) -> Event {
        Event::Delivered { sequences: numbers.collect() }
    }

    fn told(backlog: Backlog) -> Vec<Event> {
        backlog.into_iter().collect()
    }

    #[test]
    fn neighbours_that_tell_of_the_same_are_one() {
        let mut backlog = Backlog::default();
        for event in [
            delivered(1..3),
            delivered(3..4),
            Event::Dropped { count: 1, reason: Reason::Full },
            Event::Dropped { count: 2, reason: Reason::Full },
            Event::Dropped { count: 3, reason: Reason::Age },
            delivered(10..1009),
            delivered(1009..1011),
        ] {
            assert!(!backlog.push(event));
        }
        let expected = [
            delivered(1..4),
            Event::Dropped { count: 3, reason: Reason::Full },
            Event::Dropped { count: 3, reason: Reason::Age },
            delivered(10..1009),
            delivered(1009..1011),
        ];
        assert_eq!(told(backlog), expected);
    }

    #[test]
    fn a_listener_that_never_comes_back_costs_a_bounded_memory() {
        let (mut backlog, mut began_to_lose) = (Backlog::default(), 0);
        for number in 0..1_000_000 {
            began_to_lose += u32::from(backlog.push(delivered(number..number + 1)));
            if number % 3000 == 0 {
                began_to_lose += u32::from(backlog.push(Event::Link(LinkState::Up)));
            }
            assert!(backlog.bytes <= MOST_BYTES);
        }
        assert_eq!(began_to_lose, 1);
        let bytes = backlog.bytes;
        let left = told(backlog);
        assert_eq!(left.iter().map(weight).sum::<usize>(), bytes);
        assert!(bytes > MOST_BYTES / 2);
        assert!(
            matches!(left.last(), Some(Event::Delivered { sequences }) if sequences.last() == Some(&999_999))
        );
    }
}
