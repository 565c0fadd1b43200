// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Bits that flip, anywhere in a file.

use super::*;

const READINGS: u64 = 2000;

/// A file with readings, some of them done, and one in quarantine.
fn original() -> (Vec<u8>, Totals, Vec<u64>) {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let mut totals = fill(&mut file, READINGS, 40);
    totals.quarantined = 1;
    totals.delivered = 8;
    totals.queued -= 9;
    let done = vec![(4, vec![0xFF]), (5, vec![0b10])];
    let refused = vec![refused(250, 30)];
    file.write(&Batch { done, refused, totals: totals.clone(), ..Batch::default() }, false).unwrap();
    close(file, &totals);
    let waiting = numbers(&all(&open(&path).file));
    assert_eq!(waiting.len() as u64, totals.queued);
    (std::fs::read(&path).unwrap(), totals, waiting)
}

/// Opens it, as often as use shows more damage; the blocks that are left, the totals, and how often it was rescued.
fn survive(path: &std::path::Path) -> (Vec<Stored>, Totals, u64) {
    let mut opened = open(path);
    let mut rescues = u64::from(opened.moved_aside.is_some());
    loop {
        let mut blocks: Vec<Stored> = Vec::new();
        let whole = loop {
            match opened.file.next(blocks.last().map_or(0, |last| last.id)) {
                Ok(Some(next)) => blocks.push(next),
                Ok(None) => break true,
                Err(Trouble::Damaged(_)) => break false,
                Err(other) => panic!("{other:?}"),
            }
        };
        if whole {
            let damaged: u64 = blocks.iter().map(|block| u64::from(block.damaged)).sum();
            let mut totals = opened.totals;
            totals.queued -= damaged;
            totals.dropped.add(Reason::Damage, damaged);
            return (blocks, totals, rescues);
        }
        assert!(rescues == 0, "a file that was just rescued is damaged");
        drop(opened);
        opened = File::open_damaged(path, DISK).unwrap();
        rescues += 1;
    }
}

#[test]
fn a_flipped_bit_costs_little_and_is_counted() {
    let (whole, totals, waiting) = original();
    let mut random = Random(1);
    let (mut rescues, mut lost) = (0, 0);
    for round in 0..300 {
        let (_folder, path) = place();
        let mut bytes = whole.clone();
        let (at, bit) = (random.below(whole.len() as u64) as usize, random.below(8));
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, &bytes).unwrap();
        let (blocks, after, rescued) = survive(&path);
        let left = numbers(&blocks);
        let case = format!("round {round}: bit {bit} of byte {at} in page {}", at / 4096 + 1);
        assert_eq!(after.queued, left.len() as u64, "{case}");
        assert_eq!(accepted(&after), accepted(&totals), "{case}");
        // Readings that were done may come back, and then no longer count as delivered.
        assert_eq!(
            after.delivered + left.iter().filter(|n| !waiting.contains(n)).count() as u64,
            totals.delivered,
            "{case}"
        );
        let gone = waiting.iter().filter(|n| !left.contains(n)).count();
        assert!(gone <= 60, "{case}: {gone} are lost");
        rescues += rescued;
        lost += gone;
    }
    eprintln!("{rescues} rescues, {lost} readings lost in 300 rounds");
    assert!(rescues > 0 && lost > 0, "the flips hit nothing");
    assert!(lost < 600, "{lost}");
}

#[test]
fn many_flips_leave_most() {
    let (whole, _, waiting) = original();
    let mut random = Random(2);
    for round in 0..20 {
        let (_folder, path) = place();
        let mut bytes = whole.clone();
        for _ in 0..20 {
            bytes[random.below(whole.len() as u64) as usize] ^= 1 << random.below(8);
        }
        std::fs::write(&path, &bytes).unwrap();
        let (blocks, after, _) = survive(&path);
        // Between two damages in a block, one of which made or took a newline, a line may be next to its own slot.
        let placed = placed(&blocks);
        assert!(placed.iter().all(|(sequence, number)| sequence.abs_diff(*number) <= 2), "{round}");
        assert!(placed.is_sorted(), "{round}");
        let left: Vec<u64> = placed.into_iter().map(|(_, number)| number).collect();
        assert_eq!(after.queued, left.len() as u64, "{round}");
        let gone = waiting.iter().filter(|n| !left.contains(n)).count();
        assert!(gone < 1000, "{round}: {gone}");
    }
}
