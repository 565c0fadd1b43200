// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Publishing over connections that break, beside a model that knows what has to come of it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Move {
    Publish(bool),
    Subscribe(u8),
    /// The broker answers for one of those that it has.
    Answer(usize),
    /// Of one ticket, or of the next one that nobody knows yet.
    Withdraw(usize),
    /// The connection breaks and a new one is made; the broker answers the greeting, or it does not.
    Connect(bool),
    Lose,
    Stop,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => any::<bool>().prop_map(Move::Publish),
        1 => (0..4u8).prop_map(Move::Subscribe),
        8 => any::<usize>().prop_map(Move::Answer),
        2 => any::<usize>().prop_map(Move::Withdraw),
        2 => any::<bool>().prop_map(Move::Connect),
        1 => Just(Move::Lose),
        1 => Just(Move::Stop),
    ]
}

/// What a publication is by its body: its ticket.
fn body(ticket: Ticket) -> [u8; 8] {
    ticket.to_be_bytes()
}

struct Model {
    session: Session,
    last: Ticket,
    is_open: bool,
    /// To be confirmed, and neither confirmed nor withdrawn.
    owed: BTreeSet<Ticket>,
    /// Without confirmation, and not sent yet.
    unsent: BTreeSet<Ticket>,
    /// The identifier by which a publication went out first.
    first: BTreeMap<Ticket, u16>,
    /// What the broker has not answered for on this connection: identifier and ticket, `None` for a SUBSCRIBE.
    unanswered: BTreeMap<u16, Option<Ticket>>,
    /// The last ticket that went out on this connection.
    newest: Ticket,
    withdrawn: BTreeSet<Ticket>,
}

impl Model {
    fn new() -> Model {
        let session = Session::new(&options().max_in_flight(4)).unwrap();
        Model {
            session,
            last: 0,
            is_open: false,
            owed: BTreeSet::new(),
            unsent: BTreeSet::new(),
            first: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            newest: 0,
            withdrawn: BTreeSet::new(),
        }
    }

    fn make(&mut self, step: Move) {
        match step {
            Move::Publish(confirm) => {
                self.last += 1;
                let owed = if confirm { &mut self.owed } else { &mut self.unsent };
                owed.insert(self.last);
                self.session.publish(self.last, publication("t", &body(self.last), confirm)).unwrap();
            }
            Move::Subscribe(name) => self.session.subscribe(&name.to_string()).unwrap(),
            Move::Answer(index) => self.answer(index),
            Move::Withdraw(index) => self.withdraw(1 + index as Ticket % (self.last + 1)),
            Move::Connect(is_answered) => self.connect(is_answered),
            Move::Lose => {
                self.session.lost();
                self.is_open = false;
                self.unanswered.clear();
            }
            Move::Stop => {
                self.session.stop();
                self.is_open = false;
            }
        }
        self.look();
    }

    fn answer(&mut self, index: usize) {
        if self.unanswered.is_empty() {
            return;
        }
        let at = index % self.unanswered.len();
        let (id, ticket) = self.unanswered.iter().nth(at).map(|(id, ticket)| (*id, *ticket)).unwrap();
        let [high, low] = id.to_be_bytes();
        self.unanswered.remove(&id);
        match ticket {
            Some(_) => self.session.receive(&[0x40, 2, high, low], ZERO).unwrap(),
            None => self.session.receive(&[0x90, 3, high, low, 1], ZERO).unwrap(),
        }
        let expected: Vec<Ticket> = ticket.into_iter().filter(|ticket| self.owed.remove(ticket)).collect();
        let confirmed = signals(&mut self.session).into_iter().filter_map(|signal| match signal {
            Signal::Confirmed(ticket) if self.unsent.remove(&ticket) => None,
            Signal::Confirmed(ticket) => Some(ticket),
            Signal::Subscribed(_) => None,
            other => panic!("{other:?}"),
        });
        assert_eq!(confirmed.collect::<Vec<_>>(), expected);
    }

    fn withdraw(&mut self, ticket: Ticket) {
        let is_known = self.owed.remove(&ticket) | self.unsent.remove(&ticket);
        let was_sent = self.first.contains_key(&ticket);
        assert_eq!(self.session.withdraw(ticket), is_known && !was_sent);
        if is_known {
            self.withdrawn.insert(ticket);
        }
    }

    fn connect(&mut self, is_answered: bool) {
        self.session.start(ZERO);
        assert_eq!(sent(&mut self.session).len(), 1);
        (self.is_open, self.newest) = (is_answered, 0);
        self.unanswered.clear();
        if is_answered {
            self.session.receive(&CONNACK, ZERO).unwrap();
            assert!(matches!(self.session.next_signal(), Some(Signal::Open)));
        }
    }

    /// What went out since the last look, and whether it may.
    fn look(&mut self) {
        for packet in sent(&mut self.session) {
            match packet[0] {
                0x82 => {
                    let id = u16::from_be_bytes([packet[2], packet[3]]);
                    assert_eq!(self.unanswered.insert(id, None), None, "an identifier is taken twice");
                }
                0x30 => self.sent(Ticket::from_be_bytes(packet[5..].try_into().unwrap())),
                0x32 | 0x3a => {
                    let id = u16::from_be_bytes([packet[5], packet[6]]);
                    let ticket = Ticket::from_be_bytes(packet[7..].try_into().unwrap());
                    self.sent(ticket);
                    assert_eq!(
                        self.unanswered.insert(id, Some(ticket)),
                        None,
                        "an identifier is taken twice"
                    );
                    let first = self.first.get(&ticket).copied();
                    assert_eq!((first.is_some(), first.unwrap_or(id)), (packet[0] == 0x3a, id));
                    self.first.insert(ticket, id);
                    assert!(self.owed.contains(&ticket), "nobody waits for it");
                }
                other => assert_eq!(other, 0xe0),
            }
        }
        for signal in signals(&mut self.session) {
            let Signal::Confirmed(ticket) = signal else { panic!("{signal:?}") };
            assert!(self.unsent.remove(&ticket), "nobody confirmed {ticket}");
        }
        let flying = self.owed.iter().filter(|ticket| self.first.contains_key(ticket)).count();
        let may_go = self.owed.len() + self.unsent.len() > flying && flying < 4;
        assert!(flying <= 4 && !(self.is_open && may_go), "{flying} fly, and something waits");
    }

    /// On each connection tickets rise: what is sent again comes first, and in the old order.
    fn sent(&mut self, ticket: Ticket) {
        assert!(ticket > self.newest && !self.withdrawn.contains(&ticket), "{ticket} after {}", self.newest);
        self.newest = ticket;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What is published with confirmation is confirmed once, or sent until it is; all in order.
    #[test]
    fn any_order_of_moves(steps in prop::collection::vec(moves(), 0..120)) {
        let mut model = Model::new();
        steps.into_iter().for_each(|step| model.make(step));
        model.make(Move::Connect(true));
        for _ in 0..1000 {
            model.make(Move::Answer(0));
        }
        prop_assert!(model.owed.is_empty() && model.unsent.is_empty() && model.unanswered.is_empty());
    }
}
