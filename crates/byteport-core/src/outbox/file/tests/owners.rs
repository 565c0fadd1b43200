// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! One owner at a time; and files that are taken away from theirs.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;
use crate::error::ErrorCode;

const VARIABLE: &str = "BYTEPORT_TEST_OWNS";

fn refusal(path: &std::path::Path) -> crate::Error {
    match File::open(path, DISK) {
        Err(OpenError::Refused(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Not a test of its own: the process that [`another`] starts, which has the file until it is killed.
#[test]
fn owner() {
    let Some(path) = std::env::var_os(VARIABLE) else { return };
    let mut file = open(path.as_ref()).file;
    fill(&mut file, 100, 0);
    println!("\nready");
    std::io::stdin().lines().for_each(drop);
}

/// A process that has the file.
fn another(path: &std::path::Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "outbox::file::tests::owners::owner", "--nocapture"])
        .env(VARIABLE, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.as_mut().unwrap());
    assert!(output.lines().any(|line| line.unwrap() == "ready"));
    child
}

#[test]
fn a_second_opener_in_the_process_is_refused_and_the_first_keeps_the_lock() {
    let (folder, path) = place();
    let first = open(&path);
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for other in [&path, &link, &folder.path().join("../").join(folder.path()).join("outbox.db")] {
        let error = refusal(other);
        assert_eq!(error.code(), ErrorCode::InUse);
        assert!(error.message().contains("another outbox of this process"), "{error}");
    }
    assert_eq!(super::super::owner(&path), Some(std::process::id()));
    // To look at the owner has not given the lock back either: no other process gets it.
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "outbox::file::tests::owners::owner"])
        .env(VARIABLE, &path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(!child.wait().unwrap().success());
    drop(first);
    assert_eq!(super::super::owner(&path), None);
    open(&path);
}

/// How many locks the system knows of on a file.
fn locks(path: &std::path::Path) -> usize {
    use std::os::unix::fs::MetadataExt;
    let number = format!(":{} ", std::fs::metadata(path).unwrap().ino());
    std::fs::read_to_string("/proc/locks").unwrap().lines().filter(|line| line.contains(&number)).count()
}

#[test]
fn to_look_at_ones_own_file_gives_up_no_lock() {
    let (_folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 100, 0);
    let before = locks(&path);
    assert_eq!(Looker::open(&path).unwrap().totals().unwrap(), Some(totals));
    // Without it, another program that opens the database would take itself for the only one, and remove the log.
    assert!(before > 0);
    assert_eq!(locks(&path), before);
}

#[test]
fn a_second_opener_in_another_process_is_refused_until_the_first_is_dead() {
    let (_folder, path) = place();
    let mut child = another(&path);
    let error = refusal(&path);
    assert_eq!(error.code(), ErrorCode::InUse);
    assert!(error.message().contains(&format!("process {}", child.id())), "{error}");
    assert!(error.is_retryable());
    assert_eq!(super::super::owner(&path), Some(child.id()));
    child.kill().unwrap();
    child.wait().unwrap();
    let opened = open(&path);
    assert!(opened.moved_aside.is_none());
    assert_eq!(numbers(&all(&opened.file)), (1..=100).collect::<Vec<_>>());
}

#[test]
fn a_file_that_is_removed_while_open_is_written_anew() {
    for gone in
        [&[""][..], &["-wal"], &["-lock"], &["", "-wal", "-shm"], &["", "-wal", "-shm", "-lock", "-reserve"]]
    {
        let (_folder, path) = place();
        let mut file = open(&path).file;
        let mut totals = fill(&mut file, 400, 50);
        for suffix in gone {
            std::fs::remove_file(format!("{}{suffix}", path.display())).unwrap();
        }
        totals.queued += 5;
        totals.next_sequence += 5;
        totals.next_block += 1;
        let blocks = vec![block(totals.next_block - 1, 401, 5, 0)];
        file.write(&Batch { blocks, totals: totals.clone(), ..Batch::default() }, true).unwrap();
        assert_eq!(refusal(&path).code(), ErrorCode::InUse, "{gone:?}");
        drop(file);
        let opened = open(&path);
        assert_eq!(opened.totals, totals, "{gone:?}");
        assert!(opened.moved_aside.is_none(), "{gone:?}");
        assert_eq!(numbers(&all(&opened.file)), (1..=405).collect::<Vec<_>>());
    }
}

#[test]
fn another_file_in_the_way_is_moved_aside() {
    let (folder, path) = place();
    let other = folder.path().join("other.db");
    let mut file = open(&other).file;
    let totals = fill(&mut file, 30, 0);
    close(file, &totals);
    let other_bytes = std::fs::read(&other).unwrap();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 400, 50);
    std::fs::rename(&other, &path).unwrap();
    file.write(&Batch { totals: totals.clone(), ..Batch::default() }, false).unwrap();
    drop(file);
    let opened = open(&path);
    assert_eq!(opened.totals, totals);
    assert_eq!(numbers(&all(&opened.file)), (1..=400).collect::<Vec<_>>());
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<PathBuf> =
        names.filter(|path| path.to_string_lossy().contains("outbox.db.displaced-")).collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert!(std::fs::read(&aside[0]).unwrap() == other_bytes);
}

#[test]
fn a_folder_that_is_gone_is_told() {
    let (folder, path) = place();
    let mut file = open(&path).file;
    let totals = fill(&mut file, 10, 0);
    std::fs::remove_dir_all(folder.path()).unwrap();
    let batch = Batch { totals, ..Batch::default() };
    let Err(Trouble::Io(why) | Trouble::NoSpace(why)) = file.write(&batch, false) else { panic!() };
    assert!(why.contains("outbox.db"), "{why}");
    assert_eq!(numbers(&all(&file)).len(), 10);
}
