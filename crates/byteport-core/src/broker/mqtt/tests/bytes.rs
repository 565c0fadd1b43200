// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The bytes of each packet, and bytes of any kind.

use proptest::prelude::*;

use super::*;
use crate::broker::Will;
use crate::broker::mqtt::decode::{OVERHEAD, Packet, Publish, decode};
use crate::broker::mqtt::encode;
use crate::broker::mqtt::frame::Inbox;

fn greeting(options: &BrokerOptions) -> Vec<u8> {
    let mut session = Session::new(options).unwrap();
    session.start(ZERO);
    std::mem::take(session.output())
}

/// Section 3.1: kind, length, name and level, flags, keep-alive, identifier, user name, password.
#[test]
fn connect() {
    let expected = [
        &[0x10, 36, 0, 4][..],
        b"MQTT",
        &[4, 0b1100_0000, 0, 60],
        &[0, 7],
        b"ns1.d-1",
        &[0, 7],
        b"ns1:joe",
        &[0, 6],
        b"s3cret",
    ];
    assert_eq!(greeting(&options()), expected.concat());
}

/// Section 3.1 with all there is: the will at QoS 1 and retained, a clean session, a keep-alive that is rounded up.
#[test]
fn connect_with_a_will() {
    let all = options()
        .vhost("/")
        .client_id("x")
        .clean_session(true)
        .keep_alive(Duration::from_millis(299_001))
        .will(Will::new("gone/x", [0, 1, 2]).retain(true));
    let expected = [
        &[0x10, 41, 0, 4][..],
        b"MQTT",
        &[4, 0b1110_1110, 1, 44],
        &[0, 1],
        b"x",
        &[0, 6],
        b"gone/x",
        &[0, 3, 0, 1, 2],
        &[0, 5],
        b"/:joe",
        &[0, 6],
        b"s3cret",
    ];
    let expected = expected.concat();
    assert_eq!(greeting(&all), expected);
    let plain = greeting(&all.will(Will::new("gone/x", [0, 1, 2]).confirm(false)));
    assert_eq!((plain[9], plain.len()), (0b1100_0110, expected.len()));
}

#[test]
fn connect_without_keep_alive_and_with_the_longest() {
    let seconds = |interval| greeting(&options().keep_alive(interval))[10..12].to_vec();
    assert_eq!(seconds(ZERO), [0, 0]);
    assert_eq!(seconds(Duration::from_millis(1)), [0, 1]);
    assert_eq!(seconds(Duration::from_millis(65_535_900)), [0xff, 0xff]);
}

/// Section 3.3, with the topic of its example.
#[test]
fn publish() {
    let bytes = |body: &[u8], id, again| {
        let mut out = Vec::new();
        encode::publish(&mut out, "a/b", body, id, again);
        out
    };
    assert_eq!(bytes(b"", Some(10), false), [0x32, 7, 0, 3, b'a', b'/', b'b', 0, 10]);
    assert_eq!(bytes(b"!", Some(0xabcd), true), [0x3a, 8, 0, 3, b'a', b'/', b'b', 0xab, 0xcd, b'!']);
    assert_eq!(bytes(b"!", None, false), [0x30, 6, 0, 3, b'a', b'/', b'b', b'!']);
}

/// Table 2.4: the least and the most of each number of bytes.
#[test]
fn lengths() {
    let lengths: [(usize, &[u8]); 8] = [
        (0, &[0]),
        (127, &[0x7f]),
        (128, &[0x80, 1]),
        (16_383, &[0xff, 0x7f]),
        (16_384, &[0x80, 0x80, 1]),
        (2_097_151, &[0xff, 0xff, 0x7f]),
        (2_097_152, &[0x80, 0x80, 0x80, 1]),
        (encode::LONGEST_PACKET, &[0xff, 0xff, 0xff, 0x7f]),
    ];
    for (length, expected) in lengths {
        let mut out = vec![9];
        encode::header(&mut out, 0x30, length);
        assert_eq!(out, [&[9, 0x30], expected].concat());
    }
}

fn packets(pieces: &[&[u8]], longest: usize) -> Vec<(u8, Vec<u8>)> {
    let (mut inbox, mut packets) = (Inbox::default(), Vec::new());
    for mut piece in pieces.iter().copied() {
        while let Some(frame) = inbox.next(&mut piece, longest).unwrap() {
            packets.push((frame.first, frame.rest.to_vec()));
        }
        assert!(piece.is_empty());
    }
    packets
}

/// A packet whose length takes two bytes comes byte by byte, and a whole one after it.
#[test]
fn packets_come_in_pieces() {
    let mut bytes = Vec::new();
    encode::publish(&mut bytes, "t", &[5; 300], Some(9), false);
    encode::puback(&mut bytes, 3);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(packets(&single, 1000), packets(&[&bytes], 1000));
    assert_eq!(packets(&[&bytes], 1000)[1], (0x40, vec![0, 3]));
}

/// Memory follows what came, not what is announced, and goes when the packet is done.
#[test]
fn an_announced_packet_takes_no_memory() {
    let mut inbox = Inbox::default();
    assert_eq!(inbox.next(&mut &[0x30, 0x80, 0x80, 0x80, 8][..], 16 << 20), Ok(None));
    assert!(inbox.capacity() <= 64, "{}", inbox.capacity());
    let body = vec![0; 16 << 20];
    assert!(inbox.next(&mut &body[..], 16 << 20).unwrap().is_some());
    assert!(inbox.capacity() <= (16 << 20) + 5);
    assert_eq!(inbox.next(&mut &[][..], 16 << 20), Ok(None));
    assert!(inbox.capacity() <= 64 << 10);
}

/// Bytes that look like packets often enough to come far.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let kinds = prop::sample::select(vec![0x20, 0x30, 0x31, 0x32, 0x3a, 0x40, 0x90, 0xd0]);
    let packet = (kinds, prop::collection::vec(0..4u8, 0..9)).prop_map(|(first, rest)| {
        let mut packet = vec![first, rest.len().to_le_bytes()[0]];
        packet.extend(rest);
        packet
    });
    let mostly = prop_oneof![8 => packet, 1 => Just(vec![0x40, 2, 0, 1]), 1 => any::<Vec<u8>>()];
    prop::collection::vec(mostly, 0..20).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes in any pieces: no panic, no more memory than the limit says, and the pieces make no difference.
    #[test]
    fn any_bytes(bytes in noise(), cuts in prop::collection::vec(1..40usize, 0..20), is_open in any::<bool>()) {
        const LIMIT: usize = 100;
        let run = |pieces: Vec<&[u8]>| {
            let mut session = Session::new(&options().max_message(LIMIT)).unwrap();
            session.subscribe("s").unwrap();
            super::publish(&mut session, 1);
            session.start(ZERO);
            let mut failure = session.receive(if is_open { &CONNACK } else { &[] }, ZERO).err();
            for piece in pieces {
                failure = failure.or(session.receive(piece, ZERO).err());
                assert!(session.inbox_capacity() <= LIMIT + OVERHEAD + 5);
            }
            format!("{failure:?} {:?}", signals(&mut session))
        };
        let (mut pieces, mut left) = (Vec::new(), bytes.as_slice());
        for cut in cuts {
            let (piece, rest) = left.split_at(cut.min(left.len()));
            pieces.push(piece);
            left = rest;
        }
        pieces.push(left);
        prop_assert_eq!(run(pieces), run(vec![&bytes]));
    }

    /// What goes out as a PUBLISH comes in as the same.
    #[test]
    fn publish_there_and_back(
        topic in "[^\0+#]{1,300}", body in any::<Vec<u8>>(), id in prop::option::of(1..=u16::MAX), again in any::<bool>()
    ) {
        let (mut bytes, again, mut inbox) = (Vec::new(), again && id.is_some(), Inbox::default());
        encode::publish(&mut bytes, &topic, &body, id, again);
        let mut left = bytes.as_slice();
        let frame = inbox.next(&mut left, usize::MAX).unwrap().unwrap();
        let expected = Publish { topic: &topic, id, again, body: &body };
        prop_assert_eq!(decode(frame).unwrap(), Packet::Publish(expected));
        prop_assert!(left.is_empty());
    }

    #[test]
    fn puback_there_and_back(id in 1..=u16::MAX) {
        let (mut bytes, mut inbox) = (Vec::new(), Inbox::default());
        encode::puback(&mut bytes, id);
        let frame = inbox.next(&mut bytes.as_slice(), 0).unwrap().unwrap();
        prop_assert_eq!(decode(frame).unwrap(), Packet::PubAck(id));
    }
}
