// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Flipped bits, cut ends and foreign contents: opening never fails, what is readable is uploaded, losses are counted, and
//! nothing is made up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use byteport_core::Client;
use byteport_core::outbox::{Durability, Outbox, OutboxOptions, Reason, Stats};
use byteport_proof::random::{self, Random};
use byteport_proof::recorder::{Recorder, answer};
use byteport_proof::{check, numbered};
use tempfile::TempDir;

/// Readings in the file.
const READINGS: u64 = 300;

/// What came to the service: each number, with its device, field and time.
type Came = Arc<Mutex<BTreeMap<u64, (String, String)>>>;

/// A service that takes everything, and what came.
fn service() -> (Arc<Client>, Came) {
    let came = Came::default();
    let notes = Arc::clone(&came);
    let service = Recorder::start(move |seen| {
        let form = seen.form();
        let time = form.iter().find(|(name, _)| name == "_ts").map_or("", |(_, time)| time);
        for (field, value) in form.iter().filter(|(name, _)| !name.starts_with('_')) {
            let number = value.parse().ok().and_then(numbered::number_of);
            let number = number.unwrap_or_else(|| panic!("came: {field}={value}"));
            notes.lock().unwrap().insert(number, (format!("{}{field}", seen.path()), time.to_owned()));
        }
        answer("200 OK", "", "{}")
    });
    (numbered::client(&service.host()), came)
}

/// A closed outbox with so many readings, in blocks of several sizes.
fn closed_file(folder: &Path) -> PathBuf {
    let path = folder.join("whole.db");
    let outbox = Outbox::open(&path, numbered::nobody(), OutboxOptions::new()).unwrap();
    for number in 0..READINGS {
        let level = if number % 40 == 39 { Durability::Synced } else { Durability::Memory };
        outbox.enqueue(&numbered::reading(number), level).unwrap();
    }
    let closed = outbox.close(Duration::ZERO).unwrap();
    assert_eq!((closed.kept, closed.lost), (READINGS, 0));
    path
}

/// Opens a file, sends what is there, and gives the accounting.
fn drain(path: &Path, client: &Arc<Client>) -> Stats {
    let outbox = Outbox::open(path, Arc::clone(client), OutboxOptions::new())
        .unwrap_or_else(|error| panic!("does not open: {error}"));
    check::sound(&outbox.stats().unwrap());
    // It can be worked with whatever it was.
    outbox.enqueue(&numbered::reading(READINGS), Durability::Disk).unwrap();
    let flushed = outbox.flush(Duration::from_secs(60)).unwrap();
    let stats = outbox.stats().unwrap();
    check::sound(&stats);
    assert_eq!(flushed.kept, 0, "{stats:?}");
    outbox.close(Duration::from_secs(5)).unwrap();
    stats
}

/// Everything that came is what was handed in; gives how many came.
fn nothing_made_up(came: &Came) -> u64 {
    let came = std::mem::take(&mut *came.lock().unwrap());
    for (number, (place, time)) in &came {
        assert!(*number <= READINGS, "{number} was never handed in");
        let (device, field) = (numbered::device(*number), numbered::field(*number));
        assert!(place.ends_with(&format!("/{device}/{field}")), "{number} came to {place}");
        assert!(
            numbered::is_unstamped(*number) || *time == numbered::time(*number).to_string(),
            "{number}: {time}"
        );
    }
    assert!(came.contains_key(&READINGS), "the new one did not come");
    came.len() as u64 - 1
}

/// Spoils a copy of the file, and sees what comes of it; gives how many readings were saved.
fn spoilt(whole: &[u8], client: &Arc<Client>, came: &Came, spoil: impl FnOnce(&mut Vec<u8>)) -> u64 {
    let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let path = folder.path().join("outbox.db");
    let mut bytes = whole.to_vec();
    spoil(&mut bytes);
    std::fs::write(&path, &bytes).unwrap();
    let stats = drain(&path, client);
    let saved = nothing_made_up(came);
    assert_eq!(stats.delivered, saved + 1, "{stats:?}");
    let aside = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("outbox.db.damaged-")
    });
    assert_eq!(aside.count() as u64, stats.moved_aside, "{stats:?}");
    if saved < READINGS && stats.moved_aside == 0 {
        assert_eq!(
            stats.dropped.by(Reason::Damage),
            READINGS - saved,
            "a loss that is not counted: {stats:?}"
        );
    }
    saved
}

#[test]
fn a_flipped_bit_loses_little_and_invents_nothing() {
    let mut random = Random::of_this_run("bit flips");
    let folder = TempDir::new().unwrap();
    let whole = std::fs::read(closed_file(folder.path())).unwrap();
    let (client, came) = service();
    let (mut saved, rounds) = (0, random::count("BYTEPORT_FLIPS", 300));
    for _ in 0..rounds {
        let (place, bit) = (random.below(whole.len() as u64) as usize, random.below(8));
        let flip = |bytes: &mut Vec<u8>| bytes[place] ^= 1 << bit;
        let one =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| spoilt(&whole, &client, &came, flip)));
        saved += one.unwrap_or_else(|_| panic!("bit {bit} of byte {place} of {}", whole.len()));
    }
    eprintln!("{rounds} files with a flipped bit: {saved} of {} readings saved", rounds * READINGS);
    assert!(saved >= rounds * READINGS * 9 / 10, "{saved}");
}

#[test]
fn a_file_cut_short_or_overwritten_opens() {
    let mut random = Random::of_this_run("cut files");
    let folder = TempDir::new().unwrap();
    let whole = std::fs::read(closed_file(folder.path())).unwrap();
    let (client, came) = service();
    for _ in 0..20 {
        let length = random.below(whole.len() as u64) as usize;
        spoilt(&whole, &client, &came, |bytes| bytes.truncate(length));
        let page = random.below(whole.len() as u64 / 4096) as usize * 4096;
        spoilt(&whole, &client, &came, |bytes| bytes[page..page + 4096].fill(0));
    }
    spoilt(&whole, &client, &came, |bytes| *bytes = b"my shopping list\n".repeat(1000));
    assert_eq!(spoilt(&whole, &client, &came, |_| {}), READINGS);
}
