// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Batches into the file, each in one transaction.
//!
//! Invariants: a batch is in the file as a whole or not at all; one that was asked to be forced onto the disk is there when
//! the call returns, and so is all that was written before it; a batch that only deletes and marks, and the last one, goes
//! through on a full disk, as long as there is a reserve.

use rusqlite::{Connection, TransactionBehavior};

use super::totals::Kept;
use super::{Batch, File, Refused, Trouble, Written, rows};
use crate::outbox::stats::Reason;

impl Batch {
    /// Whether it makes room rather than takes any.
    fn only_ends(&self) -> bool {
        self.blocks.is_empty() && self.replaced.is_empty()
    }

    /// How long its new bodies are together.
    fn bytes(&self) -> usize {
        let new: usize = self.blocks.iter().map(|block| block.body.len()).sum();
        new + self.replaced.iter().map(|(_, body)| body.len()).sum::<usize>()
    }
}

impl File {
    /// Writes a batch; with `sync`, it is forced onto the disk with all that was written before.
    pub fn write(&mut self, batch: &Batch, sync: bool) -> Result<Written, Trouble> {
        self.stay()?;
        let mut written = self.transact(batch, sync);
        let may_use_it = batch.only_ends() || batch.clean;
        if matches!(written, Err(Trouble::NoSpace(_))) && may_use_it && self.reserve.give_up() {
            written = self.transact(batch, sync);
        }
        if written.is_ok() {
            self.reserve.make();
        }
        written
    }

    fn transact(&mut self, batch: &Batch, sync: bool) -> Result<Written, Trouble> {
        let ready = self.set_synchronous(sync).and_then(|()| self.ready_log(batch.bytes()));
        ready.and_then(|()| self.commit(batch)).map_err(|error| self.trouble(&error))
    }

    fn set_synchronous(&mut self, sync: bool) -> rusqlite::Result<()> {
        if self.synchronous != sync {
            self.connection.pragma_update(None, "synchronous", if sync { "FULL" } else { "NORMAL" })?;
            self.synchronous = sync;
        }
        Ok(())
    }

    fn commit(&mut self, batch: &Batch) -> rusqlite::Result<Written> {
        // The log would have nothing to force onto the disk, were there nothing new in it: the count is always new.
        let mut kept = Kept { totals: batch.totals.clone(), clean: batch.clean, commits: self.commits + 1 };
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        put_blocks(&transaction, batch)?;
        let most = self.room.quarantine_bytes();
        let (dropped, bytes) = quarantine(&transaction, &batch.refused, self.quarantine_bytes, most)?;
        kept.totals.quarantined = kept.totals.quarantined.saturating_sub(dropped);
        kept.totals.dropped.add(Reason::Quarantine, dropped);
        for (boot, offset) in &batch.clocks {
            rows::put_clock(&transaction, boot, *offset)?;
        }
        kept.put(&transaction)?;
        transaction.commit()?;
        (self.commits, self.quarantine_bytes) = (kept.commits, bytes);
        // What is committed stays so, even where the log cannot be cut now.
        let _ = self.cut_log();
        Ok(Written { quarantine_dropped: dropped })
    }
}

/// What goes first makes room for what comes.
fn put_blocks(connection: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    batch.deleted.iter().try_for_each(|id| rows::delete_block(connection, *id))?;
    batch.replaced.iter().try_for_each(|(id, body)| rows::replace_body(connection, *id, body))?;
    batch.blocks.iter().try_for_each(|block| rows::put_block(connection, block))?;
    batch.done.iter().try_for_each(|(id, done)| rows::put_done(connection, *id, done))
}

/// Adds to the quarantine table, which loses its oldest where it becomes too large: how many, and what it holds then.
fn quarantine(
    connection: &Connection,
    refused: &[Refused],
    held: u64,
    most: u64,
) -> rusqlite::Result<(u64, u64)> {
    let (mut bytes, mut dropped) = (held, 0);
    for one in refused {
        rows::put_refused(connection, one)?;
        bytes += rows::weight(one);
        while bytes > most {
            let (oldest, weight) = rows::oldest_refused(connection)?;
            rows::delete_refused(connection, oldest)?;
            bytes = bytes.saturating_sub(weight);
            dropped += 1;
        }
    }
    Ok((dropped, bytes))
}
