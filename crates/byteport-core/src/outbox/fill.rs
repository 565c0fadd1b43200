// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is next to be uploaded, from the file and from memory.

use std::sync::Arc;

use super::block::{Place, Slot};
use super::line::{self, When};
use super::shared::Shared;
use super::state::State;
use super::window::Spot;
use super::{DiskState, LinkState, Order};
use crate::model::Timestamp;

/// With fewer readings to hand, the file is asked for more.
const FEW: usize = 256;

impl Shared {
    /// Sees to it that there is something to send; `false` where there is not.
    pub fn fill(&self, state: &mut State) -> bool {
        if state.waits_for_clock && !self.set_clock(state) {
            state.set_link(LinkState::NoClock);
            return false;
        }
        if state.window.waiting() < FEW && state.file_more && state.file_is_open {
            state.want_load = true;
            self.poke(state);
        }
        let newest_first = self.options.order == Order::NewestFirst;
        if newest_first && state.open.count > 0 {
            self.seal(state);
        }
        while newest_first || !state.window.is_ready() {
            if !newest_first && state.file_more && state.file_is_open {
                return false; // the file's blocks are older
            }
            let Some(id) = state.next_unloaded(newest_first) else {
                if state.open.count == 0 {
                    break;
                }
                self.seal(state);
                continue;
            };
            if !self.load(state, id) {
                return state.window.is_ready();
            }
        }
        state.window.is_ready()
    }

    /// Works out what time of day it was when the clock was not set, once it is; the file keeps that before anything is sent.
    fn set_clock(&self, state: &mut State) -> bool {
        if !self.clock_is_set() {
            return false;
        }
        let uptime = i64::try_from(self.now().as_micros()).unwrap_or(i64::MAX);
        if !state.clocks.contains_key(&self.boot) {
            if state.new_clocks.is_empty() {
                state.new_clocks.push((self.boot.clone(), self.wall().saturating_sub(uptime)));
            }
            if state.disk != DiskState::Broken {
                self.poke(state);
                return false;
            }
            // The file gets it when it can be written again.
            let known = state.new_clocks.clone();
            state.clocks.extend(known);
        }
        state.waits_for_clock = false;
        let link = state.retry.state();
        state.set_link(link);
        true
    }

    /// Puts a block of memory into the window; `false` where that has to wait for the clock.
    pub fn load(&self, state: &mut State, id: u64) -> bool {
        let Some(block) = state.blocks.get(&id) else { return true };
        let body = Arc::clone(&block.body);
        let (mut lines, mut unsendable) = (Vec::with_capacity(block.slots.len()), Vec::new());
        for slot in (0..block.slot_count()).filter(|slot| block.slot(*slot) == Slot::Waiting) {
            let text = body.get(block.span(slot)).unwrap_or_default();
            match line::read(text) {
                None => unsendable.push((slot, "its line is damaged")),
                Some(line) if state.time_of(&line.when).is_some() => lines.push((slot, line.address)),
                Some(line) if matches!(line.when, When::Boot { boot_id, .. } if boot_id == self.boot) => {
                    state.waits_for_clock = true;
                    return false;
                }
                Some(_) => {
                    unsendable.push((slot, "the clock was not set in the run of the system that measured it"))
                }
            }
        }
        state.window.add(id, lines.into_iter(), self.options.order);
        state.set_loaded(id);
        for (slot, why) in unsendable {
            self.refuse(state, Spot { block: id, slot }, 0, why.to_owned(), self.now());
        }
        true
    }
}

impl State {
    /// The time of day of a reading, if it is known.
    pub fn time_of(&self, when: &When<'_>) -> Option<Timestamp> {
        match *when {
            When::Wall(time) => Some(time),
            When::Boot { boot_id, uptime } => {
                let offset = *self.clocks.get(boot_id)?;
                Some(Timestamp::from_micros(offset.checked_add(i64::try_from(uptime).ok()?)?))
            }
        }
    }

    fn next_unloaded(&self, newest_first: bool) -> Option<u64> {
        let mut unloaded =
            self.unfiled.iter().filter(|id| self.blocks.get(id).is_some_and(|block| !block.loaded));
        if newest_first { unloaded.next_back().copied() } else { unloaded.next().copied() }
    }

    fn set_loaded(&mut self, id: u64) {
        let Some(block) = self.blocks.get_mut(&id) else { return };
        block.loaded = true;
        if block.place == Place::Filed {
            self.loaded_bytes += block.body.len() as u64;
        }
    }
}
