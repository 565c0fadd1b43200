// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Lines: what was written reads back, and nothing else does.

use proptest::prelude::*;

use super::*;
use crate::http::Form;

const NAME: &str = "[0-9a-zA-Z:][0-9a-zA-Z:_-]{0,31}";

fn values() -> impl Strategy<Value = Value> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        (POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO).prop_map(Value::Number),
        any::<String>().prop_map(|text| Value::Text(text.replace('\0', ""))),
        any::<Vec<u8>>().prop_map(Value::Bytes),
    ]
}

fn readings() -> impl Strategy<Value = Reading> {
    proptest::collection::vec((NAME, values()), 0..6).prop_map(|fields| {
        let mut reading = Reading::unstamped();
        for (name, value) in fields {
            reading.set(&name, value).unwrap();
        }
        reading
    })
}

fn stamps() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        (-62_135_596_800_000_000..253_402_300_800_000_000i64)
            .prop_map(|micros| Stamp::Wall(Timestamp::from_micros(micros))),
        (0..10_000_000_000i64).prop_map(|secs| Stamp::Wall(Timestamp::from_micros(secs * 1_000_000))),
        ("[0-9a-f-]{0,64}", any::<u64>())
            .prop_map(|(boot_id, micros)| Stamp::Boot { boot_id, uptime: Duration::from_micros(micros) }),
    ]
}

fn when(stamp: &Stamp) -> When<'_> {
    match stamp {
        Stamp::Wall(time) => When::Wall(*time),
        Stamp::Boot { boot_id, uptime } => When::Boot { boot_id, uptime: uptime.as_micros() as u64 },
    }
}

fn form_of(reading: &Reading) -> String {
    let mut form = Form::new();
    for (name, value) in reading.fields() {
        form.add(name, &value.to_wire().unwrap());
    }
    form.into_string()
}

/// A line with the right checksum, whatever it holds.
fn sealed(rest: &[u8]) -> Vec<u8> {
    let mut line = [b"00000000 ", rest].concat();
    seal(&mut line, 0);
    line.pop();
    line
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_reads_back(
        namespace in NAME, device in NAME, reading in readings(), stamp in stamps(), before in any::<Vec<u8>>()
    ) {
        let mut out = before.clone();
        write(&mut out, &when(&stamp), &namespace, &device, &reading).unwrap();
        let line = out.strip_prefix(&before[..]).unwrap().strip_suffix(b"\n").unwrap();
        prop_assert!(!line.contains(&b'\n'));
        let read = read(line).unwrap();
        prop_assert_eq!(read.address, format!("{namespace}.{device}"));
        prop_assert_eq!(read.form, form_of(&reading));
        prop_assert_eq!(Stamp::from(read.when), stamp.clone());
        if let Stamp::Wall(time) = stamp {
            let text = format!(" {time} ");
            prop_assert!(line[8..].starts_with(text.as_bytes()));
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed(
        reading in readings(), place in any::<prop::sample::Index>(), change in 1..=255u8
    ) {
        let mut line = Vec::new();
        write(&mut line, &When::Wall(Timestamp::from_micros(1)), "n", "d", &reading).unwrap();
        line.pop();
        let place = place.index(line.len());
        prop_assert_eq!(read(&line[..place]), None);
        line[place] ^= change;
        prop_assert_eq!(read(&line), None);
    }

    #[test]
    fn no_bytes_are_too_strange_to_be_read(bytes in any::<Vec<u8>>(), text in "[ @+.&=%0-9a-z-]{0,60}") {
        let _ = (read(&bytes), read(&sealed(&bytes)), read(&sealed(text.as_bytes())));
        let joined: Vec<u8> = spans(&bytes).flat_map(|span| [&bytes[span], b"\n"].concat()).collect();
        let whole = bytes.is_empty() || bytes.ends_with(b"\n");
        prop_assert_eq!(joined, if whole { bytes } else { [&bytes[..], b"\n"].concat() });
    }
}

#[test]
fn a_line_looks_as_the_head_of_the_file_says() {
    let mut reading = Reading::unstamped();
    reading.set("Speed1", 12.5).unwrap().set("state", "rolling").unwrap();
    let mut out = Vec::new();
    let when = When::Wall(Timestamp::from_micros(1_430_438_400_012_345));
    write(&mut out, &when, "megamine", "cart-44", &reading).unwrap();
    let shown = include_str!("../line.rs")
        .lines()
        .find_map(|line| line.strip_prefix("//! ").filter(|line| line.contains("Speed1")));
    assert_eq!(std::str::from_utf8(&out).unwrap().trim_end(), shown.unwrap());
}

#[test]
fn the_slots_of_a_block_are_counted_empty_ones_too() {
    let slots = |body: &[u8]| spans(body).collect::<Vec<_>>();
    assert_eq!(slots(b""), []);
    assert_eq!(slots(b"ab\n\n\nc\n"), [0..2, 3..3, 4..4, 5..6]);
    assert_eq!(slots(b"\nab"), [0..0, 1..3]);
}

#[test]
fn what_cannot_be_written_leaves_no_trace() {
    let good = When::Wall(Timestamp::from_micros(0));
    let late = When::Wall(Timestamp::from_micros(i64::MAX));
    let boot = |boot_id| When::Boot { boot_id, uptime: 1 };
    let long = "b".repeat(65);
    let bad = [
        (good, "a b", "d", ErrorCode::InvalidName),
        (good, "n", "", ErrorCode::InvalidName),
        (late, "n", "d", ErrorCode::InvalidTimestamp),
        (boot("a b"), "n", "d", ErrorCode::InvalidArgument),
        (boot("a+1"), "n", "d", ErrorCode::InvalidArgument),
        (boot("a\n"), "n", "d", ErrorCode::InvalidArgument),
        (boot(&long), "n", "d", ErrorCode::InvalidArgument),
    ];
    for (when, namespace, device, code) in bad {
        let mut out = b"before\n".to_vec();
        let error = write(&mut out, &when, namespace, device, &Reading::unstamped()).unwrap_err();
        assert_eq!((error.code(), &out[..]), (code, &b"before\n"[..]));
    }
}

#[test]
fn the_right_checksum_alone_is_not_enough() {
    assert!(read(&sealed(b"0 n.d a=1&b=%C3%A9+*")).is_some());
    assert!(read(&sealed(b"-1.5 n.d x%3Ay=")).is_some());
    assert!(read(&sealed(b"@+0 n.d ")).is_some());
    for rest in [
        "",
        "0 n.d",
        "0 n d a=1",
        "x n.d a=1",
        "1e3 n.d a=1",
        "300000000000 n.d a=1",
        "@ n.d a=1",
        "@b+ n.d a=1",
        "@b+-1 n.d a=1",
        "@b++1 n.d a=1",
        "@b+99999999999999999999 n.d a=1",
        "0 nd a=1",
        "0 n.d.e a=1",
        "0 .d a=1",
        "0 n./../x a=1",
        "0 n.d a",
        "0 n.d =1",
        "0 n.d a=1&",
        "0 n.d a=1&&b=2",
        "0 n.d a=1 b=2",
        "0 n.d a=1\nb=2",
        "0 n.d a=1;b",
        "0 n.d a=\u{e9}",
        "0 n.d _key=1",
        "0 n.d a=1&%5Fts=2",
        "0 n.d a%20b=2",
    ] {
        assert_eq!(read(&sealed(rest.as_bytes())), None, "{rest:?}");
    }
    assert_eq!(read(&sealed(b"0 n.d a=\xff")), None);
}
