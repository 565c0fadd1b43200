// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting's texts, read back by parsers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::stats::Dropped;
use super::*;

fn stats() -> Stats {
    let mut dropped = Dropped::default();
    dropped.add(Reason::Age, 3);
    dropped.add(Reason::Discarded, 4);
    Stats {
        accepted: 1000,
        delivered: 900,
        queued: 91,
        quarantined: 2,
        dropped,
        queued_in_memory: 11,
        memory_bytes: 1234,
        disk_bytes: u64::MAX,
        oldest_age: Some(Duration::from_millis(1500)),
        accepted_rate: 0.25,
        delivered_rate: 1e-7,
        retries: 5,
        calls: 6,
        link: LinkState::Down,
        disk: DiskState::Ok,
        last_error: "no \"route\"".to_owned(),
        committed_sequence: 7,
        synced_sequence: 8,
        last_sequence: 1000,
        moved_aside: 9,
    }
}

type Labels = BTreeMap<String, String>;

/// Reads `{a="b",...}` up to its end; gives what follows.
fn read_labels(text: &str) -> (Labels, &str) {
    let (mut labels, mut rest) = (Labels::new(), text.strip_prefix('{').unwrap());
    loop {
        let (name, after) = rest.split_once("=\"").unwrap();
        let (mut value, mut chars) = (String::new(), after.char_indices());
        let end = loop {
            match chars.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    c @ ('\\' | '"') => c,
                    c => panic!("unknown escape {c}"),
                }),
                (_, c) => value.push(c),
            }
        };
        assert!(labels.insert(name.to_owned(), value).is_none(), "{name} twice");
        match &after[end + 1..] {
            done if done.starts_with('}') => return (labels, &done[1..]),
            more => rest = more.strip_prefix(',').unwrap(),
        }
    }
}

/// Every sample by name and labels, with the checks of the text format 0.0.4: help and type once and before a name's samples,
/// which come without a gap; no sample twice; a counter's name ends in `_total`.
fn read_metrics(text: &str) -> BTreeMap<(String, Labels), f64> {
    assert!(text.ends_with('\n'));
    let (mut samples, mut names) = (BTreeMap::new(), BTreeSet::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (name, help) = line.strip_prefix("# HELP ").unwrap().split_once(' ').unwrap();
        assert!(names.insert(name.to_owned()) && !help.is_empty(), "{line}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
        let kind = lines.next().unwrap().strip_prefix(&format!("# TYPE {name} ")).unwrap();
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
        assert!(["counter", "gauge"].contains(&kind));
        let mut count = 0;
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let (labels, value) = read_labels(line.strip_prefix(name).unwrap());
            let value: f64 = value.strip_prefix(' ').unwrap().parse().unwrap();
            assert!(samples.insert((name.to_owned(), labels), value).is_none(), "{line}");
            count += 1;
        }
        assert!(count > 0, "{name} has no sample");
    }
    samples
}

#[test]
fn json_has_every_field_under_its_name() {
    let json: serde_json::Value = serde_json::from_str(&stats().to_json()).unwrap();
    let shown = format!("{:?}", stats());
    let fields = shown.trim_start_matches("Stats { ").split(", ").filter_map(|part| part.split_once(": "));
    let fields: BTreeSet<&str> = fields.map(|(name, _)| name).collect();
    let keys: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, fields);
    assert_eq!(json["accepted"], 1000);
    assert_eq!(json["disk_bytes"], u64::MAX);
    assert_eq!(json["oldest_age"], 1.5);
    assert_eq!(json["delivered_rate"], 1e-7);
    assert_eq!(json["last_error"], "no \"route\"");
    assert_eq!((json["link"].as_str(), json["disk"].as_str()), (Some("down"), Some("ok")));
    let dropped = serde_json::json!(
        {"full": 0, "thinned": 0, "age": 3, "damage": 0, "quarantine": 0, "discarded": 4, "total": 7}
    );
    assert_eq!(json["dropped"], dropped);
}

#[test]
fn json_tells_what_there_is_none_of() {
    let empty = Stats { oldest_age: None, last_error: String::new(), accepted_rate: f64::NAN, ..stats() };
    let json: serde_json::Value = serde_json::from_str(&empty.to_json()).unwrap();
    assert!(json["oldest_age"].is_null() && json["last_error"].is_null() && json["accepted_rate"].is_null());
    let samples = read_metrics(&empty.to_prometheus("o"));
    let labels = Labels::from([("outbox".to_owned(), "o".to_owned())]);
    assert_eq!(samples[&("byteport_outbox_oldest_age_seconds".to_owned(), labels)], 0.0);
}

#[test]
fn prometheus_reads_every_number_with_the_outbox_as_its_label() {
    let outbox = "/var/lib/a \"b\"\\c\nd,e}é";
    let samples = read_metrics(&stats().to_prometheus(outbox));
    assert!(samples.keys().all(|(_, labels)| labels["outbox"] == outbox));
    let plain =
        |name: &str| samples[&(name.to_owned(), Labels::from([("outbox".to_owned(), outbox.to_owned())]))];
    assert_eq!(plain("byteport_outbox_accepted_total"), 1000.0);
    assert_eq!(plain("byteport_outbox_queued"), 91.0);
    assert_eq!(plain("byteport_outbox_oldest_age_seconds"), 1.5);
    assert_eq!(plain("byteport_outbox_delivered_rate"), 1e-7);
    assert_eq!(plain("byteport_outbox_moved_aside_total"), 9.0);
    let by = |name: &str, label: &str| -> BTreeMap<String, f64> {
        let of = |(other, _): &(&(String, Labels), &f64)| other.0 == name;
        samples.iter().filter(of).map(|((_, labels), value)| (labels[label].clone(), *value)).collect()
    };
    let dropped = by("byteport_outbox_dropped_total", "reason");
    assert_eq!((dropped["age"], dropped["discarded"], dropped.values().sum::<f64>()), (3.0, 4.0, 7.0));
    let (link, disk) = (by("byteport_outbox_link", "state"), by("byteport_outbox_disk", "state"));
    assert_eq!((link["down"], link.values().sum::<f64>(), link.len()), (1.0, 1.0, LinkState::ALL.len()));
    assert_eq!((disk["ok"], disk.values().sum::<f64>(), disk.len()), (1.0, 1.0, DiskState::ALL.len()));
}
