// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Producer and broker are killed at random moments, and connections cut: everything that was promised is in the broker's
//! queue, nothing is made up, and the accounting adds up.
//!
//! What a broker itself can lose is told apart. RabbitMQ confirms what is in a durable queue when it is on the disk: it loses
//! nothing. Mosquitto confirms first and saves a moment later, at the earliest at the end of the round of its loop: of each of its
//! lives it may lose what it confirmed last, and the proof is what it answered on the wire.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use byteport_core::broker::{Broker as Client, BrokerOptions, Protocol, Verdict};
use byteport_core::outbox::OutboxOptions;
use byteport_proof::random::{self, Random};
use byteport_proof::tap::{self, Talk, Tap};
use byteport_proof::{ledger, numbered};
use byteport_testing::{Broker, Kind};

use crate::desk::{Desk, LIFE_MS, accounting_adds_up};

/// A real time after which a test has failed.
const LONG: Duration = Duration::from_secs(120);
/// The body of what is published last.
const END: &str = "[]";
/// So many threads of the producer publish at once, at the most.
const AT_ONCE: usize = 4;

struct Scene {
    desk: Desk,
    broker: Broker,
    /// A tap for each protocol that the broker speaks.
    taps: Vec<(Protocol, Tap)>,
    random: Random,
    broker_kills: u64,
}

impl Scene {
    fn new(kind: Kind, random: Random) -> Scene {
        let broker = Broker::start(kind);
        let mut taps = vec![(Protocol::Mqtt, Tap::start(broker.mqtt()))];
        if kind == Kind::RabbitMq {
            taps.push((Protocol::Stomp, Tap::start(broker.stomp())));
        }
        Scene { desk: Desk::new(), broker, taps, random, broker_kills: 0 }
    }

    fn options(&self, protocol: Protocol, place: &str) -> BrokerOptions {
        let url = format!("{}://{place}", protocol.text());
        let broker = &self.broker;
        numbered::broker([&url, broker.user(), broker.password(), broker.vhost()]).timeout(LONG)
    }

    /// A client that reads what was stored: of RabbitMQ by STOMP from the queue, of Mosquitto in a persistent session.
    fn reader(&self) -> Client {
        let (protocol, place) = match self.taps.len() {
            1 => (Protocol::Mqtt, self.broker.mqtt()),
            _ => (Protocol::Stomp, self.broker.stomp()),
        };
        let reader = Client::open(self.options(protocol, place).client_id("reader")).unwrap();
        reader.subscribe(protocol.store_destination()).unwrap();
        reader
    }

    /// One life of the producer, the protocols in turn; now and then the connection is cut, and in each fifth life the broker dies.
    fn life(&mut self, number: usize) {
        let broker_dies = number % 5 == 3;
        let (first, seed) = (self.desk.next(), self.random.number());
        let (protocol, tap) = &self.taps[number % self.taps.len()];
        let url = format!("{}://{}", protocol.text(), tap.address);
        let (user, password, vhost) = (self.broker.user(), self.broker.password(), self.broker.vhost());
        let producer = self.desk.produce("127.0.0.1:9", first, seed, &[&url, user, password, vhost]);
        producer.lives(self.random.below(LIFE_MS));
        if self.random.chance(30) {
            tap.cut();
            producer.lives(self.random.below(LIFE_MS / 3));
        }
        if broker_dies {
            self.broker.kill();
            self.broker_kills += 1;
            self.taps.iter().for_each(|(_, tap)| tap.next_life());
        }
        // It sees the broker come back, or it does not.
        let sees_all = self.random.chance(50);
        if broker_dies && sees_all {
            self.broker.start_again();
            producer.lives(self.random.below(LIFE_MS));
        }
        producer.kill();
        if broker_dies && !sees_all {
            self.broker.start_again();
        }
    }

    /// Everything that the broker holds, as lists of packets.
    fn lists(&self) -> Vec<String> {
        let reader = self.reader();
        let protocol = reader.options().unwrap().clone();
        let last = Client::open(protocol.client_id("last")).unwrap();
        let queue = if self.taps.len() == 1 { Protocol::Mqtt } else { Protocol::Stomp }.store_destination();
        last.publish(queue, END.as_bytes()).unwrap();
        let mut lists = Vec::new();
        loop {
            let delivery = reader.receive(LONG).unwrap().expect("the end");
            let body = String::from_utf8(delivery.body().to_vec()).unwrap();
            reader.settle(&delivery, Verdict::Taken).unwrap();
            if body == END {
                return lists;
            }
            lists.push(body);
        }
    }
}

/// Kills so many producers; gives back what is missing of what was promised.
fn conserves(kind: Kind, lives: u64, name: &str) -> (Scene, BTreeSet<u64>) {
    let mut scene = Scene::new(kind, Random::of_this_run(name));
    scene.reader().close(LONG).unwrap(); // from now on the broker keeps what comes
    if kind == Kind::Mosquitto {
        scene.broker.stop();
        scene.broker.start_again(); // and knows so after a kill
    }
    (0..lives).for_each(|life| scene.life(life as usize));
    let (protocol, tap) = scene.random.pick(&scene.taps);
    let options = scene.options(*protocol, &tap.address.to_string());
    let stats = scene.desk.drain(numbered::nobody(), OutboxOptions::new().broker(options));
    let told = scene.desk.told();
    let lists = scene.lists();
    let (found, strange) = ledger::in_lists(lists.iter().map(String::as_str));
    eprintln!(
        "{lives} kills of the producer, {} of {kind:?}: {} handed in, {} promised, {} in {} lists; {stats:?}",
        scene.broker_kills,
        told.intents.len(),
        told.committed.len(),
        found.len(),
        lists.len()
    );
    let missing: BTreeSet<u64> =
        told.committed.iter().copied().filter(|number| !found.contains_key(number)).collect();
    let mut kept = told;
    kept.committed.retain(|number| !missing.contains(number));
    let breaches = ledger::breaches(&kept, &found);
    assert_eq!((&breaches, &strange), (&Vec::new(), &Vec::new()), "{} breaches", breaches.len());
    accounting_adds_up(&stats, &kept, found.keys().copied().collect());
    (scene, missing)
}

#[test]
fn nothing_promised_is_lost_on_the_way_through_a_rabbitmq_that_is_killed() {
    let lives = random::count("BYTEPORT_BROKER_KILLS", 10);
    let (_, missing) = conserves(Kind::RabbitMq, lives, "RabbitMQ");
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_a_killed_mosquitto_loses_it_had_confirmed_and_not_saved() {
    let lives = random::count("BYTEPORT_BROKER_KILLS", 40);
    let (scene, missing) = conserves(Kind::Mosquitto, lives, "Mosquitto");
    let lost = confirmed_and_lost(&scene.taps[0].1.talks(), &missing);
    let lost_numbers: BTreeSet<u64> = lost.values().flatten().flatten().copied().collect();
    let unconfirmed: Vec<&u64> = missing.difference(&lost_numbers).collect();
    assert!(unconfirmed.is_empty(), "promised, never confirmed, and missing: {unconfirmed:?}");
    for (life, publications) in lost {
        eprintln!("Mosquitto lost {} publications of its life {life}", publications.len());
        assert!(publications.len() <= AT_ONCE && life < scene.broker_kills, "{life}: {publications:?}");
    }
}

/// By the broker's life: the missing numbers in each publication that the broker confirmed, where there are some.
fn confirmed_and_lost(talks: &[Talk], missing: &BTreeSet<u64>) -> BTreeMap<u64, Vec<Vec<u64>>> {
    let mut lost: BTreeMap<u64, Vec<Vec<u64>>> = BTreeMap::new();
    for talk in talks {
        for body in tap::confirmed(talk) {
            let body = String::from_utf8(body).unwrap();
            let numbers = ledger::in_lists([body.as_str()].into_iter()).0.into_keys();
            let gone: Vec<u64> = numbers.filter(|number| missing.contains(number)).collect();
            if !gone.is_empty() {
                lost.entry(talk.life).or_default().push(gone);
            }
        }
    }
    lost
}
