// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The scan beside serde_json, over answers that are mutated by a fixed seed: it never reads anything else.

use super::*;
use crate::http::SeriesValues;

const SEEDS: u64 = 4;
const MUTATIONS: usize = 25_000;

/// A point as `byteport-server` writes it.
const POINT: &str = r#"{"t":"2015-05-01T00:00:00.012345","v":20.25,"r":"1430438400012345","m":{"trv":false,"vlen":5,"hdts":"1430438400012345"}}"#;

/// Points, members and odd ends that a mutation may put anywhere.
const PIECES: &[&str] = &[
    POINT,
    r#"{"t":"2015-05-01","v":"rolling"}"#,
    r#"{"v":-0,"t":"1970-01-01T00:00"}"#,
    r#"{"t":"1969-12-31T23:59:59.9999999+01:00","v":null,"m":{"a":[{"b":[[]]},1e999,"\""]}}"#,
    r#"{"t":"2015-05-01T23:59:59.999999","v":2}"#,
    r#"{"t":"2015-05-01 13:14:15.000016Z","v":2}"#,
    r#"{"t":"2015-05-01","v":1,"v":2}"#,
    r#"["2015-05-01",7]"#,
    r#"{"t":"2015-05-01","v":"say \"no\"\n\u00e9"}"#,
    r#"{"t":"2015-05-01","v":"hö"}"#,
    r#"{"t":"\u0032015-05-01","v":1}"#,
    "{}",
    "[]",
    "[[[[[[[[[[[[",
    "]]]]]]]]]]]]",
    r#""data":{"ts_data":[]}"#,
    r#""ts_data":[],"#,
    r#""x":{"y":[true,false,null,-1.5E+3,{"":""}]},"#,
    " \t\r\n",
    ",",
    ":",
    "{",
    "}",
    "\"",
    "\\",
    "null",
    "true",
    "false",
    "nul",
    "-",
    "-0",
    "0",
    "01",
    "1.",
    ".5",
    "1e",
    "1E+2",
    "1e-7",
    "1e400",
    "-1e400",
    "1e-400",
    "18446744073709551615",
    "9007199254740993",
    "170141183460469231731687303715884105728",
    "0.1",
    "0.30000000000000004",
    "\0",
    "\u{7f}",
    "é",
    "NaN",
    "Infinity",
    "//",
];

/// Random numbers that are the same everywhere (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn mutate(&mut self, text: &mut Vec<u8>) {
        let start = self.below(text.len() + 1);
        let end = (start + self.below(6)).min(text.len());
        match self.below(8) {
            0 => text.truncate(start),
            1 => drop(text.drain(start..end)),
            2 if start < text.len() => text[start] = self.below(256) as u8,
            3 if start < text.len() => text[start] ^= 1 << self.below(8),
            4 => {
                let copy = text[start..end].to_vec();
                text.splice(start..start, copy);
            }
            5 => {
                let piece = PIECES[self.below(PIECES.len())];
                text.splice(start..end, piece.bytes());
            }
            _ => {
                let places: Vec<usize> = (0..text.len()).filter(|i| b"{}[],:".contains(&text[*i])).collect();
                let place = places.get(self.below(places.len().max(1))).map_or(0, |i| i + 1);
                let piece = PIECES[self.below(PIECES.len())];
                text.splice(place..place, piece.bytes());
            }
        }
    }
}

fn answer(points: &str) -> Vec<u8> {
    format!(r#"{{"meta":{{"path":"a.b.c"}},"data":{{"ts_data":[{points}],"ts_meta":{{"path":"a.b.c","seconds":86400.0,"len":3,"data_type":"number","conversion_errors":0,"reduced":false}}}}}}"#)
        .into_bytes()
}

/// The same, NaN standing for no value.
fn alike(a: &Series, b: &Series) -> bool {
    let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
    a.times == b.times
        && match (&a.values, &b.values) {
            (SeriesValues::Numbers(a), SeriesValues::Numbers(b)) => bits(a) == bits(b),
            (a, b) => a == b,
        }
}

/// Whether the scan reads it, after a look at what serde_json makes of it.
fn check(text: &[u8]) -> bool {
    let scanned = series(text);
    if let Some(scanned) = &scanned {
        let shown = String::from_utf8_lossy(text);
        let read: Series =
            serde_json::from_slice(text).unwrap_or_else(|error| panic!("serde_json: {error}: {shown}"));
        assert!(alike(scanned, &read), "{scanned:?}\n{read:?}\n{shown}");
    }
    scanned.is_some()
}

#[test]
fn mutated_answers_are_read_as_serde_json_reads_them() {
    let mut read = 0;
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        for _ in 0..MUTATIONS {
            let points: Vec<&str> = (0..random.below(4)).map(|_| PIECES[random.below(4)]).collect();
            let mut text = answer(&points.join(","));
            for _ in 0..random.below(4) {
                random.mutate(&mut text);
            }
            read += usize::from(check(&text));
        }
    }
    let all = SEEDS as usize * MUTATIONS;
    assert!(read > all / 5 && read < all * 4 / 5, "the mutations are too mild or too wild: {read} of {all}");
}

#[test]
fn an_answer_that_is_cut_is_left_to_serde_json() {
    let whole = answer(&[POINT; 2].join(","));
    assert!(check(&whole));
    for length in 0..whole.len() {
        assert!(!check(&whole[..length]), "{length}");
    }
}

#[test]
fn every_byte_of_a_time_counts() {
    let first = "2015-05-01T13:14:15.000016";
    for place in 0..first.len() {
        for byte in (0..128).filter(|byte| *byte != b'"') {
            let mut time = first.as_bytes().to_vec();
            time[place] = byte;
            let time = String::from_utf8(time).unwrap();
            let point = |time: &str| format!(r#"{{"t":"{time}","v":1}}"#);
            let is_read = check(&answer(&[point(first), point(&time), point(first)].join(",")));
            assert_eq!(is_read, Timestamp::parse_iso8601(&time).is_ok(), "{time}");
        }
    }
}

#[test]
fn every_special_byte_is_found_at_every_place() {
    for length in 0..24 {
        for place in 0..length {
            for byte in 0..=u8::MAX {
                let mut text = vec![b'~'; length];
                text[place] = byte;
                let is_special = matches!(byte, b'"' | b'\\' | 0..=31 | 128..=255);
                assert_eq!(plain_length(&text), is_special.then_some(place), "{text:?}");
            }
        }
    }
}

#[test]
fn the_usual_shapes_are_scanned() {
    for points in [
        "",
        POINT,
        r#"{"m": {"hdts": "5", "trv": "False", "vlen": 3}, "v": 1e3, "t": "2015-05-01T00:00:00"}"#,
        r#"{"t":"2015-05-01","v":"text"},{"t":"2015-05-01","v":true},{"t":"2015-05-01","v":null}"#,
    ] {
        assert!(check(&answer(points)), "{points}");
    }
    let pretty: serde_json::Value = serde_json::from_slice(&answer(POINT)).unwrap();
    assert!(check(&serde_json::to_vec_pretty(&pretty).unwrap()));
}

#[test]
fn deep_nesting_ends() {
    for depth in [5, 100, 100_000] {
        let nested = format!(r#"{{"t":"2015-05-01","v":1,"m":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&answer(&nested)), depth < usize::from(DEPTH));
        assert!(!check(&answer(&"[".repeat(depth))));
    }
}

#[test]
fn numbers_are_the_nearest() {
    for number in [0.1 + 0.2, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, -123_456.789_012_345_67, 2e22] {
        let scanned = series(&answer(&format!(r#"{{"t":"2015-05-01","v":{number:?}}}"#))).unwrap();
        assert_eq!(scanned.values, SeriesValues::Numbers(vec![number]));
    }
}
