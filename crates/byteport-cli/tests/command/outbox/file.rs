// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Looking into the file, and emptying it.

use std::fs;

use serde_json::Value;

use super::{NOT_FOUND, NOWHERE, Place};
use crate::support::{run_with, stranger};

#[test]
fn what_the_service_refuses_is_in_quarantine() {
    let place = Place::new();
    let gone = stranger(Some(NOT_FOUND));
    for (value, time) in [("a=1", "1430438400"), ("a=2", "1430438401"), ("a=3", "1430438402")] {
        let done = place.store(&gone, &[value, "--timestamp", time]);
        assert!(done.status == 0 && done.err.contains("quarantined 1"), "{}", done.err);
    }
    place.holds(3, 0, 0, 3);
    let list = place.about("quarantine", &["--format", "json"]).ok();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert_eq!((&list[0]["status"], &list[0]["data"]), (&404.into(), &"a=1;".into()), "{list}");
    assert!(list[0]["why"].as_str().unwrap().contains("404"), "{list}");
    assert!(place.about("quarantine", &[]).ok().lines().nth(1).unwrap().contains("garage.cart"));
    let first = list[0]["sequence"].to_string();
    assert_eq!(place.about("quarantine", &["--discard", &first]).ok(), "");
    place.about("quarantine", &["--retry", &first]).fails(2, &["1 are not in quarantine"]);
    assert_eq!(place.stat()["dropped"]["discarded"], 1);
    assert_eq!(place.about("quarantine", &["--retry"]).ok(), "");
    place.holds(3, 0, 2, 0);
    assert_eq!(place.about("replay", &[]).ok(), "");
    assert_eq!(place.series("a"), ["2015-05-01T00:00:01.000000Z,2", "2015-05-01T00:00:02.000000Z,3"]);
    place.about("quarantine", &["--retry", "1", "--discard", "2"]).fails(2, &["cannot be used with"]);
}

#[test]
fn what_waits_is_exported_and_taken_again() {
    let place = Place::new();
    let args = ["a=1", "b=x \"y\", z", "--timestamp", "1430438400.5", "--wait", "0"];
    assert_eq!(place.store(NOWHERE, &args).status, 0);
    assert_eq!(place.store(NOWHERE, &["--wait", "0"]).status, 0);
    let csv = place.about("export", &["--format", "csv"]).ok();
    let rows: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 4, "{csv}");
    assert!(rows[1].ends_with(",2015-05-01T00:00:00.500000Z,garage,cart,a,1,,"), "{csv}");
    assert!(rows[2].ends_with(",b,\"x \"\"y\"\", z\",,") && rows[3].ends_with(",garage,cart,,,,"), "{csv}");
    let packets: Value = serde_json::from_str(&place.about("export", &["--format", "packets"]).ok()).unwrap();
    assert_eq!(packets[0]["data"], "a=1;b=\"x \\\"y\\\", z\";", "{packets}");
    assert_eq!((&packets[0]["timestamp"], &packets[0]["uid"]), (&"1430438400.5".into(), &"cart".into()));
    assert_eq!(packets.as_array().unwrap().len(), 2);
    let lines = place.about("export", &[]).ok();
    let other = place.server.home().join("other.outbox");
    let mut command = place.at(&place.server.url);
    command.args(["store", "--lines", "--outbox"]).arg(&other);
    assert_eq!(run_with(&mut command, &lines).ok(), "");
    assert_eq!(place.series("b"), ["2015-05-01T00:00:00.500000Z,\"x \"\"y\"\", z\""]);
    let mut command = place.at(NOWHERE);
    command.args(["store", "--lines", "--namespace", "cellar", "--wait", "0", "--outbox"]).arg(&other);
    let done = run_with(&mut command, &lines);
    assert!(done.status == 2 && done.err.contains("of the namespace \"garage\""), "{}", done.err);
    assert_eq!(place.about("ls", &["-n", "1"]).ok().lines().count(), 2);
}

#[test]
fn a_damaged_file_is_told() {
    let place = Place::new();
    assert_eq!(place.store(NOWHERE, &["a=123456", "--wait", "0"]).status, 0);
    assert_eq!(place.about("verify", &[]).ok(), "");
    let mut bytes = fs::read(&place.file).unwrap();
    let at = bytes.windows(8).position(|part| part == b"a=123456").unwrap();
    bytes[at + 3] ^= 1;
    fs::write(&place.file, &bytes).unwrap();
    let done = place.about("verify", &[]);
    assert_eq!(done.status, 5, "{}", done.err);
    assert!(
        !done.out.is_empty() && done.err.contains("is damaged: 1 readings are lost"),
        "{}{}",
        done.out,
        done.err
    );
    assert_eq!(fs::read(&place.file).unwrap(), bytes, "nothing is changed");
}

#[test]
fn what_is_no_outbox_is_told_and_left_alone() {
    let place = Place::new();
    let text = place.server.home().join("notes.txt");
    fs::write(&text, "no outbox\n".repeat(1000)).unwrap();
    for what in ["stat", "ls", "export", "verify", "replay", "quarantine"] {
        place.about(what, &[]).fails(2, &[place.path(), "is not there"]);
        assert!(!place.file.exists(), "{what}");
        place.server.run(&["outbox", what, text.to_str().unwrap()]).fails(2, &["notes.txt is no outbox"]);
        place.server.run(&["outbox", what, "/proc"]).fails(2, &["/proc is a folder"]);
    }
    for choice in ["--discard", "--retry"] {
        place.about("quarantine", &[choice]).fails(2, &[place.path()]);
        place.server.run(&["outbox", "quarantine", text.to_str().unwrap(), choice]).fails(2, &["notes.txt"]);
    }
    assert_eq!(fs::read_to_string(&text).unwrap().len(), 10_000);
}

#[test]
fn figures_for_prometheus() {
    let place = Place::new();
    assert_eq!(place.store(NOWHERE, &["a=1", "--wait", "0"]).status, 0);
    let text = place.about("stat", &["--format", "prometheus"]).ok();
    let sample = format!("byteport_outbox_queued{{outbox=\"{}\"}} 1", place.path());
    assert!(text.lines().any(|line| line == sample), "{text}");
    assert!(text.contains("# TYPE byteport_outbox_accepted_total counter"), "{text}");
}
