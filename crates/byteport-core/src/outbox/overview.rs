// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting at one moment.

use super::Stats;
use super::shared::Shared;

impl Shared {
    pub fn stats(&self) -> Stats {
        let mut state = self.lock();
        let now = self.now();
        let unmetered = std::mem::take(&mut state.unmetered);
        state.accepted_rate.add(now, unmetered);
        let oldest = state.oldest().map(|taken| self.age(&state, &taken));
        let open = (state.open.count > 0).then(|| now.saturating_sub(state.open.began));
        Stats {
            accepted: state.accepted(),
            delivered: state.delivered,
            queued: state.queued,
            quarantined: state.quarantined,
            dropped: state.dropped,
            queued_in_memory: state.unfiled_count(),
            memory_bytes: state.unfiled_bytes,
            disk_bytes: state.disk_bytes,
            oldest_age: oldest.or(open),
            accepted_rate: state.accepted_rate.rate(now),
            delivered_rate: state.delivered_rate.rate(now),
            retries: state.retries,
            calls: state.calls,
            link: state.link,
            disk: state.disk,
            last_error: state.last_error.clone(),
            committed_sequence: state.committed(),
            synced_sequence: state.synced(),
            last_sequence: state.next_sequence - 1,
            moved_aside: state.moved_aside,
        }
    }
}
