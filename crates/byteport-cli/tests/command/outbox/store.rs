// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing through an outbox.

use std::fs;

use serde_json::Value;

use super::{NOT_FOUND, NOWHERE, Place};
use crate::support::{KEY, run, stranger};

#[test]
fn what_is_stored_without_a_server_is_delivered_by_the_next_command() {
    let place = Place::new();
    let done = place.store(NOWHERE, &["a=1", "b=x y", "--timestamp", "1430438400", "--wait", "0.2"]);
    assert_eq!((done.status, done.out.as_str(), done.err.lines().count()), (0, "", 1), "{}", done.err);
    for part in ["delivered 0, kept 1 in ", place.path(), "127.0.0.1:9"] {
        assert!(done.err.contains(part), "{}", done.err);
    }
    place.holds(1, 0, 1, 0);
    let list = place.about("ls", &[]).ok();
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(lines[1].contains(" 2015-05-01T00:00:00.000000Z  garage.cart "), "{list}");
    assert!(lines[1].ends_with("  a=1;b=\"x y\";"), "{list}");
    assert_eq!(place.store(&place.server.url, &["a=2", "--timestamp", "1430438401"]).ok(), "");
    place.holds(2, 2, 0, 0);
    assert_eq!(place.series("a"), ["2015-05-01T00:00:00.000000Z,1", "2015-05-01T00:00:01.000000Z,2"]);
    assert_eq!(place.series("b"), ["2015-05-01T00:00:00.000000Z,x y"]);
    assert_eq!(place.about("ls", &[]).ok().lines().count(), 1);
}

#[test]
fn verbose_says_what_was_delivered() {
    let place = Place::new();
    let done = place.store(&place.server.url, &["-v", "a=1"]);
    assert!(done.status == 0 && done.err.ends_with(" delivered 1\n"), "{}", done.err);
}

#[test]
fn a_sign_of_life_goes_through_it_too() {
    let place = Place::new();
    place.server.run(&["read", "cart.a"]).fails(1, &["HTTP 404"]);
    assert_eq!(place.store(&place.server.url, &[]).ok(), "");
    assert_eq!(place.server.ok(&["read", "cart.a", "--format", "csv"]), "time,value\r\n");
}

#[test]
fn the_exit_status_tells_whether_a_level_was_reached() {
    let place = Place::new();
    let store = |host: &str, level, args: &[&str]| {
        place.store(host, &[&["a=1", "--wait", "0", "--durability", level], args].concat())
    };
    for level in ["memory", "disk", "synced"] {
        assert_eq!(store(NOWHERE, level, &[]).status, 0, "{level}");
    }
    place.holds(3, 0, 3, 0);
    store(NOWHERE, "delivered", &["--timeout", "0.3"]).fails(3, &["delivered 0, kept 4 in ", "127.0.0.1:9"]);
    assert_eq!(store(&place.server.url, "delivered", &[]).status, 0);
    place.about("replay", &[]).ok();
    place.holds(5, 5, 0, 0);
    let refused = store(&stranger(Some(NOT_FOUND)), "delivered", &[]);
    refused.fails(1, &["quarantined 1", "byteport outbox quarantine", "HTTP 404"]);
    place.holds(6, 5, 0, 1);
}

#[test]
fn a_refused_key_keeps_everything() {
    let place = Place::new();
    let with = |key: &str, args: &[&str]| run(place.server.command().env("BYTEPORT_KEY", key).args(args));
    let store = ["store", "--outbox", place.path(), "a=1"];
    let done = with("wrong", &store);
    assert!(
        done.status == 0 && done.err.contains("kept 1 in ") && done.err.contains("HTTP 403"),
        "{}",
        done.err
    );
    with("wrong", &[&store[..], &["--durability", "delivered", "--timeout", "1", "--wait", "60"]].concat())
        .fails(1, &["kept 2 in ", "HTTP 403"]);
    with("wrong", &["outbox", "replay", place.path()]).fails(1, &["kept 2 in ", "HTTP 403"]);
    assert_eq!(with(KEY, &["outbox", "replay", place.path()]).ok(), "");
    place.holds(2, 2, 0, 0);
}

#[test]
fn without_a_clock_readings_have_the_time_since_the_start() {
    let place = Place::new();
    let done = place.store(&place.server.url, &["a=1", "--clock-floor", "2200-01-01"]);
    assert!(
        done.status == 0 && done.err.contains("kept 1 in ") && done.err.contains("clock"),
        "{}",
        done.err
    );
    let line: Value = serde_json::from_str(&place.about("export", &[]).ok()).unwrap();
    assert!(line["uptime"].as_f64().unwrap() > 0.0 && line["boot"].is_string(), "{line}");
    assert!(place.about("ls", &[]).ok().lines().nth(1).unwrap().contains("  +"));
    let packets = place.about("export", &["--format", "packets"]);
    assert_eq!((packets.status, packets.out.as_str()), (0, "[]\n"));
    assert!(packets.err.contains("left out 1 without a time of day"), "{}", packets.err);
}

#[test]
fn a_full_outbox_refuses_or_drops_as_told() {
    let place = Place::new();
    let store = |choice: &str| {
        place.store(NOWHERE, &["a=1", "--wait", "0", "--max-count", "1", "--when-full", choice])
    };
    assert_eq!(store("reject").status, 0);
    store("reject").fails(3, &["outbox", "--when-full"]);
    store("drop_newest").fails(3, &["dropped"]);
    let done = store("drop_oldest");
    assert!(done.status == 0 && done.err.contains("dropped 1 (full)"), "{}", done.err);
    place.store(NOWHERE, &["a=1", "--when-full", "burst"]).fails(2, &["drop_oldest", "thin_out"]);
}

#[test]
fn options_are_checked_before_anything_is_made() {
    let place = Place::new();
    for (args, part) in [
        (&["a=1", "--max-disk", "1"][..], "too few"),
        (&["a=1", "--max-disk", "16MB"], "is not a number of bytes"),
        (&["a=1", "--max-rate", "-1"], "above zero"),
        (&["a=1", "--connections", "0"], "connections"),
        (&["a=1", "--wait", "-1"], "wait \"-1\""),
        (&["a=1", "--max-age", "1"], "is not a length of time"),
        (&["a=1", "--clock-floor", "noon"], "is not a time"),
        (&["a=1", "--durability", "safe"], "delivered"),
        (&["a=1", "--lines"], "cannot be used with"),
        (&["b b=1"], "invalid field name"),
    ] {
        place.store(NOWHERE, args).fails(2, &[part]);
        assert!(!place.file.exists(), "{args:?}");
    }
    place.server.run(&["store", "--lines"]).fails(2, &["--outbox"]);
    place.server.run(&["store", "a=1", "--max-disk", "1M"]).fails(2, &["--outbox"]);
}

#[test]
fn no_secret_is_in_the_file_or_printed() {
    let place = Place::new();
    for host in [NOWHERE, &place.server.url] {
        let mut command = place.at(host);
        command
            .env("BYTEPORT_LEGACY_KEY", "Lk8-of-the-test")
            .args(["-vvv", "store", "a=1", "--wait", "0.2", "--outbox"]);
        let done = run(command.arg(place.path()));
        for entry in fs::read_dir(place.server.home()).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("readings") {
                let bytes = fs::read(entry.path()).unwrap();
                for secret in [KEY, "Lk8-of-the-test"] {
                    assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
                    assert!(!done.err.contains(secret) && !done.out.contains(secret), "{}", done.err);
                }
            }
        }
    }
}
