// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Every write cut short: after each file operation of a piece of work, the folder as a power cut or a kill may leave it
//! is opened, and must hold what was promised by then, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use byteport_core::outbox::{Durability, Outbox, OutboxFile, OutboxOptions};
use byteport_proof::disk::Disk;
use byteport_proof::random::{self, Random};
use byteport_proof::record::Told;
use byteport_proof::shim::Shim;
use byteport_proof::trace::{self, Operation};
use byteport_proof::{check, numbered};
use tempfile::TempDir;

const SAMPLE: &str = env!("CARGO_BIN_EXE_proof-sample");
/// Where syncing costs nothing.
const IN_MEMORY: &str = "/dev/shm";

/// What is there of that which was not synced.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kept {
    /// Nothing: a power cut.
    Nothing,
    /// Some of it: a power cut.
    Some(u64),
    /// All: the process was killed, and the system went on.
    All,
}

fn record_sample(random: &mut Random) -> Vec<Operation> {
    let (folder, aside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let shim = Shim::build(aside.path());
    let mut command = Command::new(SAMPLE);
    shim.attach(&mut command, folder.path());
    let outbox = folder.path().canonicalize().unwrap().join("outbox.db");
    let done = command.arg(outbox).arg(&shim.marker).arg(random.number().to_string()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    trace::read(&std::fs::read(&shim.trace).unwrap())
}

/// What the markers among these operations tell.
fn told(operations: &[Operation]) -> Told {
    let markers = operations.iter().filter_map(|operation| match operation {
        Operation::Marker(text) => Some(text.as_str()),
        _ => None,
    });
    Told::read(&markers.collect::<String>())
}

fn folder_in_memory() -> TempDir {
    TempDir::new_in(IN_MEMORY).or_else(|_| TempDir::new()).unwrap()
}

/// Every reading in a file by its number, and how many times it is there.
fn numbers(path: &Path) -> BTreeMap<u64, usize> {
    let file = OutboxFile::open(path).unwrap();
    let queued = file.readings().unwrap().map(|reading| reading.unwrap());
    let refused = file.quarantined().unwrap().into_iter().map(|refused| refused.reading);
    let mut numbers = BTreeMap::new();
    for reading in queued.chain(refused) {
        let number = reading.fields.iter().find_map(|(_, text)| numbered::number_of(text.parse().ok()?));
        *numbers.entry(number.unwrap_or_else(|| panic!("{reading:?}"))).or_default() += 1;
    }
    numbers
}

/// Opens what was left, and says how it breaks what was promised.
fn flaws(path: &Path, told: &Told, kept: Kept) -> Vec<String> {
    let options = OutboxOptions::new().commit_interval(Duration::from_millis(1));
    let outbox = match Outbox::open(path, numbered::nobody(), options) {
        Ok(outbox) => outbox,
        Err(error) => return vec![format!("does not open: {error}")],
    };
    let stats = outbox.stats().unwrap();
    let extra = outbox.enqueue(&numbered::reading(1_000_000), Durability::Synced).unwrap();
    outbox.close(Duration::ZERO).unwrap();
    let mut flaws: Vec<String> = check::flaw(&stats).into_iter().collect();
    let mut numbers = numbers(path);
    if numbers.remove(&1_000_000) != Some(1) || extra.held != Some(Durability::Synced) {
        flaws.push("does not take another".to_owned());
    }
    let promised = if kept == Kept::All { &told.committed } else { &told.synced };
    let missing: BTreeSet<_> =
        promised.difference(&told.taken).filter(|number| !numbers.contains_key(number)).collect();
    let invented: Vec<_> = numbers.keys().filter(|number| !told.intents.contains_key(number)).collect();
    let twice: Vec<_> = numbers.iter().filter(|(_, count)| **count > 1).collect();
    let found = numbers.len() as u64;
    for (is_wrong, what) in [
        (!missing.is_empty(), format!("missing: {missing:?}")),
        (!invented.is_empty(), format!("invented: {invented:?}")),
        (!twice.is_empty(), format!("twice: {twice:?}")),
        (stats.moved_aside + stats.dropped.total() > 0, format!("takes it for damaged: {stats:?}")),
        (stats.queued + stats.quarantined != found, format!("counts wrongly: {found} are there, {stats:?}")),
        (stats.accepted > told.intents.len() as u64, format!("counts more than there were: {stats:?}")),
    ] {
        flaws.extend(is_wrong.then_some(what));
    }
    flaws
}

/// One folder that a cut leaves.
struct Case {
    after: usize,
    kept: Kept,
}

fn examine(operations: &[Operation], case: &Case) -> Vec<String> {
    let mut disk = Disk::default();
    operations[..case.after].iter().for_each(|operation| disk.apply(operation));
    let folder = folder_in_memory();
    let mut random = Random::new(if let Kept::Some(seed) = case.kept { seed } else { 0 });
    disk.cut(folder.path(), &mut || match case.kept {
        Kept::Nothing => false,
        Kept::Some(_) => random.chance(50),
        Kept::All => true,
    });
    let flaws = flaws(&folder.path().join("outbox.db"), &told(&operations[..case.after]), case.kept);
    let name = |flaw| format!("after operation {}, {:?}: {flaw}", case.after, case.kept);
    flaws.into_iter().map(name).collect()
}

#[test]
fn every_write_cut_short_leaves_what_was_promised() {
    let mut random = Random::of_this_run("power cut");
    let operations = record_sample(&mut random);
    let syncs = operations.iter().filter(|operation| matches!(operation, Operation::Sync { .. })).count();
    let whole = told(&operations);
    assert!(whole.errors.is_empty(), "{:?}", whole.errors);
    assert!(
        syncs > 20 && whole.synced.len() > 20 && whole.taken.len() > 20,
        "the sample does too little: {whole:?}"
    );
    let subsets = random::count("BYTEPORT_SUBSETS", 1);
    let is_due = |after: &usize| !matches!(operations.get(*after), Some(Operation::Marker(_)));
    let cases: Vec<Case> = (0..=operations.len())
        .filter(is_due)
        .flat_map(|after| {
            let some = (0..subsets).map(|_| Kept::Some(random.number()));
            let kept: Vec<Kept> = [Kept::Nothing, Kept::All].into_iter().chain(some).collect();
            kept.into_iter().map(move |kept| Case { after, kept })
        })
        .collect();
    eprintln!("{} operations, {syncs} of them syncs: {} folders", operations.len(), cases.len());
    let halves = cases.split_at(cases.len() / 2);
    let flaws: Vec<String> = thread::scope(|scope| {
        let work =
            |cases: &[Case]| cases.iter().flat_map(|case| examine(&operations, case)).collect::<Vec<_>>();
        let other = scope.spawn(move || work(halves.1));
        let mut flaws: Vec<String> = halves.0.iter().flat_map(|case| examine(&operations, case)).collect();
        flaws.extend(other.join().unwrap());
        flaws
    });
    assert!(flaws.is_empty(), "{} flaws, such as {:#?}", flaws.len(), &flaws[..flaws.len().min(10)]);
}
