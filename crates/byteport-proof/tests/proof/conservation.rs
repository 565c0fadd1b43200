// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Producer and server are killed at random moments, with a dishonest proxy between them: nothing that was promised is lost,
//! nothing comes twice, nothing is made up, and the accounting adds up.

use byteport_core::Client;
use byteport_core::outbox::OutboxOptions;
use byteport_proof::proxy::Proxy;
use byteport_proof::random::{self, Random};
use byteport_proof::server::{PASSWORD, Server, USER};
use byteport_proof::{ledger, numbered};

use crate::desk::{Desk, LIFE_MS, PRODUCER, accounting_adds_up};

struct Scene {
    desk: Desk,
    server: Server,
    proxy: Proxy,
    random: Random,
    server_kills: u64,
}

impl Scene {
    fn new(mut random: Random) -> Scene {
        let server = Server::start(PRODUCER);
        let proxy = Proxy::start(server.address, random.fork());
        Scene { desk: Desk::new(), server, proxy, random, server_kills: 0 }
    }

    /// One life of the producer; sometimes the server dies meanwhile, and sometimes it is away from the beginning.
    fn life(&mut self, first: u64) {
        let host = self.proxy.address.to_string();
        let producer = self.desk.produce(&host, first, self.random.number(), &[]);
        if self.random.chance(20) {
            producer.lives(self.random.below(LIFE_MS / 3));
            self.server.kill();
            self.server_kills += 1;
            producer.lives(self.random.below(LIFE_MS / 3));
            self.server.restart();
            self.proxy.move_to(self.server.address);
        }
        // Many die young: opening, too, must bear it.
        let bound = if self.random.chance(25) { 40 } else { LIFE_MS };
        producer.lives(self.random.below(bound));
        producer.kill();
    }
}

#[test]
fn nothing_promised_is_lost_and_nothing_comes_twice() {
    let kills = random::count("BYTEPORT_KILLS", 100);
    let mut scene = Scene::new(Random::of_this_run("conservation"));
    for _ in 0..kills {
        scene.life(scene.desk.next());
    }
    scene.proxy.be_honest();
    let client = numbered::client(&scene.proxy.address.to_string());
    let stats = scene.desk.drain(client, OutboxOptions::new().legacy_key(numbered::LEGACY_KEY));
    let told = scene.desk.told();

    let reader = Client::new(numbered::options(&scene.server.address.to_string())).unwrap();
    reader.login(USER, PASSWORD).unwrap();
    let (found, strange) = ledger::on_server(&reader);
    eprintln!(
        "{kills} kills of the producer, {} of the server, tricks {:?}: {} handed in, {} promised, {} on the server; {stats:?}",
        scene.server_kills,
        scene.proxy.tricks(),
        told.intents.len(),
        told.committed.len(),
        found.len()
    );
    let breaches = ledger::breaches(&told, &found);
    assert_eq!((&breaches, &strange), (&Vec::new(), &Vec::new()), "{} breaches", breaches.len());
    accounting_adds_up(&stats, &told, found.keys().copied().collect());
}
