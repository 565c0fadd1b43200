// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Puts the lines of a body back into their slots, where a newline may have been lost, or have come from nowhere.
//!
//! Invariant: the result has exactly as many lines as the block has slots, and each is sound or empty. The lines before the
//! first damaged one are counted from the start, those after the last one from the end: so one damage moves no other line.

use std::ops::Range;

use super::Stored;
use crate::outbox::line;

impl Stored {
    /// How many of its readings are there and wait.
    pub(in crate::outbox) fn waiting(&self) -> u64 {
        let waits = |(slot, span): &(usize, Range<usize>)| !span.is_empty() && !is_done(&self.done, *slot);
        line::spans(&self.body).enumerate().filter(waits).count() as u64
    }
}

/// A body whose lines are in their slots.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub body: Vec<u8>,
    pub done: Vec<u8>,
    /// Slots that were not done and are empty and done now.
    pub damaged: u32,
}

fn is_done(done: &[u8], slot: usize) -> bool {
    done.get(slot / 8).is_some_and(|byte| byte >> (slot % 8) & 1 == 1)
}

fn set_done(done: &mut Vec<u8>, slot: usize) {
    if done.len() <= slot / 8 {
        done.resize(slot / 8 + 1, 0);
    }
    if let Some(byte) = done.get_mut(slot / 8) {
        *byte |= 1 << (slot % 8);
    }
}

/// Whether a line can be read, or is a slot whose reading is gone.
fn is_sound(line: &[u8]) -> bool {
    line.is_empty() || line::read(line).is_some()
}

pub(super) fn settle(body: Vec<u8>, slots: usize, done: Vec<u8>) -> Settled {
    let spans: Vec<Range<usize>> = line::spans(&body).collect();
    let sound: Vec<bool> = spans.iter().map(|span| is_sound(&body[span.clone()])).collect();
    if spans.len() == slots && body.ends_with(b"\n") && sound.iter().all(|sound| *sound) {
        return Settled { body, done, damaged: 0 };
    }
    rebuild(&body, &place(&spans, &sound, slots), done)
}

/// Which line is in which slot.
fn place(spans: &[Range<usize>], sound: &[bool], slots: usize) -> Vec<Option<Range<usize>>> {
    let tail = match sound.iter().rposition(|sound| !sound) {
        Some(last_bad) => spans.len() - 1 - last_bad,
        None => 0,
    };
    let mut placed = vec![None; slots];
    for (at, (span, _)) in spans.iter().zip(sound).enumerate().filter(|(_, (_, sound))| **sound) {
        let from_end = spans.len() - at;
        let slot = if from_end <= tail { slots.checked_sub(from_end) } else { Some(at) };
        if let Some(free @ None) = slot.and_then(|slot| placed.get_mut(slot)) {
            *free = Some(span.clone());
        }
    }
    placed
}

fn rebuild(old: &[u8], placed: &[Option<Range<usize>>], done: Vec<u8>) -> Settled {
    let mut settled = Settled { body: Vec::with_capacity(old.len()), done, damaged: 0 };
    for (slot, span) in placed.iter().enumerate() {
        match span {
            Some(span) => settled.body.extend_from_slice(&old[span.clone()]),
            None if !is_done(&settled.done, slot) => {
                settled.damaged += 1;
                set_done(&mut settled.done, slot);
            }
            None => {}
        }
        settled.body.push(b'\n');
    }
    settled
}
