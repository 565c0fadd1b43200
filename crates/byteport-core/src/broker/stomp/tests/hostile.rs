// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker that sends anything at all.

use proptest::prelude::*;

use super::*;
use crate::broker::Verdict;

const COMMANDS: [&str; 6] = ["CONNECTED", "MESSAGE", "RECEIPT", "ERROR", "SEND", "\n"];
const HEADERS: [&str; 10] = [
    "version:1.2\nheart-beat:10,10",
    "heart-beat:x",
    "receipt-id:1",
    "receipt-id:99999999999999999999999",
    "destination:/topic/t",
    "ack:a\\n\\cb",
    "message:access_refused",
    "message:s3cret\\n",
    "content-length:3",
    "redelivered:true",
];

fn frame() -> impl Strategy<Value = Vec<u8>> {
    let headers = prop::collection::vec(prop::sample::select(HEADERS.as_slice()), 0..4);
    let body = prop_oneof![Just(b"abc".to_vec()), prop::collection::vec(any::<u8>(), 0..5)];
    (prop::sample::select(COMMANDS.as_slice()), headers, body).prop_map(|(command, headers, body)| {
        [command.as_bytes(), b"\n", headers.join("\n").as_bytes(), b"\n\n", &body, b"\0"].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_gets_one_clear_error_and_answers_of_stomp(
        frames in prop::collection::vec(frame(), 0..12),
        piece in 1usize..40,
        is_greeted in prop::bool::weighted(0.8),
    ) {
        let mut bench = if is_greeted { Bench::open(&options()) } else { Bench::new(&options()) };
        bench.session.subscribe("/topic/t").unwrap();
        bench.publish(1, "/queue/q");
        let mut end = None;
        for part in frames.concat().chunks(piece) {
            let told = bench.session.receive(part, bench.now);
            prop_assert!(end.is_none() || told.is_err(), "it went on after the end");
            end = end.or(told.err());
            while let Some(signal) = bench.session.next_signal() {
                if let Signal::Incoming(incoming) = signal {
                    bench.session.settle(&incoming.handle, Verdict::Taken);
                }
            }
        }
        bench.sent(); // can be read
        if let Some(error) = end {
            let text = error.to_string();
            prop_assert!(!text.contains("s3cret") && !text.contains(char::is_control) && text.len() < 1200, "{}", text);
        }
    }
}
