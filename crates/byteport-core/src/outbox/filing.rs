// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the thread that has the file does with it in the ordinary course.

use std::time::Duration;

use super::block::Block;
use super::file::{Batch, File, Taken, Trouble};
use super::keeper::{FIRST_PAUSE, Keeper};
use super::policy::Room;
use super::shared::Shared;
use super::shed::Thinning;
use super::state::State;
use super::{DiskState, Order, Reason, WhenFull};

/// The file's readings that are loaded: so many at least, and not more than so many bytes.
const FEW: usize = 1000;
const MOST_LOADED: u64 = 256 << 10;
const MOST_BLOCKS: usize = 2000;
/// After so long it is looked again at what is too old, or too much, and on its way.
const SHED_PAUSE: Duration = Duration::from_millis(100);

impl Keeper {
    /// Writes all that is to be written, in as few transactions as the write-ahead log's share allows.
    pub(super) fn commit(&mut self, sync: bool, clean: bool) -> Result<(), Trouble> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let shared = &self.shared;
        let Some(mut ids) = shared.due_blocks(sync, clean) else { return Ok(()) };
        // Where nothing accepted is let go, what is in memory must fit when the outbox is closed.
        let lets_go = Room::from(shared.options.when_full) == Room::Yes;
        let spare = if lets_go { 0 } else { shared.spare() };
        if clean {
            file.lift_bound()?; // what was accepted is kept, if it is a little too much
        }
        let mut is_full = false;
        loop {
            let portion = file.portion(ids.iter().map(|(_, length)| *length));
            let rest = ids.split_off(portion.min(ids.len()));
            let mut part = std::mem::replace(&mut ids, rest);
            if !part.is_empty() {
                shared.make_room_in(file, total(&part))?;
            }
            while !clean && !part.is_empty() && file.lacks_room(total(&part) + spare)? {
                is_full = true;
                part.pop();
            }
            let is_last = ids.is_empty() || is_full;
            let part: Vec<u64> = part.into_iter().map(|(id, _)| id).collect();
            let batch = shared.lock().batch(&part, clean && is_last);
            let written = shared.write(file, batch, sync && is_last);
            if matches!(written, Err(Trouble::NoSpace(_))) && !part.is_empty() {
                // What makes room goes through all the same: there is a reserve for it.
                let ends = shared.lock().batch(&[], false);
                shared.write(file, ends, false)?;
            }
            written?;
            if is_last {
                break;
            }
        }
        self.pause = FIRST_PAUSE;
        let mut state = shared.lock();
        state.set_disk(if is_full { DiskState::Full } else { DiskState::Ok });
        if is_full {
            state.commit_due = Some(shared.now() + SHED_PAUSE); // as soon as there is room
        }
        shared.wake_callers(&state);
        if state.window.waiting() == 0 && state.file_more {
            shared.uploads.notify_all();
        }
        Ok(())
    }

    /// Brings blocks of the file into memory, for those who upload.
    pub(super) fn load(&mut self) -> Result<(), Trouble> {
        let Some(file) = &self.file else { return Ok(()) };
        let newest_first = self.shared.options.order == Order::NewestFirst;
        if self.shared.lock().rewind || newest_first {
            self.shared.lock().rewind = false;
            self.cursor = if newest_first { u64::MAX } else { 0 };
        }
        loop {
            if self.has_enough() {
                break;
            }
            let stored = if newest_first { file.previous(self.cursor) } else { file.next(self.cursor) };
            let mut state = self.shared.lock();
            let Some(stored) = stored? else {
                state.file_more = false;
                break;
            };
            let id = stored.id;
            let is_there = state.blocks.get(&id).is_some_and(|block| block.loaded);
            // A thinner body is written first.
            let is_changing = state.thinned.iter().any(|(thinned, _)| *thinned == id);
            if is_there || is_changing || state.finished.contains(&id) {
                state.rewind |= is_changing;
                self.cursor = id;
                continue;
            }
            state.bring_in(stored);
            if !self.shared.load(&mut state, id) {
                break;
            }
            self.cursor = id;
        }
        self.shared.uploads.notify_all();
        Ok(())
    }

    /// Whether those who upload have as much to do as memory should hold.
    fn has_enough(&self) -> bool {
        let mut state = self.shared.lock();
        state.want_load = false;
        let is_much = state.loaded_bytes >= MOST_LOADED || state.blocks.len() >= MOST_BLOCKS;
        state.window.waiting() >= FEW || is_much && state.window.waiting() > 0
    }

    /// Gives up what is too old or too much.
    pub(super) fn shed(&mut self) -> Result<(), Trouble> {
        let shared = &self.shared;
        let (most, oldest) = (shared.options.max_count, shared.options.max_age);
        if shared.options.when_full == WhenFull::ThinOut && shared.lock().queued > most {
            let mut state = shared.lock();
            shared.seal(&mut state);
            state.thin_memory();
            drop(state);
            if let Some(file) = &mut self.file {
                shared.thin(file, &mut Thinning::of(file.used_bytes(), &shared.options))?;
            }
        }
        let mut state = shared.lock();
        let before = state.queued;
        shared.seal(&mut state);
        if let Some(file) = &self.file {
            state.shed_file(file, Reason::Age, |state, _, block| shared.age(state, &block.taken) < oldest)?;
        }
        let is_old = |state: &State, block: &&Block| shared.age(state, &block.taken) >= oldest;
        while let Some(id) = state.first_at_rest().filter(|block| is_old(&state, block)).map(|old| old.id) {
            state.give_up(id, Reason::Age);
        }
        if Room::from(shared.options.when_full) == Room::Yes {
            state.shed_count(self.file.as_ref(), most, shared.now())?;
        }
        if state.queued == before {
            self.shed_at = shared.now() + SHED_PAUSE; // all of it is on its way
        }
        drop(state);
        self.commit(false, false)
    }
}

fn total(blocks: &[(u64, usize)]) -> usize {
    blocks.iter().map(|(_, length)| length).sum()
}

impl Shared {
    /// The blocks that are to be written now, each with its length; `None` where there is nothing that the file is to know.
    fn due_blocks(&self, sync: bool, clean: bool) -> Option<Vec<(u64, usize)>> {
        let mut state = self.lock();
        let now = self.now();
        let writes_blocks = clean || self.is_due(&state, now);
        if writes_blocks {
            self.seal(&mut state);
            state.commit_due = None;
        }
        if !sync && !clean && !state.has_news(now, writes_blocks) {
            state.marks_due = None;
            return None; // it was delivered before it was due
        }
        let blocks = state.writable().filter(|_| writes_blocks);
        Some(blocks.map(|block| (block.id, block.body.len())).collect())
    }

    /// Writes a batch, and keeps the state in step with the file.
    pub fn write(&self, file: &mut File, batch: Batch, sync: bool) -> Result<(), Trouble> {
        let written = file.write(&batch, sync);
        let mut state = self.lock();
        let written = match written {
            Ok(written) => written,
            Err(trouble) => {
                state.not_written(batch);
                return Err(trouble);
            }
        };
        state.disk_bytes = file.used_bytes();
        state.written(&batch, sync, written.quarantine_dropped, self.now(), self.options.sync_interval);
        let oldest = state.file_oldest.as_ref().map(|(id, ..)| *id);
        if oldest.is_some_and(|oldest| batch.deleted.contains(&oldest)) {
            state.file_oldest = file.next(0)?.map(|block| (block.id, block.first, block.taken));
        }
        Ok(())
    }

    /// Room in the file that is kept for what is in memory when the outbox is closed.
    fn spare(&self) -> usize {
        // Short blocks take about twice their length there.
        let most = 2 * self.options.max_memory.min(self.options.max_disk / 8);
        usize::try_from(most).unwrap_or(usize::MAX / 2)
    }

    /// Whether readings that are in memory only are to be in the file by now.
    fn is_due(&self, state: &State, now: Duration) -> bool {
        let is_over = state.commit_due.is_some_and(|due| due <= now);
        is_over || state.is_much(&self.options) || state.sync_to > state.synced()
    }

    /// How long ago that was, as far as can be known: zero for what was taken in under another start's clock that was never set.
    pub fn age(&self, state: &State, taken: &Taken) -> Duration {
        if taken.boot == self.boot {
            return self.now().saturating_sub(Duration::from_micros(taken.uptime));
        }
        let uptime = i64::try_from(taken.uptime).unwrap_or(i64::MAX);
        let set_later = state.clocks.get(&taken.boot).map(|offset| offset.saturating_add(uptime));
        let floor = self.options.clock_floor.map(|floor| floor.as_micros());
        let wall = set_later.or((floor <= Some(taken.wall)).then_some(taken.wall));
        let age = wall.map_or(0, |wall| self.wall().saturating_sub(wall));
        Duration::from_micros(u64::try_from(age).unwrap_or(0))
    }
}
