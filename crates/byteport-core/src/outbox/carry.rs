// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Calls to the service, and what came of them.

use std::sync::Arc;
use std::time::Duration;

use log::Level;

use super::block::{Place, Slot};
use super::file::Refused;
use super::judge::{Answer, judge, one_line};
use super::retry::{Admission, Leave};
use super::shared::Shared;
use super::state::{Outcome, State};
use super::upload::{Item, Job};
use super::way::Way;
use super::window::Spot;
use super::wire::{self, Entry};
use super::{DiskState, Event};
use crate::error::Result;

impl Shared {
    /// Makes the calls of a job. One that the service refuses is split until what it refuses is found.
    pub fn carry(&self, job: Job) {
        let Job { items, devices, leave, .. } = job;
        let mut parts = vec![items];
        let mut leave = Some(leave);
        while let Some(mut items) = parts.pop() {
            let Some(leave) = leave.take().or_else(|| self.leave()) else {
                self.return_parts(items, parts, &devices);
                break;
            };
            let way = self.way().clone(); // it may change between two parts
            let result = self.call(&items, &way);
            let answer = judge(&result);
            if matches!(answer, Answer::Refused { .. }) && items.len() > 1 {
                self.lock().retry.succeeded(leave);
                let right = items.split_off(items.len() / 2);
                parts.push(right);
                parts.push(items);
                continue;
            }
            if let (Err(error), true) = (&result, answer != Answer::GivenUp) {
                self.lock().last_error = one_line(error);
            }
            if let Some(items) = self.settle(items, answer, leave) {
                self.return_parts(items, parts, &devices);
                break;
            }
        }
        let mut state = self.lock();
        devices.iter().for_each(|device| state.window.release(device));
        if state.window.is_ready() {
            self.wake_upload(&mut state);
        }
    }

    fn leave(&self) -> Option<Leave> {
        let mut state = self.lock();
        if state.stop_upload {
            return None;
        }
        match state.retry.admit(self.now()) {
            Admission::Go(leave) => Some(leave),
            Admission::Wait(_) => None,
        }
    }

    fn call(&self, items: &[Item], way: &Way) -> Result<()> {
        let entries: Vec<Entry> = items.iter().map(|item| item.entry.clone()).collect();
        let call = match way {
            Way::Broker(through) => return through.store_list(&wire::list(&entries)?),
            Way::Api { legacy: Some(legacy), .. } => wire::packets_call(&self.client, legacy, &entries)?,
            Way::Api { key, .. } => wire::store_call(&self.client, key, &entries)?,
        };
        self.client.perform(call).map(|_| ())
    }

    fn return_parts(&self, mut items: Vec<Item>, mut parts: Vec<Vec<Item>>, devices: &[Arc<str>]) {
        while let Some(part) = parts.pop() {
            items.extend(part);
        }
        self.lock().put_back(items, devices);
    }

    /// Takes in what came of a call; gives back what is to be sent again.
    fn settle(&self, items: Vec<Item>, answer: Answer, leave: Leave) -> Option<Vec<Item>> {
        let now = self.now();
        let mut state = self.lock();
        let before = state.link;
        let again = match answer {
            Answer::Taken => {
                state.retry.succeeded(leave);
                let link = state.retry.state();
                state.set_link(link); // told before what it made possible
                state.calls += 1;
                self.delivered(&mut state, &items, now);
                None
            }
            Answer::Refused { status, why } => {
                state.retry.succeeded(leave);
                for item in items {
                    self.refuse(&mut state, item.spot, status, why.clone(), now);
                }
                None
            }
            Answer::Later(retry_after) => {
                state.retry.failed(leave, now, retry_after);
                state.retries += 1;
                Some(items)
            }
            Answer::NotAllowed => {
                state.retry.paused(leave, now);
                state.retries += 1;
                Some(items)
            }
            Answer::GivenUp => {
                state.retry.give_back(leave);
                Some(items)
            }
        };
        let link = state.retry.state();
        state.set_link(link);
        if before != link || again.is_some() {
            self.uploads.notify_all(); // those that wait for the probe
        }
        self.wake_callers(&state);
        if state.marks_are_new {
            state.marks_are_new = false;
            self.poke(&mut state);
        }
        again
    }

    fn delivered(&self, state: &mut State, items: &[Item], now: Duration) {
        for item in items {
            state.done(item.spot, now, || Outcome::Delivered);
        }
        state.delivered += items.len() as u64;
        state.delivered_rate.add(now, items.len() as u64);
        state.tell(|| Event::Delivered { sequences: items.iter().map(|item| item.entry.sequence).collect() });
    }

    /// Moves a reading into the quarantine table.
    pub fn refuse(&self, state: &mut State, spot: Spot, status: u16, why: String, now: Duration) {
        let Some(block) = state.blocks.get(&spot.block) else { return };
        let sequence = block.sequence(spot.slot);
        let (is_filed, line) = (block.place == Place::Filed, block.line(spot.slot).to_vec());
        state.note(Level::Warn, format!("reading {sequence} is in quarantine: {why}"));
        let least = |known: Option<u64>| Some(known.map_or(sequence, |known| known.min(sequence)));
        if !is_filed {
            state.unfiled_refusal = least(state.unfiled_refusal);
        }
        state.unsynced_refusal = least(state.unsynced_refusal);
        state.refused.push_back(Refused { sequence, at: self.wall(), status, why: why.clone(), line });
        state.done(spot, now, || Outcome::Quarantined(status, why.clone()));
        state.quarantined += 1;
        if state.disk == DiskState::Broken {
            state.bound_refused();
        }
        state.marks_due = state.marks_due.or(Some(now));
        state.tell(|| Event::Quarantined { sequence, why });
        self.poke(state);
    }
}

impl State {
    /// Readings that were not sent go back in front of their devices' queues.
    pub fn put_back(&mut self, items: Vec<Item>, devices: &[Arc<str>]) {
        for item in items.into_iter().rev() {
            if let (Some(block), Some(device)) =
                (self.blocks.get_mut(&item.spot.block), devices.get(item.device))
            {
                block.set(item.spot.slot, Slot::Waiting);
                self.window.put_back(device, std::iter::once(item.spot));
            }
        }
    }
}
