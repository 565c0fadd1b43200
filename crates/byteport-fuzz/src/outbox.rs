// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The file of an outbox, whatever is in it, and one line of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use byteport_core::http::Form;
use byteport_core::model::{Reading, name};
use byteport_core::outbox::{Durability, Outbox, OutboxFile, OutboxOptions, Stats};
use byteport_core::{Client, ErrorCode, Options, Result, fuzzing};

/// A line but for its checksum.
pub fn line(data: &[u8]) {
    let Some((_, address, form)) = fuzzing::line(data) else { return };
    assert!(address.split('.').all(name::is_valid) && address.split('.').count() == 2);
    let fields = Form::parse(form.as_bytes());
    assert!(fields.iter().all(|(field, _)| name::is_valid(field)));
    assert_eq!(fields.is_empty(), form.is_empty());
}

/// A file: looked into, opened as an outbox, written to, looked into again.
pub fn outbox(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    std::fs::write(&path, data).unwrap();
    let was_sound = look(&path).unwrap_or_else(|error| {
        assert!(matches!(error.code(), ErrorCode::File | ErrorCode::InvalidArgument), "{error:?}");
        false
    });
    match open(&path) {
        Ok(outbox) => go_on(&outbox, &path, was_sound),
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error:?}");
            assert_eq!(std::fs::read(&path).unwrap(), data, "what is refused is left alone");
        }
    }
}

/// All that can be seen of a file without having it; whether nothing is wrong with it.
fn look(path: &Path) -> Result<bool> {
    let file = OutboxFile::open(path)?;
    let verdict = file.verify();
    let summary = file.summary()?;
    assert!(summary.accepted() >= summary.queued);
    for reading in file.readings()? {
        assert!(name::is_valid(&reading?.device));
    }
    file.quarantined()?;
    verdict.map(|verdict| verdict.is_sound())
}

fn open(path: &Path) -> Result<Outbox> {
    // Nothing listens at this port but by chance; who does sees no more than readings of a fuzzer.
    let options = Options::new().host("127.0.0.1:1").namespace("n").key("k").device("d").no_proxy();
    let options = options.connect_timeout(Duration::from_millis(100)).timeout(Duration::from_millis(100));
    let client = Arc::new(Client::new(options)?);
    Outbox::open(path, client, OutboxOptions::new().max_disk(1 << 20).connections(1))
}

/// An outbox that opened takes in and adds up. It leaves a sound file, but where damaged readings are still to be come upon.
fn go_on(outbox: &Outbox, path: &Path, was_sound: bool) {
    let before = outbox.stats().unwrap();
    sound(&before);
    let receipt = outbox.enqueue(Reading::new().set("a", 1).unwrap(), Durability::Synced).unwrap();
    assert!(receipt.sequence > 0);
    outbox.close(Duration::ZERO).unwrap();
    let after = outbox.stats().unwrap();
    sound(&after);
    assert_eq!(after.accepted, before.accepted + 1);
    let verdict = OutboxFile::open(path).unwrap().verify().unwrap();
    assert!(verdict.is_sound() || !(was_sound || after.moved_aside > 0), "{verdict:?}");
}

fn sound(stats: &Stats) {
    let sum = stats.delivered + stats.queued + stats.quarantined + stats.dropped.total();
    assert_eq!(stats.accepted, sum, "{stats:?}");
}
