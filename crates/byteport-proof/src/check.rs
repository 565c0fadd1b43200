// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting that must hold in every snapshot.

use byteport_core::outbox::Stats;

/// Says how a snapshot does not add up; `None` where it does.
pub fn flaw(stats: &Stats) -> Option<String> {
    let sum = stats.delivered + stats.queued + stats.quarantined + stats.dropped.total();
    let flaws = [
        (stats.accepted != sum, "accepted is not the sum of the rest"),
        (stats.queued_in_memory > stats.queued, "more wait in memory than wait"),
        (stats.synced_sequence > stats.committed_sequence, "synced is ahead of committed"),
        (stats.committed_sequence > stats.last_sequence, "committed is ahead of the last"),
        (
            stats.oldest_age.is_some() != (stats.queued > 0),
            "an oldest without a queue, or the other way round",
        ),
    ];
    let flaw = flaws.iter().find(|(holds, _)| *holds)?;
    Some(format!("{}: {stats:?}", flaw.1))
}

/// Fails where a snapshot does not add up.
#[track_caller]
pub fn sound(stats: &Stats) {
    if let Some(flaw) = flaw(stats) {
        panic!("{flaw}");
    }
}
