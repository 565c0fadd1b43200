// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Thinning out where the file fails in the midst of it.

use std::sync::Arc;

use super::*;
use crate::model::{Reading, Timestamp};
use crate::outbox::file::{Batch, NewBlock, Taken, Totals};
use crate::outbox::line::{self, When};

const READINGS: u32 = 100;

/// A file with one block of readings, and a state that knows it.
fn filled(path: &std::path::Path) -> (File, State) {
    let mut body = Vec::new();
    for n in 0..READINGS {
        let mut reading = Reading::unstamped();
        reading.set("n", i64::from(n)).unwrap();
        let when = When::Wall(Timestamp::from_micros(1_430_438_400_000_000 + i64::from(n)));
        line::write(&mut body, &when, "garage", "cart", &reading).unwrap();
    }
    let block = NewBlock {
        id: 1,
        first: 1,
        slots: READINGS,
        taken: Taken::default(),
        body: Arc::new(body),
        done: Vec::new(),
    };
    let queued = u64::from(READINGS);
    let totals = Totals { queued, next_sequence: queued + 1, next_block: 2, ..Totals::default() };
    let mut file = File::open(path, 1 << 20).unwrap().file;
    file.write(&Batch { blocks: vec![block], totals: totals.clone(), ..Batch::default() }, false).unwrap();
    let mut state = State::new(&OutboxOptions::new(), 1);
    state.begin(&totals, true).unwrap();
    (state.next_sequence, state.next_block) = (totals.next_sequence, totals.next_block);
    (file, state)
}

#[test]
fn what_is_thinned_out_while_the_file_fails_is_counted_once_and_what_is_left_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let (mut file, mut state) = filled(&folder.path().join("o.db"));
    let mut thinning = Thinning::of(1 << 20, &OutboxOptions::new());
    let replaced = state.thin_file(&file, &mut thinning).unwrap();
    let mut batch = state.batch(&[], false);
    batch.replaced.extend(replaced);
    state.not_written(batch);
    let left = (u64::from(READINGS) / 2, u64::from(READINGS) / 2);
    assert_eq!((state.queued, state.dropped.by(Reason::Thinned)), left);
    // The file is opened anew, and those who load pass the block, for its thinner body is to come.
    state.recount(&file, 0).unwrap();
    assert_eq!((state.queued, state.dropped.total(), state.delivered), (left.0, left.1, 0));
    (state.file_more, state.rewind) = (false, false);
    let batch = state.batch(&[], false);
    file.write(&batch, false).unwrap();
    state.written(&batch, false, 0, std::time::Duration::ZERO, std::time::Duration::ZERO);
    assert!(state.file_more && state.rewind);
    assert_eq!(file.next(0).unwrap().unwrap().waiting(), left.0);
}
