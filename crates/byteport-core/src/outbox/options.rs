// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Settings of an outbox.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, SystemClock};
use super::event::Event;
use super::through::Settings;
use crate::error::{Error, ErrorCode, Result};
use crate::http::Client;
use crate::model::Timestamp;

/// What gives way when an outbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(i32)]
pub enum WhenFull {
    /// The oldest readings are dropped.
    #[default]
    DropOldest = 1,
    /// The reading that comes is dropped.
    DropNewest = 2,
    /// Of the oldest half, every second reading of each device is dropped.
    ThinOut = 3,
    /// The reading that comes is refused, with [`ErrorCode::Full`].
    Reject = 4,
    /// The caller waits for room, up to the time-out of the call; then it is refused.
    Block = 5,
}

impl WhenFull {
    /// Every choice, in the order of their numbers.
    pub const ALL: [WhenFull; 5] =
        [Self::DropOldest, Self::DropNewest, Self::ThinOut, Self::Reject, Self::Block];

    /// The choice's name, the same in every language.
    pub fn text(self) -> &'static str {
        match self {
            Self::DropOldest => "drop_oldest",
            Self::DropNewest => "drop_newest",
            Self::ThinOut => "thin_out",
            Self::Reject => "reject",
            Self::Block => "block",
        }
    }

    /// The choice of that name.
    pub fn from_text(text: &str) -> Option<WhenFull> {
        Self::ALL.into_iter().find(|choice| choice.text() == text)
    }
}

/// In which order the readings of one device are uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(i32)]
pub enum Order {
    /// As they were taken in.
    #[default]
    OldestFirst = 1,
    /// What was taken in last goes first: after an outage, the present is seen before the past.
    NewestFirst = 2,
}

impl Order {
    /// The order's name, the same in every language.
    pub fn text(self) -> &'static str {
        match self {
            Self::OldestFirst => "oldest_first",
            Self::NewestFirst => "newest_first",
        }
    }

    /// The order of that name.
    pub fn from_text(text: &str) -> Option<Order> {
        [Self::OldestFirst, Self::NewestFirst].into_iter().find(|order| order.text() == text)
    }
}

/// Who is told what happens. Called on a thread of the outbox that is there for it, without a lock held: it may take long, and call
/// the outbox, but not close it. Of more than a MiB of events that wait meanwhile the oldest are lost.
pub type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// Settings of an outbox. The defaults fit a small board.
#[derive(Clone)]
pub struct OutboxOptions {
    pub(crate) max_disk: u64,
    pub(crate) max_memory: u64,
    pub(crate) max_count: u64,
    pub(crate) max_age: Duration,
    pub(crate) when_full: WhenFull,
    pub(crate) timeout: Duration,
    pub(crate) commit_interval: Duration,
    pub(crate) commit_bytes: u64,
    pub(crate) sync_interval: Duration,
    pub(crate) connections: usize,
    pub(crate) order: Order,
    pub(crate) max_rate: f64,
    pub(crate) legacy_key: Option<String>,
    pub(crate) broker: Option<Settings>,
    pub(crate) clock_floor: Option<Timestamp>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: Option<Listener>,
}

/// Key and password are not shown.
impl fmt::Debug for OutboxOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxOptions")
            .field("max_disk", &self.max_disk)
            .field("max_memory", &self.max_memory)
            .field("max_count", &self.max_count)
            .field("max_age", &self.max_age)
            .field("when_full", &self.when_full)
            .field("connections", &self.connections)
            .field("order", &self.order)
            .field("broker", &self.broker)
            .finish_non_exhaustive()
    }
}

impl Default for OutboxOptions {
    fn default() -> OutboxOptions {
        OutboxOptions::new()
    }
}

const LEAST_DISK: u64 = 256 * 1024;
const LEAST_MEMORY: u64 = 4096;
const MOST_CONNECTIONS: usize = 64;

impl OutboxOptions {
    /// The defaults: 16 MiB on disk, 256 KiB in memory, no bound on count and age, the oldest dropped when full, one
    /// connection, group commits after 1 s or 64 KiB, forced onto the disk at least every 5 s, 30 s for a call that waits.
    pub fn new() -> OutboxOptions {
        OutboxOptions {
            max_disk: 16 << 20,
            max_memory: 256 << 10,
            max_count: u64::MAX,
            max_age: Duration::MAX,
            when_full: WhenFull::default(),
            timeout: Duration::from_secs(30),
            commit_interval: Duration::from_secs(1),
            commit_bytes: 64 << 10,
            sync_interval: Duration::from_secs(5),
            connections: 1,
            order: Order::default(),
            max_rate: f64::INFINITY,
            legacy_key: None,
            broker: None,
            clock_floor: None,
            clock: Arc::new(SystemClock),
            listener: None,
        }
    }

    /// The most bytes on disk, the write-ahead log included; at least 256 KiB. 16 MiB unless told.
    pub fn max_disk(mut self, bytes: u64) -> OutboxOptions {
        self.max_disk = bytes;
        self
    }

    /// The most bytes of readings in memory that are not in the file; at least 4 KiB. No reading can be longer than this.
    /// 256 KiB unless told.
    pub fn max_memory(mut self, bytes: u64) -> OutboxOptions {
        self.max_memory = bytes;
        self
    }

    /// The most readings that wait; unlimited unless told. Where the oldest give way, a few more can wait for a moment, until they
    /// have.
    pub fn max_count(mut self, count: u64) -> OutboxOptions {
        self.max_count = count;
        self
    }

    /// How long a reading waits at the most, by the time at which it was taken in; unlimited unless told.
    pub fn max_age(mut self, age: Duration) -> OutboxOptions {
        self.max_age = age;
        self
    }

    /// What gives way when the outbox is full.
    pub fn when_full(mut self, choice: WhenFull) -> OutboxOptions {
        self.when_full = choice;
        self
    }

    /// How long a call waits at the most that waits: for room, for the disk, for the service. 30 s unless told.
    pub fn timeout(mut self, timeout: Duration) -> OutboxOptions {
        self.timeout = timeout;
        self
    }

    /// After how long a reading at [`Disk`](super::Durability::Disk) is in the file, at the latest. 1 s unless told.
    pub fn commit_interval(mut self, interval: Duration) -> OutboxOptions {
        self.commit_interval = interval;
        self
    }

    /// After how many bytes of readings they are written to the file before the interval is over. 64 KiB unless told.
    pub fn commit_bytes(mut self, bytes: u64) -> OutboxOptions {
        self.commit_bytes = bytes;
        self
    }

    /// After how long what was written is forced onto the disk, at the latest. 5 s unless told; zero at each commit.
    pub fn sync_interval(mut self, interval: Duration) -> OutboxOptions {
        self.sync_interval = interval;
        self
    }

    /// How many connections upload at once, 1 to 64, each on a thread. The readings of one device go one after the other. Through
    /// a broker it is so many lists at once, over one connection.
    pub fn connections(mut self, connections: usize) -> OutboxOptions {
        self.connections = connections;
        self
    }

    /// In which order the readings of one device are uploaded.
    pub fn order(mut self, order: Order) -> OutboxOptions {
        self.order = order;
        self
    }

    /// The most readings per second that are uploaded; unlimited unless told.
    pub fn max_rate(mut self, readings_per_second: f64) -> OutboxOptions {
        self.max_rate = readings_per_second;
        self
    }

    /// The key for lists of packets: readings then go in batches (HTTP API v1, section 3).
    pub fn legacy_key(mut self, key: &str) -> OutboxOptions {
        self.legacy_key = Some(key.to_owned());
        self
    }

    /// Takes the system clock for not set while it shows an earlier time than this. What is measured meanwhile is kept with
    /// the time since the system started, and gets its time of day when the clock is set; only then is it uploaded.
    pub fn clock_floor(mut self, earliest: Timestamp) -> OutboxOptions {
        self.clock_floor = Some(earliest);
        self
    }

    /// The clock, for simulations.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> OutboxOptions {
        self.clock = clock;
        self
    }

    /// Who is told what happens, one call at a time.
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> OutboxOptions {
        self.listener = Some(Arc::new(listener));
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let bad = |message: String| Err(Error::new(ErrorCode::InvalidArgument, message));
        if self.max_disk < LEAST_DISK {
            return bad(format!("{} bytes on disk are too few: give at least {LEAST_DISK}", self.max_disk));
        }
        if self.max_memory < LEAST_MEMORY {
            return bad(format!(
                "{} bytes of memory are too few: give at least {LEAST_MEMORY}",
                self.max_memory
            ));
        }
        if self.max_count == 0 || self.max_age.is_zero() || self.commit_bytes == 0 {
            return bad("a bound of zero would keep nothing: give a greater one, or none".to_owned());
        }
        if !(1..=MOST_CONNECTIONS).contains(&self.connections) {
            return bad(format!("{} connections: give 1 to {MOST_CONNECTIONS}", self.connections));
        }
        if self.max_rate.is_nan() || self.max_rate <= 0.0 {
            return bad(format!("{} readings per second: give a number above zero", self.max_rate));
        }
        if self.legacy_key.as_deref() == Some("") {
            return bad("the legacy key is empty".to_owned());
        }
        let Some(broker) = &self.broker else { return Ok(()) };
        if self.legacy_key.is_some() {
            return bad("a legacy key and a broker are two ways: give one of them".to_owned());
        }
        broker.check()
    }

    /// The namespace of the readings.
    pub(super) fn namespace<'a>(&'a self, client: &'a Client) -> Option<&'a str> {
        client.namespace().or_else(|| self.broker.as_ref()?.namespace())
    }

    /// The device of readings that name none.
    pub(super) fn device<'a>(&'a self, client: &'a Client) -> Option<&'a str> {
        client.device().or_else(|| self.broker.as_ref()?.device())
    }
}
