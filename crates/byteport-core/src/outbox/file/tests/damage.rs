// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Files that are not what they should be.

use std::path::Path;

use super::*;
use crate::error::ErrorCode;

fn aside(opened: &Opened, folder: &Path, word: &str) -> MovedAside {
    let aside = opened.moved_aside.clone().unwrap();
    let name = aside.path.file_name().unwrap().to_string_lossy().into_owned();
    let when = name.strip_prefix(&format!("outbox.db.{word}-")).unwrap_or_else(|| panic!("{name}"));
    assert!(when.len() == 16 && when.ends_with('Z') && when.contains('T'), "{name}");
    assert!(aside.path.exists());
    let leftovers =
        ["-new", "-ready", "-copy", "-copy-first"].map(|suffix| folder.join(format!("outbox.db{suffix}")));
    assert!(leftovers.iter().all(|path| !path.exists()));
    aside
}

#[test]
fn garbage_is_moved_aside_with_nothing_saved() {
    let texts: [&[u8]; 4] = [b"x", b"this is a letter\n", &[0; 10_000], b"SQLite format 3\0 and no more"];
    for text in texts {
        let (folder, path) = place();
        std::fs::write(&path, text).unwrap();
        let mut opened = open(&path);
        let aside = aside(&opened, folder.path(), "damaged");
        assert_eq!((aside.saved, aside.lost), (0, 0));
        assert_eq!(std::fs::read(&aside.path).unwrap(), text);
        fill(&mut opened.file, 50, 0);
        drop(opened);
        assert_eq!(numbers(&all(&open(&path).file)).len(), 50);
    }
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let (folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)").unwrap();
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("outbox.db-lock"))
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    for is_open in [true, false] {
        if !is_open {
            drop(Connection::open(&path).unwrap());
        }
        let before = files();
        let Err(OpenError::Refused(error)) = File::open(&path, DISK) else { panic!() };
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert!(error.message().contains("another program"), "{error}");
        assert!(files() == before);
    }
    drop(other);
    let Err(OpenError::Refused(_)) = File::open(&path, DISK) else { panic!() };
}

#[test]
fn places_that_can_never_hold_a_file_are_refused() {
    let (folder, _) = place();
    for path in [folder.path().to_owned(), folder.path().join("no/outbox.db"), "/".into(), "".into()] {
        let Err(OpenError::Refused(error)) = File::open(&path, DISK) else { panic!("{path:?}") };
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error}");
    }
}

#[test]
fn what_takes_a_files_place_is_open_to_the_same_people() {
    use std::os::unix::fs::PermissionsExt;
    for (before, after) in [(0o640, 0o640), (0o600, 0o600), (0o444, 0o644)] {
        let (_folder, path) = place();
        let mut file = open(&path).file;
        let totals = fill(&mut file, 30, 0);
        close(file, &totals);
        std::fs::write(&path, "no database at all").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(before)).unwrap();
        assert!(open(&path).moved_aside.is_some());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, after);
    }
}

#[test]
fn a_newer_version_is_moved_aside_and_read_as_far_as_it_is_known() {
    let (folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 300, 5);
    close(file, &totals);
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch("CREATE TABLE more (a); PRAGMA user_version=9").unwrap();
    newer.close().unwrap();
    let opened = open(&path);
    let aside = aside(&opened, folder.path(), "newer");
    assert_eq!((aside.saved, aside.lost), (300, 0));
    assert_eq!(opened.totals, totals);
    assert_eq!(numbers(&all(&opened.file)), (1..=300).collect::<Vec<_>>());
}

#[test]
fn a_newer_version_of_which_nothing_is_known_is_moved_aside() {
    let (folder, path) = place();
    let newer = Connection::open(&path).unwrap();
    newer
        .execute_batch("PRAGMA application_id=0x42504F42; CREATE TABLE other (a); PRAGMA user_version=2")
        .unwrap();
    newer.close().unwrap();
    let opened = open(&path);
    assert_eq!(aside(&opened, folder.path(), "newer").saved, 0);
    assert_eq!(opened.totals.next_sequence, 1);
}

#[test]
fn a_broken_header_costs_nothing() {
    let (folder, path) = place();
    let mut file = open(&path).file;
    let mut totals = fill(&mut file, 2000, 20);
    totals.quarantined = 1;
    let batch = Batch { refused: vec![refused(3, 3)], totals: totals.clone(), ..Batch::default() };
    file.write(&batch, true).unwrap();
    close(file, &totals);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..4096].fill(0xAA);
    std::fs::write(&path, &bytes).unwrap();
    let opened = open(&path);
    let aside = aside(&opened, folder.path(), "damaged");
    assert_eq!((aside.saved, aside.lost), (2001, 0));
    assert!(std::fs::read(&aside.path).unwrap() == bytes);
    assert_eq!(opened.totals, totals);
    assert_eq!(numbers(&all(&opened.file)), (1..=2000).collect::<Vec<_>>());
}

#[test]
fn what_is_only_in_the_log_is_saved_from_it() {
    let (folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 200, 20);
    // As a crash leaves it, but the database itself, cut to nothing.
    let other = folder.path().join("other.db");
    std::fs::File::create(&other).unwrap();
    std::fs::copy(path.with_extension("db-wal"), other.with_extension("db-wal")).unwrap();
    let opened = open(&other);
    let saved = opened.moved_aside.clone().unwrap().saved;
    assert_eq!(numbers(&all(&opened.file)).len() as u64, saved);
    assert!(saved > 150, "{saved}");
    assert_eq!(accepted(&opened.totals), accepted(&totals));
}

#[test]
fn any_length_that_is_left_opens_and_adds_up() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 2000, 20);
    close(file, &totals);
    let whole = std::fs::read(&path).unwrap();
    let lengths = (0..whole.len()).step_by(whole.len() / 20).chain([1, 99, 100, 4095, 4096, 4097, 8192]);
    let mut last_left = 0;
    let mut lengths: Vec<usize> = lengths.collect();
    lengths.sort_unstable();
    for length in lengths {
        let (_folder, path) = place();
        std::fs::write(&path, &whole[..length]).unwrap();
        let opened = open(&path);
        let blocks = all(&opened.file);
        let left = numbers(&blocks).len() as u64;
        let damaged: u64 = blocks.iter().map(|block| u64::from(block.damaged)).sum();
        assert_eq!(opened.totals.queued, left + damaged, "{length}");
        match opened.moved_aside {
            Some(aside) => assert_eq!((aside.saved, damaged), (left, 0), "{length}"),
            // SQLite reads what is missing of the last page as zeros: then the lines in it tell what is lost.
            None => assert!(length == 0 || whole.len() - length < 4096, "{length} of {}", whole.len()),
        }
        assert!(left >= last_left, "{length}: {left} after {last_left}");
        last_left = left;
    }
    assert!(last_left > 1900, "{last_left}");
}

#[test]
fn a_crash_while_the_rescued_file_takes_its_place_loses_nothing() {
    // The steps of taking the place: the log goes, the database goes, the new one comes. A crash after each of them.
    for steps in 0..3 {
        let (folder, path) = place();
        let mut file = open(&path).file;
        let totals = fill(&mut file, 100, 0);
        close(file, &totals);
        std::fs::rename(&path, folder.path().join("outbox.db-ready")).unwrap();
        let (log, aside) =
            (path.with_extension("db-wal"), folder.path().join("outbox.db.damaged-20260101T000000Z"));
        let mut old = open(&folder.path().join("old.db")).file;
        fill(&mut old, 50, 0);
        std::fs::copy(folder.path().join("old.db"), &path).unwrap();
        std::fs::copy(folder.path().join("old.db-wal"), &log).unwrap();
        if steps > 0 {
            std::fs::rename(&log, format!("{}-wal", aside.display())).unwrap();
        }
        if steps > 1 {
            std::fs::rename(&path, &aside).unwrap();
        }
        let opened = open(&path);
        assert_eq!(opened.totals, totals, "{steps}");
        assert_eq!(numbers(&all(&opened.file)), (1..=100).collect::<Vec<_>>());
        assert!(!folder.path().join("outbox.db-ready").exists());
    }
}

#[test]
fn only_the_last_few_that_were_moved_aside_are_kept() {
    let (folder, path) = place();
    for year in 2000..2010 {
        for suffix in ["", "-wal"] {
            std::fs::write(format!("{}.damaged-{year}0101T000000Z{suffix}", path.display()), "old").unwrap();
        }
    }
    std::fs::write(folder.path().join("outbox.db.damaged.txt"), "mine").unwrap();
    std::fs::write(&path, "garbage").unwrap();
    open(&path);
    let mut left: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("damaged"))
        .collect();
    left.sort();
    assert_eq!(left.len(), 6, "{left:?}");
    assert_eq!(left[0], "outbox.db.damaged-20080101T000000Z");
    assert_eq!(left[5], "outbox.db.damaged.txt");
}

#[test]
fn damage_that_shows_in_use_is_rescued_at_the_next_opening() {
    let (folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 600, 20);
    file.connection.execute_batch("UPDATE block SET wall = 5 WHERE id = 3").unwrap();
    assert_eq!(file.next(1).unwrap().unwrap().id, 2);
    let Err(Trouble::Damaged(why)) = file.next(2) else { panic!() };
    assert!(why.contains("outbox.db is damaged"), "{why}");
    drop(file);
    let opened = File::open_damaged(&path, DISK).unwrap();
    let aside = aside(&opened, folder.path(), "damaged");
    assert_eq!((aside.saved, aside.lost), (600, 0));
    assert_eq!(opened.totals, totals);
    assert_eq!(numbers(&all(&opened.file)), (1..=600).collect::<Vec<_>>());
}

#[test]
fn one_of_two_accounts_may_be_damaged() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let mut totals = fill(&mut file, 60, 20);
    totals.delivered = 1000;
    close(file, &totals);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("UPDATE totals SET delivered = 5 WHERE id = 1").unwrap();
    drop(connection);
    let opened = open(&path);
    assert_eq!(opened.totals, totals);
    assert!(opened.moved_aside.is_none());
    drop(opened);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("UPDATE totals SET delivered = 5").unwrap();
    drop(connection);
    let opened = open(&path);
    assert_eq!(opened.moved_aside.unwrap().saved, 60);
    assert_eq!((opened.totals.delivered, opened.totals.queued, opened.totals.next_sequence), (0, 60, 61));
}
