// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is left of the blocks: by the table, from its start, its end and one by one; then page by page, where the way to them
//! is broken.
//!
//! Invariant: what comes out has rising ids, and rising sequence numbers that do not overlap.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use super::super::read::{self, Found};
use super::super::{Refused, Stored, Taken, Totals};
use super::pages::{Cell, Pages};
use crate::outbox::line;

/// So many ids are tried one by one between those that were found from the start and from the end.
const TRIED: usize = 1 << 18;
/// After so many in a row that are not there, the pages alone are looked through: a try may read the whole schema again.
const MOST_IN_VAIN: u32 = 1 << 10;
/// Blocks that get new numbers get them so far behind all others: memory may have given out more than the file knows.
const GAP: u64 = 1 << 32;
/// Rows of the quarantine table that are read at a time.
const AT_ONCE: u32 = 16;

/// A block that was found, without its body.
struct Head {
    /// The id in the damaged file, by which it is read.
    row: u64,
    id: u64,
    first: u64,
    slots: u32,
    taken: Taken,
    is_sound: bool,
    /// Where it is, if the table does not lead there.
    cell: Option<Cell>,
}

impl Head {
    fn of(found: &Found, cell: Option<Cell>) -> Head {
        let Found { id, first, is_sound, ref taken, .. } = *found;
        Head { row: id, id, first, slots: slots(found), taken: taken.clone(), is_sound, cell }
    }

    fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.slots))
    }
}

/// The slots of a block; where its numbers are damaged, as many as there are lines.
fn slots(found: &Found) -> u32 {
    let lines = || u32::try_from(line::spans(&found.body).count()).unwrap_or(u32::MAX);
    if found.is_sound { found.slots } else { lines() }
}

/// The blocks of a damaged file, oldest first.
pub(super) struct Blocks<'a> {
    from: &'a Connection,
    pages: Option<Pages>,
    heads: std::vec::IntoIter<Head>,
}

impl<'a> Blocks<'a> {
    /// Finds them; `totals` is the file's own account.
    pub fn of(from: &'a Connection, path: &Path, totals: Option<&Totals>) -> Blocks<'a> {
        let expected = totals.map(|totals| totals.queued);
        let floor = totals.map_or((0, 0), |totals| (totals.next_block, totals.next_sequence));
        let mut heads = BTreeMap::new();
        let mut waiting = 0;
        let is_whole = walk(from, |found| {
            if heads.insert(found.id, Head::of(&found, None)).is_none() {
                waiting += count(from, found);
            }
        });
        let mut blocks = Blocks { from, pages: None, heads: Vec::new().into_iter() };
        if !is_whole || expected.is_some_and(|expected| waiting < expected) {
            blocks.pages = Pages::open(path).ok();
            blocks.search(&mut heads, expected.map(|expected| expected.saturating_sub(waiting)));
        }
        blocks.heads = order(heads, floor).into_iter();
        blocks
    }

    /// Adds blocks that lie in pages to which no way leads, until as many readings are found as are missed. The newest come
    /// first: an old one may be a row that was deleted.
    fn search(&self, heads: &mut BTreeMap<u64, Head>, mut missed: Option<u64>) {
        let Some(pages) = &self.pages else { return };
        let mut cells: BTreeMap<u64, Cell> = BTreeMap::new();
        for cell in pages.cells().filter(|cell| !heads.contains_key(&cell.id)) {
            cells.entry(cell.id).or_insert(cell);
        }
        for (id, cell) in cells.into_iter().rev() {
            if missed == Some(0) {
                return;
            }
            let found = pages.read(&cell);
            let head = Head::of(&found, Some(cell));
            let count = count(self.from, found);
            if count > 0 {
                heads.insert(id, head);
                missed = missed.map(|missed| missed.saturating_sub(count));
            }
        }
    }

    fn body(&self, head: &Head) -> Option<Vec<u8>> {
        let found = match (&head.cell, &self.pages) {
            (Some(cell), Some(pages)) => pages.read(cell),
            _ => read::find(self.from, read::SAME, head.row).ok()??,
        };
        Some(found.body)
    }
}

impl Iterator for Blocks<'_> {
    type Item = Stored;

    fn next(&mut self) -> Option<Stored> {
        loop {
            let head = self.heads.next()?;
            let Some(body) = self.body(&head) else { continue };
            let done = read::done(self.from, head.row).unwrap_or_default();
            let Head { id, first, slots, taken, .. } = head;
            return Some(Found { id, first, slots, taken, body, is_sound: true }.settle(done));
        }
    }
}

/// How many readings of a block wait and can be read.
fn count(from: &Connection, found: Found) -> u64 {
    let done = read::done(from, found.id).unwrap_or_default();
    Found { slots: slots(&found), ..found }.settle(done).waiting()
}

/// Tells of each block that the table leads to; whether it led to its end without a break.
fn walk(from: &Connection, mut tell: impl FnMut(Found)) -> bool {
    let mut low = 0;
    let is_whole = loop {
        match read::find(from, read::NEXT, low) {
            Ok(Some(found)) if found.id > low => {
                low = found.id;
                tell(found);
            }
            Ok(None) => break true,
            _ => break false,
        }
    };
    if is_whole {
        return true;
    }
    let mut high = u64::MAX;
    while let Ok(Some(found)) = read::find(from, read::PREVIOUS, high) {
        if found.id >= high || found.id <= low {
            break;
        }
        high = found.id;
        tell(found);
    }
    let mut in_vain = 0;
    for id in (low + 1..high).take(TRIED) {
        match read::find(from, read::SAME, id) {
            Ok(Some(found)) => {
                in_vain = 0;
                tell(found);
            }
            _ => in_vain += 1,
        }
        if in_vain == MOST_IN_VAIN {
            break;
        }
    }
    false
}

/// Gives rows whose numbers are damaged the numbers between their neighbours', or those after all others.
fn order(heads: BTreeMap<u64, Head>, floor: (u64, u64)) -> Vec<Head> {
    let heads: Vec<Head> = heads.into_values().collect();
    let mut next = (u64::MAX, u64::MAX);
    let mut limits: Vec<(u64, u64)> = Vec::with_capacity(heads.len());
    for head in heads.iter().rev() {
        limits.push(next);
        next = if head.is_sound { (head.id, head.first) } else { next };
    }
    let mut order = Order { ordered: Vec::new(), left: Vec::new(), taken: Taken::default(), end: (0, 1) };
    order.taken = heads.iter().find(|head| head.is_sound).map(|head| head.taken.clone()).unwrap_or_default();
    for (head, limit) in heads.into_iter().zip(limits.into_iter().rev()) {
        order.place(head, limit);
    }
    order.finish(floor)
}

struct Order {
    ordered: Vec<Head>,
    /// Those for which there is no room between their neighbours.
    left: Vec<Head>,
    /// When the last one was taken in.
    taken: Taken,
    /// The last id, and the first sequence number that is free.
    end: (u64, u64),
}

impl Order {
    fn place(&mut self, mut head: Head, (next_id, next_first): (u64, u64)) {
        if !head.is_sound {
            (head.id, head.first, head.taken) = (self.end.0 + 1, self.end.1, self.taken.clone());
        }
        if head.id <= self.end.0 || head.id >= next_id || head.first < self.end.1 || head.end() > next_first {
            self.left.push(head);
        } else {
            self.put(head);
        }
    }

    fn put(&mut self, head: Head) {
        self.end = (head.id, head.end());
        self.taken = head.taken.clone();
        self.ordered.push(head);
    }

    fn finish(mut self, (next_block, next_sequence): (u64, u64)) -> Vec<Head> {
        for mut head in std::mem::take(&mut self.left) {
            head.id = (next_block + GAP).max(self.end.0 + 1);
            head.first = (next_sequence + GAP).max(self.end.1);
            self.put(head);
        }
        self.ordered
    }
}

/// The readings of the quarantine table that can be read.
pub(super) fn refused(from: &Connection) -> Vec<Refused> {
    let (mut all, mut after) = (Vec::new(), 0);
    while let Ok(rows) = read::refused(from, after, AT_ONCE) {
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        all.extend(rows.into_iter().filter_map(|(_, refused)| refused));
    }
    all
}
