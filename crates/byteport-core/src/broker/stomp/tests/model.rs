// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Any order of publishing, withdrawing, answering, losing the connection and complaining: nothing is lost, told twice or out of order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// Publishes to one of three destinations; the broker refuses all to the last one.
    Publish(usize),
    Withdraw(usize),
    /// The broker works off so many frames.
    Work(usize),
    Cut,
    Subscribe(usize),
}

const PLACES: [&str; 3] = ["/queue/a", "/topic/b", "/queue/bad"];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..3).prop_map(Step::Publish),
        1 => (0usize..20).prop_map(Step::Withdraw),
        4 => (1usize..8).prop_map(Step::Work),
        1 => Just(Step::Cut),
        1 => (0usize..3).prop_map(Step::Subscribe),
    ]
}

/// A broker that takes frames in order, and complains as RabbitMQ does, without naming a frame.
struct World {
    bench: Bench,
    /// Sent by the session, and not looked at by the broker yet.
    wire: Vec<Frame>,
    /// The body of a publication is its ticket.
    places: BTreeMap<Ticket, usize>,
    withdrawn: BTreeSet<Ticket>,
    /// What the broker took, first times only, in order.
    taken: Vec<Ticket>,
    told: BTreeMap<Ticket, String>,
    subscriptions: BTreeSet<usize>,
}

impl World {
    fn collect(&mut self) {
        self.wire.extend(self.bench.sent());
        for signal in std::iter::from_fn(|| self.bench.session.next_signal()) {
            let ticket = match &signal {
                Signal::Confirmed(ticket) | Signal::Refused(ticket, _) => *ticket,
                _ => continue,
            };
            assert!(!self.withdrawn.contains(&ticket));
            assert!(self.told.insert(ticket, short(&signal)).is_none(), "{ticket} is told twice");
        }
    }

    fn connect(&mut self) {
        self.wire.clear();
        self.bench.reconnect();
        self.collect();
    }

    /// The broker takes the next frame; `false` where there is none.
    fn work(&mut self) -> bool {
        if self.wire.is_empty() {
            return false;
        }
        let frame = self.wire.remove(0);
        if frame.header("destination") == Some(PLACES[2]) {
            self.bench.complain("access_refused", "");
            self.collect();
            self.connect();
            return true;
        }
        if frame.command == "SEND" {
            let ticket = String::from_utf8(frame.body.clone()).unwrap().parse().unwrap();
            if !self.taken.contains(&ticket) {
                self.taken.push(ticket);
            }
        }
        self.bench.confirm(&frame);
        self.collect();
        true
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Publish(place) => {
                let ticket = self.places.len() as Ticket + 1;
                self.places.insert(ticket, *place);
                let body = ticket.to_string();
                self.bench
                    .session
                    .publish(ticket, publication(PLACES[*place], body.as_bytes(), true))
                    .unwrap();
            }
            Step::Withdraw(at) => {
                let ticket = *at as Ticket;
                if self.places.contains_key(&ticket) && !self.told.contains_key(&ticket) {
                    self.withdrawn.insert(ticket);
                }
                if self.bench.session.withdraw(ticket) {
                    assert!(!self.taken.contains(&ticket), "the broker has it");
                    self.collect();
                    assert!(!self.wire.iter().any(|frame| frame.body == ticket.to_string().as_bytes()));
                }
            }
            Step::Work(count) => {
                let _ = (0..*count).take_while(|_| self.work()).count();
            }
            Step::Cut => self.connect(),
            Step::Subscribe(place) => {
                self.subscriptions.insert(*place);
                self.bench.session.subscribe(PLACES[*place]).unwrap();
            }
        }
        self.collect();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_is_told_once_and_in_order(steps in prop::collection::vec(step(), 0..80), most in 1usize..6) {
        let mut world = World {
            bench: Bench::open(&options().max_in_flight(most)),
            wire: Vec::new(),
            places: BTreeMap::new(),
            withdrawn: BTreeSet::new(),
            taken: Vec::new(),
            told: BTreeMap::new(),
            subscriptions: BTreeSet::new(),
        };
        steps.iter().for_each(|step| world.take(step));
        let mut left = 2000;
        while world.work() {
            left -= 1;
            prop_assert!(left > 0, "it does not come to an end");
        }
        prop_assert!(world.taken.is_sorted(), "out of order: {:?}", world.taken);
        for (ticket, place) in &world.places {
            let expected = if *place == 2 { format!("refused {ticket} Forbidden") } else { format!("confirmed {ticket}") };
            match world.told.get(ticket) {
                Some(told) => prop_assert_eq!(told, &expected),
                None => prop_assert!(world.withdrawn.contains(ticket), "{} is lost", ticket),
            }
        }
        world.connect();
        let subscribed = world.wire.iter().filter(|frame| frame.command == "SUBSCRIBE").count();
        prop_assert_eq!(subscribed, world.subscriptions.iter().filter(|place| **place < 2).count());
    }
}
