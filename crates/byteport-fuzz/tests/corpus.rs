// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Every target over every file of its corpus: what fuzzing has reached is read again, what ever failed does not fail.
#![allow(clippy::unwrap_used, clippy::panic)] // so a helper fails its test

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use byteport_fuzz::TARGETS;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

#[test]
fn every_folder_is_a_targets() {
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let folders: BTreeSet<_> = files(&corpus()).iter().map(name).collect();
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, targets);
}

/// Far longer than any input takes: one that is read without end fails, and holds up no other test.
const PATIENCE: Duration = Duration::from_secs(300);

#[test]
fn every_target_takes_its_corpus() {
    for (name, run) in TARGETS {
        run(b""); // what nobody keeps as a file
        for file in files(&corpus().join(name)) {
            let (done, ends) = mpsc::channel();
            let data = fs::read(&file).unwrap();
            let reader = thread::spawn(move || {
                run(&data);
                done.send(()).unwrap();
            });
            let has_ended = ends.recv_timeout(PATIENCE) != Err(mpsc::RecvTimeoutError::Timeout);
            assert!(has_ended, "{}: it is read without end", file.display());
            assert!(reader.join().is_ok(), "{}", file.display());
        }
    }
}
