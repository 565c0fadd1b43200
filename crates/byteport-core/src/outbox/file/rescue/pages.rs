// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Rows of the block table from the pages of a file, without the tree that leads to them (SQLite's file format, 1.6 and 2.1).
//!
//! Invariants: a row counts only with the right checksum of its numbers, so whatever else a page holds is passed over; the
//! file is read a page at a time, and no offset in it is believed.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::super::read::{Found, MOST_SLOTS};
use super::super::schema::PAGE;
use super::super::sum::{of_block, uint};
use crate::outbox::file::Taken;

const SIZE: usize = PAGE as usize;
/// Where a leaf has the offsets of its rows.
const OFFSETS: usize = 8;
/// The most of a row that a leaf holds, the least where it goes on elsewhere, and what it goes on with in each further page.
const MOST: usize = SIZE - 35;
const LEAST: usize = (SIZE - 12) * 32 / 255 - 23;
const FURTHER: usize = SIZE - 4;
/// The longest row there can be.
const LONGEST: u64 = 1 << 30;

/// The pages of a file that nobody writes.
pub(super) struct Pages {
    file: std::fs::File,
    count: u32,
}

/// A row that was found.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub id: u64,
    first: u64,
    slots: u32,
    taken: Taken,
    page: u32,
    /// Where its payload is in the page, how much of it, how long it is in all, and where the body begins in it.
    at: usize,
    local: usize,
    total: usize,
    body: usize,
}

impl Pages {
    pub fn open(path: &Path) -> io::Result<Pages> {
        let file = std::fs::File::open(path)?;
        let count = u32::try_from(file.metadata()?.len() / PAGE).unwrap_or(u32::MAX);
        Ok(Pages { file, count })
    }

    fn page(&self, number: u32) -> Option<Vec<u8>> {
        if number < 2 || number > self.count {
            return None;
        }
        let mut page = vec![0; SIZE];
        self.file.read_exact_at(&mut page, u64::from(number - 1) * PAGE).ok()?;
        Some(page)
    }

    /// The rows of all pages.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        (2..=self.count).filter_map(|number| Some((number, self.page(number)?))).flat_map(|(number, page)| {
            let cells: Vec<Cell> = offsets(&page).filter_map(|at| cell(&page, number, at)).collect();
            cells
        })
    }

    /// The row with its body, as far as it can be followed.
    pub fn read(&self, cell: &Cell) -> Found {
        let Cell { id, first, slots, ref taken, .. } = *cell;
        let payload = self.payload(cell).unwrap_or_default();
        let body = payload.get(cell.body..).unwrap_or_default().to_vec();
        Found { id, first, slots, taken: taken.clone(), body, is_sound: true }
    }

    fn payload(&self, cell: &Cell) -> Option<Vec<u8>> {
        let page = self.page(cell.page)?;
        let mut payload = page.get(cell.at..cell.at + cell.local)?.to_vec();
        let mut next = be32(&page, cell.at + cell.local).unwrap_or(0);
        while payload.len() < cell.total {
            let Some(page) = self.page(next) else { break };
            next = be32(&page, 0).unwrap_or(0);
            let left = cell.total - payload.len();
            payload.extend_from_slice(&page[4..4 + left.min(FURTHER)]);
        }
        Some(payload)
    }
}

fn be32(page: &[u8], at: usize) -> Option<u32> {
    page.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// Where rows may begin: whether the page is a leaf at all is told by what is there.
fn offsets(page: &[u8]) -> impl Iterator<Item = usize> {
    let pairs = page.get(OFFSETS..).unwrap_or_default().chunks_exact(2);
    pairs
        .filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes))
        .map(usize::from)
        .filter(|at| *at > OFFSETS)
}

fn cell(page: &[u8], number: u32, at: usize) -> Option<Cell> {
    let mut rest = page.get(at..)?;
    let total = varint(&mut rest)?;
    let id = varint(&mut rest)?;
    if !(1..=LONGEST).contains(&total) {
        return None;
    }
    let total = total as usize;
    let start = SIZE - rest.len();
    let local = local(total);
    let payload = rest.get(..local)?;
    let (first, slots, taken, body) = record(payload, id)?;
    Some(Cell { id, first, slots, taken, page: number, at: start, local, total, body })
}

/// How much of a row is in its leaf.
fn local(total: usize) -> usize {
    if total <= MOST {
        return total;
    }
    let wanted = LEAST + (total - LEAST) % FURTHER;
    if wanted <= MOST { wanted } else { LEAST }
}

/// The numbers of a row of the block table and where its body begins, if their checksum is right.
fn record(payload: &[u8], id: u64) -> Option<(u64, u32, Taken, usize)> {
    let mut rest = payload;
    let length = usize::try_from(varint(&mut rest)?).ok()?;
    let mut values = payload.get(length..)?;
    let mut types = payload.get(payload.len() - rest.len()..length)?;
    let mut column = || varint(&mut types);
    // The id is the row's own number, and empty here.
    if column()? != 0 {
        return None;
    }
    let first = integer(column()?, &mut values)?;
    let slots = integer(column()?, &mut values)?;
    let wall = integer(column()?, &mut values)?;
    let boot = text(column()?, &mut values)?;
    let uptime = integer(column()?, &mut values)?;
    let sum = integer(column()?, &mut values)?;
    let (first, slots) = (uint(first), u32::try_from(slots).ok().filter(|slots| *slots <= MOST_SLOTS)?);
    let taken = Taken { wall, boot, uptime: uint(uptime) };
    (sum == of_block(id, first, slots, &taken)).then(|| (first, slots, taken, payload.len() - values.len()))
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..9 {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        if place == 8 {
            return Some(number << 8 | u64::from(*byte));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

fn integer(kind: u64, values: &mut &[u8]) -> Option<i64> {
    let length = match kind {
        8 | 9 => return Some((kind == 9).into()),
        1..=4 => kind as usize,
        5 => 6,
        6 => 8,
        _ => return None,
    };
    let (bytes, after) = values.split_at_checked(length)?;
    *values = after;
    let sign = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(sign, |number: i64, byte| number << 8 | i64::from(*byte)))
}

fn text(kind: u64, values: &mut &[u8]) -> Option<String> {
    if kind < 13 || kind % 2 == 0 {
        return None;
    }
    let (bytes, after) = values.split_at_checked(usize::try_from((kind - 13) / 2).ok()?)?;
    *values = after;
    Some(String::from_utf8_lossy(bytes).into_owned())
}
