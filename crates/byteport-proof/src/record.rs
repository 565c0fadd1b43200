// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a producer writes down: one line for each thing, in one write, after the fact (an intent: before it).
//!
//! `I NUMBER MICROS` is about to be handed in; `A NUMBER SEQUENCE LEVEL` was taken in, and held so safely; `C SEQUENCE` and
//! `Y SEQUENCE`: every reading of this run up to this is committed, or synced; `D NUMBER`: the service has
//! taken it; `R` a run begins; `E TEXT` must not be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use byteport_core::model::Timestamp;
use byteport_core::outbox::{Durability, Receipt};

/// The producer's side. Each line is one `write` at the file's end.
#[derive(Debug)]
pub struct Record(File);

impl Record {
    /// Goes on with the file, or makes it.
    pub fn append(path: &Path) -> Record {
        Record(OpenOptions::new().append(true).create(true).open(path).unwrap())
    }

    /// Writes one line.
    pub fn line(&self, text: &str) {
        let line = format!("{}\n", text.replace('\n', " "));
        let written = (&self.0).write(line.as_bytes()).unwrap();
        assert_eq!(written, line.len());
    }

    /// A number is about to be handed in.
    pub fn intent(&self, number: u64) {
        self.line(&format!("I {number} {}", Timestamp::now().as_micros()));
    }

    /// A number was taken in.
    pub fn accepted(&self, number: u64, receipt: &Receipt) {
        let held = receipt.held.map_or("none", Durability::text);
        self.line(&format!("A {number} {} {held}", receipt.sequence));
    }

    /// Everything up to here is this safe.
    pub fn watermarks(&self, committed: u64, synced: u64) {
        self.line(&format!("C {committed}"));
        self.line(&format!("Y {synced}"));
    }
}

/// What a record tells, read from its text.
#[derive(Debug, Default)]
pub struct Told {
    /// Every number that was about to be handed in, with the time of that.
    pub intents: BTreeMap<u64, i64>,
    /// Numbers that a killed process must not lose.
    pub committed: BTreeSet<u64>,
    /// Numbers that a power cut must not lose.
    pub synced: BTreeSet<u64>,
    /// Numbers that were taken in.
    pub accepted: BTreeSet<u64>,
    /// Numbers that the service took.
    pub taken: BTreeSet<u64>,
    /// What must not be.
    pub errors: Vec<String>,
    /// How many times the producer began.
    pub runs: u64,
}

impl Told {
    /// Reads a record; a last line that was cut off is left out.
    pub fn read(text: &str) -> Told {
        let mut told = Told::default();
        let mut run = BTreeMap::new();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in whole.lines() {
            told.take(line, &mut run);
        }
        told
    }

    /// Takes in one line; `run` has the numbers of this run by sequence.
    fn take(&mut self, line: &str, run: &mut BTreeMap<u64, u64>) {
        let words: Vec<&str> = line.split(' ').collect();
        let number =
            |place: usize| words[place].parse::<u64>().unwrap_or_else(|_| panic!("record: {line:?}"));
        match words[0] {
            "R" => {
                self.runs += 1;
                run.clear();
            }
            "I" => drop(self.intents.insert(number(1), number(2) as i64)),
            "A" => {
                self.accepted.insert(number(1));
                run.insert(number(2), number(1));
                self.held(number(1), Durability::from_text(words[3]));
            }
            "D" => drop(self.taken.insert(number(1))),
            "C" => self.committed.extend(run.range(..=number(1)).map(|(_, number)| number)),
            "Y" => {
                let safe: Vec<u64> = run.range(..=number(1)).map(|(_, number)| *number).collect();
                self.committed.extend(&safe);
                self.synced.extend(&safe);
            }
            _ => self.errors.push(line.to_owned()),
        }
    }

    fn held(&mut self, number: u64, level: Option<Durability>) {
        if level >= Some(Durability::Disk) {
            self.committed.insert(number);
        }
        if level >= Some(Durability::Synced) {
            self.synced.insert(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_what_must_be_kept() {
        let told = Told::read(
            "R\nI 1 5\nA 1 10 memory\nI 2 5\nI 3 6\nA 3 11 synced\nA 2 12 memory\nC 10\nR\nA 4 11 memory\nC 10\nY 1",
        );
        assert_eq!(told.intents.len(), 3);
        assert_eq!(told.committed, BTreeSet::from([1, 3]));
        assert_eq!(told.synced, BTreeSet::from([3]));
        assert_eq!((told.accepted.len(), told.runs, told.errors.len()), (4, 2, 0));
    }
}
