// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What all threads of an outbox share, under one lock: the accounting, the blocks in memory, what is to be written and sent.
//!
//! Invariants: every reading that was accepted is counted in exactly one of `queued`, `delivered`, `quarantined` and
//! `dropped`; a block that is not in the file is in `unfiled`, in the order of ids.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use log::Level;

use super::backlog::Backlog;
use super::block::{Block, Open};
use super::file::{Refused, Taken};
use super::rate::{Limiter, Meter};
use super::retry::Retry;
use super::window::Window;
use super::{DiskState, Dropped, Event, LinkState, OutboxOptions, Reason};

/// So many lines for the log are kept until it is written.
const MOST_NOTES: usize = 64;

/// What became of a reading that somebody waits for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Delivered,
    Quarantined(u16, String),
    Dropped(Reason),
}

/// See the module.
#[derive(Debug)]
pub(super) struct State {
    pub delivered: u64,
    pub queued: u64,
    pub quarantined: u64,
    pub dropped: Dropped,
    pub retries: u64,
    pub calls: u64,
    pub moved_aside: u64,
    pub last_error: String,
    pub accepted_rate: Meter,
    pub delivered_rate: Meter,
    /// Readings taken in since the meter was told.
    pub unmetered: u64,

    pub open: Open,
    pub next_sequence: u64,
    pub next_block: u64,
    pub blocks: BTreeMap<u64, Block>,
    pub unfiled: VecDeque<u64>,
    /// Bytes of the blocks that are not in the file, the open one included.
    pub unfiled_bytes: u64,

    pub window: Window,
    pub retry: Retry,
    pub limiter: Limiter,
    pub link: LinkState,
    /// Threads that wait for something to send, and how many of them were woken.
    pub idle: usize,
    pub called: usize,
    /// Callers that wait.
    pub waiting_callers: usize,
    /// Whether the keeper does not know yet that there is something to mark.
    pub marks_are_new: bool,
    /// Bytes of the blocks of the file that are loaded.
    pub loaded_bytes: u64,
    pub waits_for_clock: bool,
    pub outcomes: HashMap<u64, Option<Outcome>>,

    pub disk: DiskState,
    /// What the file takes of its bound, when it was last written.
    pub disk_bytes: u64,
    /// Whether the file may hold blocks that are not loaded.
    pub file_more: bool,
    /// Whether blocks of the file are to be loaded that the keeper has passed.
    pub rewind: bool,
    pub want_load: bool,
    /// The file's oldest block: id, first sequence number, when it was taken in.
    pub file_oldest: Option<(u64, u64, Taken)>,
    pub commit_due: Option<Duration>,
    /// Since when slots are done that the file does not know of.
    pub marks_due: Option<Duration>,
    /// Since when the file's totals lack something that was never in the file.
    pub totals_due: Option<Duration>,
    pub sync_due: Option<Duration>,
    /// Somebody waits until everything up to this number is forced onto the disk.
    pub sync_to: u64,
    pub synced: u64,
    /// Blocks of the file whose rows are to be deleted.
    pub finished: BTreeSet<u64>,
    /// Thinner bodies that could not be written yet.
    pub thinned: Vec<(u64, Vec<u8>)>,
    /// Whether the file is open, so that what it holds can be loaded.
    pub file_is_open: bool,
    pub refused: VecDeque<Refused>,
    /// The least number of a reading in quarantine of which the file knows nothing yet.
    pub unfiled_refusal: Option<u64>,
    /// The least number of one that is not forced onto the disk as such.
    pub unsynced_refusal: Option<u64>,
    pub clocks: HashMap<String, i64>,
    pub new_clocks: Vec<(String, i64)>,
    /// Whether the keeper was woken since it last looked.
    pub poked: bool,

    pub events: Backlog,
    pub tells: bool,
    /// Whether the listener, or the log, is being told something now.
    pub telling: bool,
    /// For the log, which is written without the lock.
    pub notes: Vec<(Level, String)>,
    pub closing: bool,
    pub stop_upload: bool,
    pub finish: bool,
    pub ended: bool,
    /// What could not be written when the outbox was closed.
    pub lost: u64,
}

impl State {
    pub fn new(options: &OutboxOptions, seed: u64) -> State {
        State {
            delivered: 0,
            queued: 0,
            quarantined: 0,
            dropped: Dropped::default(),
            retries: 0,
            calls: 0,
            moved_aside: 0,
            last_error: String::new(),
            accepted_rate: Meter::default(),
            delivered_rate: Meter::default(),
            unmetered: 0,
            open: Open::default(),
            next_sequence: 1,
            next_block: 1,
            blocks: BTreeMap::new(),
            unfiled: VecDeque::new(),
            unfiled_bytes: 0,
            window: Window::default(),
            retry: Retry::new(seed),
            limiter: Limiter::new(options.max_rate),
            link: LinkState::Unknown,
            idle: 0,
            called: 0,
            waiting_callers: 0,
            marks_are_new: false,
            loaded_bytes: 0,
            waits_for_clock: false,
            outcomes: HashMap::new(),
            disk: DiskState::Ok,
            disk_bytes: 0,
            file_more: false,
            rewind: false,
            want_load: false,
            file_oldest: None,
            commit_due: None,
            marks_due: None,
            totals_due: None,
            sync_due: None,
            sync_to: 0,
            synced: 0,
            finished: BTreeSet::new(),
            thinned: Vec::new(),
            file_is_open: false,
            refused: VecDeque::new(),
            unfiled_refusal: None,
            unsynced_refusal: None,
            clocks: HashMap::new(),
            new_clocks: Vec::new(),
            poked: false,
            events: Backlog::default(),
            notes: Vec::new(),
            telling: false,
            tells: options.listener.is_some(),
            closing: false,
            stop_upload: false,
            finish: false,
            ended: false,
            lost: 0,
        }
    }

    pub fn accepted(&self) -> u64 {
        self.delivered + self.queued + self.quarantined + self.dropped.total()
    }

    /// Keeps an event for the listener, if there is one.
    pub fn tell(&mut self, event: impl FnOnce() -> Event) {
        if !self.tells {
            return;
        }
        if self.events.push(event()) {
            self.note(
                Level::Warn,
                "the listener is too slow: the oldest of what it was to be told is lost".to_owned(),
            );
        }
    }

    /// Keeps a line for the log.
    pub fn note(&mut self, level: Level, line: String) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push((level, line));
        }
    }

    /// Notes how the file is.
    pub fn set_disk(&mut self, disk: DiskState) {
        if self.disk != disk {
            self.disk = disk;
            let level = if disk == DiskState::Ok { Level::Info } else { Level::Warn };
            self.note(level, format!("the file: {}", disk.text()));
            self.tell(|| Event::Disk(disk));
        }
    }

    /// Notes how the way to the service is.
    pub fn set_link(&mut self, link: LinkState) {
        if self.link != link {
            self.link = link;
            let level = if link == LinkState::Up { Level::Info } else { Level::Warn };
            let why = if link == LinkState::Up { "" } else { self.last_error.as_str() };
            self.note(level, format!("the way to the service: {}. {why}", link.text()));
            self.tell(|| Event::Link(link));
        }
    }
}
