// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The bound on bytes.

use super::*;

fn on_disk(folder: &std::path::Path) -> u64 {
    let parts = ["outbox.db", "outbox.db-wal", "outbox.db-reserve"];
    parts.iter().map(|part| std::fs::metadata(folder.join(part)).map_or(0, |part| part.len())).sum()
}

/// Writes blocks while there is room, drops the oldest where there is none, many times over; never more is on the disk.
fn churn(disk: u64, block_bytes: usize, blocks: u64) -> (usize, u64) {
    let (folder, path) = place();
    let mut file = File::open(&path, disk).unwrap().file;
    let mut totals = Totals { next_sequence: 1, next_block: 1, ..Totals::default() };
    let (mut kept, mut most) = (std::collections::VecDeque::new(), 0);
    let length = 100;
    let slots = (block_bytes / lines(1..2, length).len()) as u64;
    for _ in 0..blocks {
        let new = block(totals.next_block, totals.next_sequence, slots, length);
        while file.lacks_room(new.body.len()).unwrap() {
            let oldest = kept.pop_front().expect("one block has room in an empty file");
            totals.queued -= slots;
            totals.dropped.add(Reason::Full, slots);
            let batch = Batch { deleted: vec![oldest], totals: totals.clone(), ..Batch::default() };
            file.write(&batch, false).unwrap();
            most = most.max(on_disk(folder.path()));
        }
        kept.push_back(new.id);
        totals.next_block += 1;
        totals.next_sequence += slots;
        totals.queued += slots;
        file.write(&Batch { blocks: vec![new], totals: totals.clone(), ..Batch::default() }, false).unwrap();
        most = most.max(on_disk(folder.path()));
        assert!(most <= disk, "{most} of {disk}");
        assert!(file.used_bytes() <= disk);
    }
    assert_eq!(numbers(&all(&file)).len() as u64, totals.queued);
    (kept.len(), most)
}

#[test]
fn the_folder_never_holds_more_than_was_allowed() {
    let (kept, most) = churn(256 << 10, 30 << 10, 80);
    assert!(kept >= 3 && most > 128 << 10, "{kept} {most}");
    let (kept, _) = churn(256 << 10, 8 << 10, 200);
    assert!(kept >= 8, "{kept}");
    let (kept, _) = churn(256 << 10, 500, 2000);
    assert!(kept >= 100, "{kept}");
    let (kept, most) = churn(4 << 20, 60 << 10, 200);
    assert!(kept >= 50 && most > 3 << 20, "{kept} {most}");
}

#[test]
fn most_of_the_bound_is_for_readings() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let mut bytes = 0;
    for id in 1.. {
        let new = block(id, id * 1000, 400, 130);
        if file.lacks_room(new.body.len()).unwrap() {
            break;
        }
        bytes += new.body.len() as u64;
        file.write(&Batch { blocks: vec![new], ..Batch::default() }, false).unwrap();
    }
    assert!(bytes > DISK / 100 * 85, "{bytes}");
    assert!(file.used_bytes() <= DISK);
}

#[test]
fn a_file_that_may_hold_less_than_it_does_is_used_up_and_not_refused() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let mut totals = fill(&mut file, 20_000, 50);
    close(file, &totals);
    let mut file = File::open(&path, 256 << 10).unwrap().file;
    assert!(file.lacks_room(1000).unwrap());
    let deleted: Vec<u64> = (1..totals.next_block).collect();
    totals.queued = 0;
    file.write(&Batch { deleted, totals: totals.clone(), ..Batch::default() }, false).unwrap();
    assert!(!file.lacks_room(1000).unwrap());
    totals.queued = 9;
    let blocks = vec![block(totals.next_block, totals.next_sequence, 9, 10)];
    file.write(&Batch { blocks, totals, ..Batch::default() }, false).unwrap();
    assert_eq!(all(&file).len(), 1);
}

#[test]
fn the_reserve_is_really_there_and_no_larger_than_a_share() {
    use std::os::unix::fs::MetadataExt;
    for (disk, bytes) in [(DISK, 256 << 10), (256 << 10, 16 << 10)] {
        let (_folder, path) = place();
        let opened = File::open(&path, disk).unwrap();
        let reserve = std::fs::metadata(path.with_extension("db-reserve")).unwrap();
        assert_eq!(reserve.len(), bytes);
        assert!(reserve.blocks() * 512 >= bytes);
        drop(opened);
    }
}
