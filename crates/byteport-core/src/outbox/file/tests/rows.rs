// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is written comes back.

use super::*;

#[test]
fn what_is_written_is_read_back_after_opening_again() {
    let (_folder, path) = place();
    let mut opened = open(&path);
    assert_eq!(opened.totals, Totals { next_sequence: 1, next_block: 1, ..Totals::default() });
    assert!(opened.moved_aside.is_none());
    let mut totals = fill(&mut opened.file, 500, 10);
    totals.delivered = 3;
    totals.dropped.add(Reason::Age, 4);
    totals.quarantined = 1;
    let batch = Batch {
        done: vec![(2, vec![0b101])],
        deleted: vec![1],
        refused: vec![refused(9, 5)],
        clocks: vec![("boot-1".to_owned(), 77), ("boot-1".to_owned(), 78)],
        totals: totals.clone(),
        ..Batch::default()
    };
    assert_eq!(opened.file.write(&batch, true).unwrap(), Written::default());
    drop(opened);
    let opened = open(&path);
    assert_eq!(opened.totals, totals);
    assert!(opened.moved_aside.is_none());
    assert_eq!(opened.clocks, HashMap::from([("boot-1".to_owned(), 78)]));
    let blocks = all(&opened.file);
    assert_eq!(opened.file.next(0).unwrap().unwrap().id, 2);
    assert_eq!(opened.file.previous(u64::MAX).unwrap().unwrap().id, blocks.last().unwrap().id);
    assert_eq!(blocks[0].done, [0b101]);
    assert_eq!(blocks[0].body, lines(2..9, 10));
    let left: Vec<u64> = (2..=500).filter(|n| ![2, 4].contains(n)).collect();
    assert_eq!(numbers(&blocks), left);
}

#[test]
fn blocks_come_from_both_ends() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    assert!(file.next(0).unwrap().is_none());
    fill(&mut file, 300, 0);
    let forth = all(&file);
    let mut back = Vec::new();
    let mut before = u64::MAX;
    while let Some(previous) = file.previous(before).unwrap() {
        before = previous.id;
        back.push(previous);
    }
    back.reverse();
    assert_eq!(forth, back);
}

#[test]
fn a_clean_end_leaves_one_file_and_says_so() {
    let (folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 10, 0);
    close(file, &totals);
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["outbox.db", "outbox.db-lock", "outbox.db-reserve"]);
    let opened = open(&path);
    assert_eq!(opened.totals, totals);
}

#[test]
fn a_new_body_takes_the_place_of_the_old() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let mut totals = fill(&mut file, 8, 0);
    totals.queued -= 1;
    let mut body = b"\n".to_vec();
    body.extend(lines(3..9, 0));
    file.write(&Batch { replaced: vec![(2, body)], totals, ..Batch::default() }, false).unwrap();
    assert_eq!(numbers(&all(&file)), [1, 3, 4, 5, 6, 7, 8]);
    assert_eq!(all(&file)[1].damaged, 0);
}

#[test]
fn the_quarantine_drops_its_oldest_and_counts_them() {
    let (_folder, path) = place();
    let disk = 256 << 10;
    let mut file = File::open(&path, disk).unwrap().file;
    let mut totals = Totals { next_sequence: 1, next_block: 1, ..Totals::default() };
    for sequence in 1..=100 {
        totals.quarantined += 1;
        totals.next_sequence += 1;
        let batch =
            Batch { refused: vec![refused(sequence, 1000)], totals: totals.clone(), ..Batch::default() };
        let dropped = file.write(&batch, false).unwrap().quarantine_dropped;
        totals.quarantined -= dropped;
        totals.dropped.add(Reason::Quarantine, dropped);
    }
    drop(file);
    let opened = File::open(&path, disk).unwrap();
    assert_eq!(opened.totals, totals);
    assert_eq!(accepted(&totals), 100);
    assert!((25..32).contains(&totals.quarantined), "{}", totals.quarantined);
    let left = read::refused(&opened.file.connection, 0, 1000).unwrap();
    let left: Vec<u64> = left.into_iter().map(|(_, refused)| refused.unwrap().sequence).collect();
    assert_eq!(left, (101 - totals.quarantined..=100).collect::<Vec<_>>());
}

#[test]
fn each_forced_commit_has_something_to_force() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 3, 0);
    let log = || std::fs::metadata(path.with_extension("db-wal")).unwrap().len();
    let before = log();
    file.write(&Batch { totals, ..Batch::default() }, true).unwrap();
    assert!(log() > before);
}

#[test]
fn clocks_of_the_last_starts_are_kept() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    for boot in 0..300 {
        let clocks = vec![(format!("boot-{boot}"), boot)];
        file.write(&Batch { clocks, ..Batch::default() }, false).unwrap();
    }
    drop(file);
    let clocks = open(&path).clocks;
    assert_eq!(clocks.len(), 256);
    assert_eq!(clocks.get("boot-299"), Some(&299));
}
