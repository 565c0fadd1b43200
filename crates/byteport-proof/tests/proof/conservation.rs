// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Producer and server are killed at random moments, with a dishonest proxy between them: nothing that was promised is lost,
//! nothing comes twice, nothing is made up, and the accounting adds up.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use byteport_core::Client;
use byteport_core::outbox::{LinkState, Outbox, OutboxOptions, Stats};
use byteport_proof::proxy::Proxy;
use byteport_proof::random::{self, Random};
use byteport_proof::record::Told;
use byteport_proof::server::{PASSWORD, Server, USER};
use byteport_proof::{check, ledger, numbered};
use tempfile::TempDir;

const PRODUCER: &str = env!("CARGO_BIN_EXE_proof-producer");

/// How long a producer lives at the most.
const LIFE_MS: u64 = 700;
/// How many readings the last outbox may have left to send.
const DRAIN: Duration = Duration::from_secs(240);

struct Scene {
    folder: TempDir,
    server: Server,
    proxy: Proxy,
    random: Random,
    server_kills: u64,
}

impl Scene {
    fn new(mut random: Random) -> Scene {
        let server = Server::start(PRODUCER);
        let proxy = Proxy::start(server.address, random.fork());
        Scene { folder: TempDir::new().unwrap(), server, proxy, random, server_kills: 0 }
    }

    fn outbox(&self) -> PathBuf {
        self.folder.path().join("outbox.db")
    }

    fn record(&self) -> PathBuf {
        self.folder.path().join("record")
    }

    fn told(&self) -> Told {
        Told::read(&std::fs::read_to_string(self.record()).unwrap_or_default())
    }

    /// One life of the producer; sometimes the server dies meanwhile, and sometimes it is away from the beginning.
    fn life(&mut self, first: u64) {
        let child = Command::new(PRODUCER)
            .args([self.outbox().to_str().unwrap(), &self.proxy.address.to_string()])
            .args([self.record().to_str().unwrap(), &first.to_string(), &self.random.number().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let producer = Producer::new(child);
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

/// A producer that runs.
struct Producer {
    child: Child,
    /// Says nothing, and ends with the process.
    end: mpsc::Receiver<()>,
}

impl Producer {
    fn new(mut child: Child) -> Producer {
        let (alive, end) = mpsc::channel::<()>();
        let mut out = child.stdout.take().unwrap();
        thread::spawn(move || {
            let _alive = alive;
            let _ = std::io::copy(&mut out, &mut std::io::sink());
        });
        Producer { child, end }
    }

    /// It lives on for a while, unless it ends by itself.
    fn lives(&self, millis: u64) {
        assert_ne!(self.end.recv_timeout(Duration::from_millis(millis)), Ok(()));
    }

    fn kill(mut self) {
        let died = self.end.recv_timeout(Duration::ZERO) == Err(RecvTimeoutError::Disconnected);
        let _ = self.child.kill();
        self.child.wait().unwrap();
        assert!(!died, "the producer ended by itself: its record says why");
    }
}

/// Sends what is left, and gives the last accounting.
fn drain(path: &Path, host: &str) -> Stats {
    let options = OutboxOptions::new().max_disk(1 << 30).legacy_key(numbered::LEGACY_KEY);
    let outbox = Outbox::open(path, numbered::client(host), options).unwrap();
    let opened = outbox.stats().unwrap();
    check::sound(&opened);
    let flushed = outbox.flush(DRAIN).unwrap();
    let stats = outbox.stats().unwrap();
    assert_eq!((flushed.kept, stats.queued), (0, 0), "opened with {opened:?}, ended with {stats:?}");
    let closed = outbox.close(Duration::from_secs(10)).unwrap();
    assert_eq!((closed.kept, closed.lost), (0, 0));
    assert_eq!(stats.link, LinkState::Up);
    stats
}

#[test]
fn nothing_promised_is_lost_and_nothing_comes_twice() {
    let kills = random::count("BYTEPORT_KILLS", 100);
    let mut scene = Scene::new(Random::of_this_run("conservation"));
    for _ in 0..kills {
        let told = scene.told();
        assert!(told.errors.is_empty(), "{:?}", told.errors);
        let next = told.intents.keys().next_back().map_or(0, |last| last / 20 * 20 + 20);
        scene.life(next);
    }
    scene.proxy.be_honest();
    let stats = drain(&scene.outbox(), &scene.proxy.address.to_string());
    let told = scene.told();
    assert!(told.errors.is_empty(), "{:?}", told.errors);

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

fn accounting_adds_up(stats: &Stats, told: &Told, found: BTreeSet<u64>) {
    check::sound(stats);
    assert_eq!((stats.quarantined, stats.dropped.total(), stats.moved_aside), (0, 0, 0), "{stats:?}");
    // What a kill took from memory was never counted in the file; what was sent shortly before may be counted as never taken in,
    // for then nothing of it was in the file.
    assert!(stats.accepted as usize <= told.intents.len(), "{stats:?}");
    assert!(told.committed.is_subset(&found));
}
