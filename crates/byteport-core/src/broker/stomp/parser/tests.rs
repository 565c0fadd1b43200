// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
use proptest::prelude::*;

use super::*;
use crate::broker::stomp::writer::write;

/// The frames in these bytes, fed in pieces of this size.
fn frames(bytes: &[u8], piece: usize, most_body: usize) -> Result<Vec<Frame>> {
    let mut parser = Parser::new(most_body);
    let mut frames = Vec::new();
    for mut part in bytes.chunks(piece) {
        while let Some(frame) = parser.next(&mut part)? {
            frames.push(frame);
        }
    }
    Ok(frames)
}

fn one(bytes: &[u8]) -> Frame {
    let mut all = frames(bytes, bytes.len(), 100).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn code(bytes: &[u8]) -> ErrorCode {
    frames(bytes, bytes.len(), 100).unwrap_err().code()
}

#[test]
fn lines_end_either_way_and_signs_of_life_are_skipped() {
    let bytes = b"\n\r\n\nMESSAGE\r\na:1\r\nb\\c\\n: x\\\\y\\r\r\n\r\nbody\0\n\nRECEIPT\na:\n\n\0\n";
    for piece in 1..bytes.len() {
        let all = frames(bytes, piece, 100).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].header("a"), all[0].header("b:\n")), (Some("1"), Some(" x\\y\r")));
        assert_eq!((all[0].body.as_slice(), all[1].header("a")), (b"body".as_slice(), Some("")));
    }
}

#[test]
fn of_repeated_headers_the_first_counts() {
    let frame = one(b"M\na:1\na:2\ncontent-length:2\ncontent-length:9\n\n\0x\0");
    assert_eq!(
        (frame.header("a"), frame.headers.len(), frame.body.as_slice()),
        (Some("1"), 2, b"\0x".as_slice())
    );
}

#[test]
fn a_greeting_is_not_escaped() {
    let frame = one(b"CONNECTED\nserver:a\\b:c\n\n\0");
    assert_eq!(frame.header("server"), Some("a\\b:c"));
}

#[test]
fn what_is_not_stomp_is_refused() {
    let bad: [&[u8]; 13] = [
        b"M\na\n\n\0",
        b"M\n:a\n\n\0",
        b"M\na:\\t\n\n\0",
        b"M\na:\\\n\n\0",
        b"M\na:\0\n\n\0",
        b"M\0\n",
        b"M\na:\xff\n\n\0",
        b"M\na:b\rc\n\n\0",
        b"\xc3\n",
        b"M\ncontent-length:x\n\n\0",
        b"M\ncontent-length:+1\n\nx\0",
        b"M\ncontent-length:\n\nx\0",
        b"M\ncontent-length:1\n\nxy\0",
    ];
    for bytes in bad {
        assert_eq!(code(bytes), ErrorCode::InvalidAnswer, "{bytes:?}");
    }
}

#[test]
fn a_body_has_a_limit_and_is_refused_when_announced() {
    let of = |length: usize| format!("M\n\n{}\0", "x".repeat(length)).into_bytes();
    assert_eq!(one(&of(100)).body.len(), 100);
    assert_eq!(code(&of(101)), ErrorCode::AnswerTooLarge);
    let endless = format!(
        "M

{}",
        "x".repeat(101)
    );
    assert_eq!(code(endless.as_bytes()), ErrorCode::AnswerTooLarge);
    for length in ["101", "1000000000", "99999999999999999999999999"] {
        assert_eq!(code(format!("M\ncontent-length:{length}\n\n").as_bytes()), ErrorCode::AnswerTooLarge);
    }
}

#[test]
fn a_head_has_a_limit() {
    let line = format!("a:{}\n", "x".repeat(997));
    let fits = format!("M\n{}\n\0", line.repeat(65));
    assert_eq!(one(fits.as_bytes()).headers.len(), 1);
    assert_eq!(code(format!("M\n{}\n\0", line.repeat(66)).as_bytes()), ErrorCode::InvalidAnswer);
    for endless in [
        vec![b'M'; LONGEST_HEAD + 1],
        b"\n".repeat(9).into_iter().chain(vec![b'a'; LONGEST_HEAD + 1]).collect(),
    ] {
        for piece in [1000, endless.len()] {
            assert!(frames(&endless, piece, 100).is_err());
        }
    }
    assert!(frames(&b"\n".repeat(LONGEST_HEAD * 2), 1000, 100).unwrap().is_empty());
    let many = |count: usize| format!("M\n{}\n\0", "a:b\n".repeat(count));
    one(many(MOST_HEADERS).as_bytes());
    assert_eq!(code(many(MOST_HEADERS + 1).as_bytes()), ErrorCode::InvalidAnswer);
}

#[test]
fn memory_grows_with_what_came() {
    let mut parser = Parser::new(1 << 30);
    let mut bytes = b"M\ncontent-length:1000000000\n\nabc".as_slice();
    assert!(parser.next(&mut bytes).unwrap().is_none());
    assert!(parser.frame.body.capacity() < 1000);
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    // Bytes that mean something are more likely than others.
    let byte = prop_oneof![prop::sample::select(b"\n\n\n\r\0\0:\\cn1M".to_vec()), any::<u8>()];
    let length = (0usize..40).prop_map(|length| format!("content-length:{length}\n").into_bytes());
    let piece =
        prop_oneof![8 => byte.prop_map(|byte| vec![byte]), 1 => Just(b"M\na:b\n".to_vec()), 1 => length];
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_mean_the_same_in_any_pieces(bytes in bytes(), piece in 1usize..50) {
        let whole = frames(&bytes, bytes.len().max(1), 30).map_err(|error| error.to_string());
        let parts = frames(&bytes, piece, 30).map_err(|error| error.to_string());
        prop_assert_eq!(&whole, &parts);
        for frame in whole.unwrap_or_default() {
            prop_assert!(frame.body.len() <= 30);
        }
    }

    #[test]
    fn a_frame_comes_back(
        headers in prop::collection::btree_map("[^\0]{1,8}", "[^\0]{0,20}", 0..6),
        body in prop::option::of(prop::collection::vec(any::<u8>(), 0..90)),
        piece in 1usize..50,
    ) {
        prop_assume!(!headers.contains_key("content-length"));
        let texts: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut wire = Vec::new();
        write(&mut wire, "MESSAGE", &texts, body.as_deref());
        let frame = frames(&wire, piece, 100).unwrap().remove(0);
        let came: Vec<(&str, &str)> = frame.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        prop_assert_eq!(&came[..texts.len()], &texts[..]);
        prop_assert_eq!(came.len(), texts.len() + usize::from(body.is_some()));
        prop_assert_eq!(frame.body, body.unwrap_or_default());
    }
}
