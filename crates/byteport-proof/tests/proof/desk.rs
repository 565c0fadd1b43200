// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An outbox with its record, and producers that live for a while: what all tests of conservation share.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use byteport_core::Client;
use byteport_core::outbox::{LinkState, Outbox, OutboxOptions, Stats};
use byteport_proof::check;
use byteport_proof::record::Told;
use tempfile::TempDir;

pub const PRODUCER: &str = env!("CARGO_BIN_EXE_proof-producer");

/// How long a producer lives at the most.
pub const LIFE_MS: u64 = 700;
/// How long the last outbox may take to send what is left.
const DRAIN: Duration = Duration::from_secs(240);

/// A folder with the outbox and the record of one test.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Desk {
        Desk(TempDir::new().unwrap())
    }

    fn outbox(&self) -> PathBuf {
        self.0.path().join("outbox.db")
    }

    fn record(&self) -> PathBuf {
        self.0.path().join("record")
    }

    /// What was written down so far.
    pub fn told(&self) -> Told {
        let told = Told::read(&std::fs::read_to_string(self.record()).unwrap_or_default());
        assert!(told.errors.is_empty(), "{:?}", told.errors);
        told
    }

    /// The first number of the next producer.
    pub fn next(&self) -> u64 {
        self.told().intents.keys().next_back().map_or(0, |last| last / 20 * 20 + 20)
    }

    /// Starts a producer.
    pub fn produce(&self, host: &str, first: u64, seed: u64, broker: &[&str]) -> Producer {
        let child = Command::new(PRODUCER)
            .args([self.outbox().to_str().unwrap(), host, self.record().to_str().unwrap()])
            .args([first.to_string(), seed.to_string()])
            .args(broker)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Producer::new(child)
    }

    /// Sends what is left, and gives the last accounting.
    pub fn drain(&self, client: Arc<Client>, options: OutboxOptions) -> Stats {
        let outbox = Outbox::open(self.outbox(), client, options.max_disk(1 << 30)).unwrap();
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
}

/// A producer that runs.
pub struct Producer {
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
    pub fn lives(&self, millis: u64) {
        assert_ne!(self.end.recv_timeout(Duration::from_millis(millis)), Ok(()));
    }

    pub fn kill(mut self) {
        let died = self.end.recv_timeout(Duration::ZERO) == Err(RecvTimeoutError::Disconnected);
        let _ = self.child.kill();
        self.child.wait().unwrap();
        assert!(!died, "the producer ended by itself: its record says why");
    }
}

/// What the outbox counted, what was written down and what came fit together.
pub fn accounting_adds_up(stats: &Stats, told: &Told, found: BTreeSet<u64>) {
    check::sound(stats);
    assert_eq!((stats.quarantined, stats.dropped.total(), stats.moved_aside), (0, 0, 0), "{stats:?}");
    // What a kill took from memory was never counted in the file; what was sent shortly before may be counted as never taken in,
    // for then nothing of it was in the file.
    assert!(stats.accepted as usize <= told.intents.len(), "{stats:?}");
    assert!(told.committed.is_subset(&found));
}
