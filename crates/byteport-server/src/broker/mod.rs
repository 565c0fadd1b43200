// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Brokers: packets come from them, and messages to devices go to them (HTTP API v1, section 6).
//!
//! Each `--ingest` has a client, which keeps the connection, and a thread ([`intake`]), which stores what comes ([`batch`]).
//!
//! Invariants: the broker is told that a delivery is taken when all that can be stored of it is on disk, and what
//! cannot be is among the dead letters ([`letters`]), which is on disk, too; until then the broker keeps it. A broker or a
//! database that is away stops nothing else.
//!
//! Choices where the API is silent:
//! - The broker's login is what lets a packet in: the namespace must exist, and where it takes registered devices only, so it
//!   does here. `http_write_method` and the keys are about HTTP.
//! - From a virtual host that has the name of a namespace, packets of that namespace alone are stored.
//! - A packet without a timestamp gets the time at which it is taken; one that is delivered twice is stored twice then.

pub mod admit;
pub mod batch;
pub mod intake;
pub mod letters;
pub mod link;
pub mod options;

use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::fatal::Fatal;
use crate::journal;
use crate::store::Store;
use crate::target::Target;
use intake::Intake;
use link::Link;
pub use options::Ingest;

/// How often the end looks whether a thread has ended.
const LOOK: Duration = Duration::from_millis(5);

/// All brokers. Cheap to clone.
#[derive(Clone)]
pub struct Brokers {
    links: Arc<[Arc<Link>]>,
    /// When the server was told to stop.
    stopped: Arc<OnceLock<Instant>>,
}

/// The threads that take packets, to wait for at the end.
pub struct Threads {
    handles: Vec<JoinHandle<()>>,
    brokers: Brokers,
}

impl Brokers {
    /// Makes the clients, which connect in the background.
    pub fn open(options: &Ingest) -> Result<Self, Fatal> {
        let given = options.brokers()?;
        let links = given.into_iter().map(|given| Link::open(given).map(Arc::new));
        Ok(Self { links: links.collect::<Result<_, _>>()?, stopped: Arc::default() })
    }

    /// Starts to store what comes, by way of this run time.
    pub fn start(&self, store: &Store, runtime: &tokio::runtime::Handle) -> Result<Threads, Fatal> {
        let start = |link: &Arc<Link>| {
            let intake =
                Intake::new(Arc::clone(link), store.clone(), runtime.clone(), Arc::clone(&self.stopped));
            let thread = std::thread::Builder::new().name("ingest".into()).spawn(move || intake.run());
            thread.map_err(|error| {
                Fatal::new(format_args!("cannot start a thread for {}: {error}", link.name()))
            })
        };
        let handles = self.links.iter().map(start).collect::<Result<_, _>>()?;
        Ok(Threads { handles, brokers: self.clone() })
    }

    /// No more packets are taken.
    pub fn stop(&self) {
        self.stopped.get_or_init(Instant::now);
    }

    /// Publishes a list of packets to a device's channel. Says whether every broker to which it goes, and there is one, has
    /// confirmed it in time; those that have not get it as soon as that can be, while the server runs.
    pub async fn send(&self, target: &Target, list: String) -> bool {
        let links = self.ways_to(&target.namespace);
        if links.is_empty() {
            return false;
        }
        let guid = target.guid();
        let publish = move || {
            let handed: Vec<_> = links.iter().map(|link| link.hand_over(&guid, list.as_bytes())).collect();
            let mut all = handed.into_iter().zip(&links);
            all.all(|(handed, link)| handed.is_some_and(|handed| link.confirms(handed)))
        };
        tokio::task::spawn_blocking(publish).await.unwrap_or(false)
    }

    /// The connections by which devices of a namespace are reached: those to the virtual host of its name, and where there is
    /// none, all. Of several to the same virtual host of the same machine one is enough.
    fn ways_to(&self, namespace: &str) -> Vec<Arc<Link>> {
        let is_own = |link: &&Arc<Link>| link.vhost() == namespace;
        let has_own = self.links.iter().any(|link| is_own(&link));
        let mut ways: Vec<Arc<Link>> = Vec::new();
        for link in self.links.iter().filter(|link| !has_own || is_own(link)) {
            if !ways.iter().any(|way| way.leads_where(link)) {
                ways.push(Arc::clone(link));
            }
        }
        ways
    }
}

impl Threads {
    /// Ends the threads and the connections, within this time from when the server was told to stop and a little more. What was
    /// not stored by then the broker delivers again.
    pub fn end(self, limit: Duration, least: Duration) {
        let Self { handles, brokers } = self;
        brokers.stop();
        let told = brokers.stopped.get().map_or(Duration::ZERO, Instant::elapsed);
        let end = Instant::now() + limit.saturating_sub(told).max(least);
        for handle in handles {
            while !handle.is_finished() && Instant::now() < end {
                std::thread::sleep(LOOK);
            }
            if !handle.is_finished() {
                journal::warn(format_args!(
                    "packets that a broker was not told of are given up; it has them"
                ));
            } else if handle.join().is_err() {
                journal::error(format_args!("a thread that takes packets failed"));
            }
        }
        for link in brokers.links.iter() {
            link.close(end.saturating_duration_since(Instant::now()));
        }
    }
}
