// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Taking readings in.
//!
//! Invariants: nothing here touches the file or the network; what was accepted is counted before the call returns.

use std::cell::RefCell;
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use super::line::{self, When};
use super::policy::Room;
use super::shared::{Shared, deadline};
use super::state::{Outcome, State};
use super::{DiskState, Durability, Reason, Receipt};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Reading;

/// A block is about so long, in bytes.
const BLOCK: u64 = 64 << 10;

/// A line's buffer that grew beyond this is given back.
const KEPT_LINE: usize = 64 << 10;

thread_local! {
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes the calling thread's line ready, empty.
pub(crate) fn settle() {
    LINE.set(Vec::new());
}

impl Shared {
    /// Takes a reading in, and waits for what was asked for, up to the time-out.
    pub fn enqueue(&self, reading: &Reading, durability: Durability, timeout: Duration) -> Result<Receipt> {
        let mut line = LINE.take(); // a signal's handler may enqueue while this call waits
        line.clear();
        let taken_in =
            self.write_line(&mut line, reading).and_then(|()| self.take_in(&line, durability, timeout));
        if line.capacity() <= KEPT_LINE {
            LINE.set(line);
        }
        taken_in
    }

    fn write_line(&self, line: &mut Vec<u8>, reading: &Reading) -> Result<()> {
        let device = reading.device().or_else(|| self.options.device(&self.client));
        let (Some(namespace), Some(device)) = (self.options.namespace(&self.client), device) else {
            let message = "no namespace or no device UID: name both when making the client, or the device in the reading";
            return Err(Error::new(ErrorCode::NotConfigured, message));
        };
        line::write(line, &self.when(reading), namespace, device, reading)?;
        if line.len() as u64 > self.options.max_memory {
            let message = format!(
                "a reading of {} bytes is longer than the outbox's memory of {}: raise max_memory, or store it directly",
                line.len(),
                self.options.max_memory
            );
            return Err(Error::new(ErrorCode::TooLong, message));
        }
        Ok(())
    }

    /// When a reading was taken: by the clock, or by the time since the start where the clock is not set.
    fn when(&self, reading: &Reading) -> When<'_> {
        let stamp = reading.timestamp().unwrap_or_else(|| self.stamp());
        match self.options.clock_floor {
            // A time that a clock which is not set cannot show comes from elsewhere.
            Some(floor)
                if stamp < floor
                    && !self.clock_is_set()
                    && (reading.timestamp().is_none() || stamp.as_micros() <= self.wall()) =>
            {
                let since = u64::try_from(self.wall().saturating_sub(stamp.as_micros())).unwrap_or(0);
                let uptime = u64::try_from(self.now().as_micros()).unwrap_or(u64::MAX);
                When::Boot { boot_id: &self.boot, uptime: uptime.saturating_sub(since) }
            }
            _ => When::Wall(stamp),
        }
    }

    fn take_in(&self, line: &[u8], durability: Durability, timeout: Duration) -> Result<Receipt> {
        let mut ends = None;
        let mut ends = || *ends.get_or_insert_with(|| deadline(timeout));
        let Some(mut state) = self.make_room(line.len() as u64, durability, &mut ends)? else {
            return Ok(Receipt { sequence: self.drop_newest(), held: None });
        };
        let now = self.now();
        let most = BLOCK
            .min(self.options.commit_bytes)
            .min(self.options.max_memory / 4)
            .min(self.options.max_disk / 32);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let sequence = state.append(line, now, || self.wall(), &self.boot, most);
        self.ask_for(&mut state, sequence, durability);
        let is_much = state.commit_due.is_some() && state.unfiled_bytes >= self.options.commit_bytes;
        let is_over =
            state.queued > self.options.max_count || state.unfiled_bytes > self.options.max_memory / 4 * 3;
        let is_first = state.queued == 1 && self.options.max_age != Duration::MAX;
        if is_much || is_over || is_first {
            self.poke(&mut state);
        }
        self.wake_upload(&mut state);
        match durability {
            Durability::Memory | Durability::Disk => Ok(Receipt { sequence, held: Some(Durability::Memory) }),
            Durability::Synced => self.wait_synced(state, sequence, ends()),
            Durability::Delivered => self.wait_delivered(state, sequence, ends()),
        }
    }

    /// Waits until there is room; `None` where the reading is to be dropped.
    fn make_room(
        &self,
        length: u64,
        durability: Durability,
        ends: &mut impl FnMut() -> Instant,
    ) -> Result<Option<MutexGuard<'_, State>>> {
        let mut state = self.lock();
        loop {
            if state.closing {
                return Err(closed());
            }
            match state.room(length, durability, &self.options) {
                Room::Yes => return Ok(Some(state)),
                Room::Drop => return Ok(None),
                Room::Refuse => return Err(full()),
                Room::Wait => self.poke(&mut state),
            }
            match self.wait(state, ends())? {
                Some(again) => state = again,
                None => return self.out_of_time(length),
            }
        }
    }

    /// The file was not written in time: the policy decides.
    fn out_of_time(&self, length: u64) -> Result<Option<MutexGuard<'_, State>>> {
        let mut state = self.lock();
        if state.closing {
            return Err(closed());
        }
        let room = match Room::from(self.options.when_full) {
            Room::Yes => state.shed_memory(length, &self.options),
            other => other,
        };
        match room {
            Room::Yes => Ok(Some(state)),
            Room::Drop => Ok(None),
            Room::Refuse | Room::Wait => Err(full()),
        }
    }

    /// Counts a reading in that is dropped at once.
    fn drop_newest(&self) -> u64 {
        let mut state = self.lock();
        self.seal(&mut state); // a block's numbers have no gap
        let sequence = state.next_sequence;
        state.next_sequence += 1;
        state.queued += 1; // counted out again by the next line
        state.count_dropped(1, Reason::Full);
        drop(state);
        self.dispatch();
        sequence
    }

    /// Sees to it that what was asked for will come.
    pub fn ask_for(&self, state: &mut State, sequence: u64, durability: Durability) {
        if durability >= Durability::Disk && state.commit_due.is_none() {
            state.commit_due = Some(self.now().saturating_add(self.options.commit_interval));
            self.poke(state);
        }
        if durability == Durability::Synced {
            state.sync_to = state.sync_to.max(sequence);
            self.poke(state);
        }
    }

    fn wait_synced<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        sequence: u64,
        ends: Instant,
    ) -> Result<Receipt> {
        let mut state = state;
        state.outcomes.insert(sequence, None);
        let waited = self.wait_until(state, ends, |state| {
            (state.synced() >= sequence || state.disk != DiskState::Ok).then_some(())
        });
        let mut state = self.lock();
        let outcome = state.outcomes.remove(&sequence).flatten();
        waited?;
        let was_dropped = matches!(outcome, Some(Outcome::Dropped(_)));
        Ok(Receipt { sequence, held: (!was_dropped).then(|| state.held(sequence)) })
    }

    fn wait_delivered<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        sequence: u64,
        ends: Instant,
    ) -> Result<Receipt> {
        let mut state = state;
        state.outcomes.insert(sequence, None);
        let outcome = self.wait_until(state, ends, |state| state.outcomes.get(&sequence).cloned().flatten());
        let mut state = self.lock();
        state.outcomes.remove(&sequence);
        match outcome? {
            Some(Outcome::Delivered) => Ok(Receipt { sequence, held: Some(Durability::Delivered) }),
            Some(Outcome::Dropped(_)) => Ok(Receipt { sequence, held: None }),
            Some(Outcome::Quarantined(status, why)) => {
                let message = format!("the service refused the reading, which is in quarantine: {why}");
                let code = if status > 0 { ErrorCode::from_status(status) } else { ErrorCode::InvalidValue };
                let refused = Error::new(code, message).in_phase(crate::Phase::Status);
                Err(if status > 0 { refused.with_status(status) } else { refused })
            }
            None => Ok(Receipt { sequence, held: Some(state.held(sequence)) }),
        }
    }

    /// Waits until `look` gives something; `None` where the time is over or the outbox has ended before.
    pub fn wait_until<'a, T>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        ends: Instant,
        look: impl Fn(&State) -> Option<T>,
    ) -> Result<Option<T>> {
        loop {
            if let Some(found) = look(&state) {
                return Ok(Some(found));
            }
            if state.ended {
                return Ok(None);
            }
            match self.wait(state, ends)? {
                Some(again) => state = again,
                None => return Ok(look(&self.lock())),
            }
        }
    }
}

impl State {
    /// How safe a reading of that number is that was accepted.
    pub fn held(&self, sequence: u64) -> Durability {
        if self.first_waiting() > sequence {
            Durability::Delivered
        } else if self.synced() >= sequence {
            Durability::Synced
        } else if self.committed() >= sequence {
            Durability::Disk
        } else {
            Durability::Memory
        }
    }
}

pub(super) fn closed() -> Error {
    Error::new(ErrorCode::Closed, "the outbox was closed: open it again")
}

fn full() -> Error {
    let message = "the outbox is full: wait until readings are delivered, raise its bounds, or let it drop some (when_full)";
    Error::new(ErrorCode::Full, message)
}
