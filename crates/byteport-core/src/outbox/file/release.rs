// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Readings out of the quarantine table: back into the queue, or away.

use std::sync::Arc;

use rusqlite::TransactionBehavior;

use super::totals::Kept;
use super::{File, NewBlock, Refused, Taken, Totals, Trouble, read, rows};
use crate::outbox::stats::Reason;

/// A block is about so long, in bytes.
const BLOCK: usize = 64 << 10;

/// Readings that are read at once.
const PORTION: u32 = 256;

impl File {
    /// Takes readings out of the quarantine table, all or those with these numbers: into the queue at its end, or away where
    /// `taken` is `None`. Gives how many.
    pub fn release(
        &mut self,
        totals: Totals,
        chosen: Option<&[u64]>,
        taken: Option<&Taken>,
    ) -> Result<u64, Trouble> {
        let released = self.try_release(totals, chosen, taken);
        released.map_err(|error| self.trouble(&error))
    }

    fn try_release(
        &mut self,
        totals: Totals,
        chosen: Option<&[u64]>,
        taken: Option<&Taken>,
    ) -> rusqlite::Result<u64> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (mut totals, mut after, mut count) = (totals, 0, 0);
        let mut block = Vec::new();
        loop {
            let portion = read::refused(&transaction, after, PORTION)?;
            let Some((last, _)) = portion.last() else { break };
            after = *last;
            let is_chosen =
                |refused: &Refused| chosen.is_none_or(|chosen| chosen.contains(&refused.sequence));
            for (id, refused) in portion {
                let Some(refused) = refused.filter(is_chosen) else { continue };
                rows::delete_refused(&transaction, id)?;
                count += 1;
                block.push(refused.line);
                if let Some(taken) = taken.filter(|_| block.iter().map(Vec::len).sum::<usize>() >= BLOCK) {
                    rows::put_block(&transaction, &new_block(&mut totals, &mut block, taken))?;
                }
            }
        }
        if let Some(taken) = taken.filter(|_| !block.is_empty()) {
            rows::put_block(&transaction, &new_block(&mut totals, &mut block, taken))?;
        }
        totals.quarantined = totals.quarantined.saturating_sub(count);
        match taken {
            Some(_) => totals.queued += count,
            None => totals.dropped.add(Reason::Discarded, count),
        }
        let kept = Kept { totals, clean: true, commits: self.commits + 1 };
        kept.put(&transaction)?;
        transaction.commit()?;
        self.commits += 1;
        Ok(count)
    }
}

fn new_block(totals: &mut Totals, lines: &mut Vec<Vec<u8>>, taken: &Taken) -> NewBlock {
    let slots = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let mut body = lines.join(&b'\n');
    body.push(b'\n');
    lines.clear();
    let block = NewBlock {
        id: totals.next_block,
        first: totals.next_sequence,
        slots,
        taken: taken.clone(),
        body: Arc::new(body),
        done: Vec::new(),
    };
    totals.next_block += 1;
    totals.next_sequence += u64::from(slots);
    block
}
