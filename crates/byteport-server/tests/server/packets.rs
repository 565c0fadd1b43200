// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The packets call: all of a call's packets, or none.

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::Reply;
use crate::fixture::{LEGACY_KEY, PASSWORD, Server, USER};

const PATH: &str = "/api/legacy/packets/timeseries/";

fn send(server: &Server, packets: &Value, key: &str) -> Reply {
    server.client().post(PATH, &[("packets", &packets.to_string()), ("legacy_key", key)])
}

fn packet(namespace: &str, uid: &str, timestamp: Value, data: &str) -> Value {
    json!({"namespace": namespace, "uid": uid, "timestamp": timestamp, "data": data})
}

#[test]
fn packets_are_stored() {
    let server = Server::start();
    let packets = json!([
        packet("my_garage", "p1", json!("1410613385.5"), "f1=10;f2=20;"),
        packet("my_garage", "p2", json!("1410613386"), "last_word=\"i love you\""),
        packet("my_garage", "p3", Value::Null, "f1=1"),
        {"namespace": "my_garage", "uid": "p4", "data": "f1=2"},
        packet("my_garage", "p5", json!("1"), ""),
    ]);
    let reply = send(&server, &packets, LEGACY_KEY);
    assert_eq!((reply.status, reply.json()), (200, json!({"status": "ok"})));
    let mut client = server.client();
    client.login(USER, PASSWORD);
    assert_eq!(client.points("my_garage/p1/f2"), vec![(1_410_613_385_500_000, json!(20))]);
    assert_eq!(client.points("my_garage/p2/last_word"), vec![(1_410_613_386_000_000, json!("i love you"))]);
    let contact = |uid: &str| -> i64 {
        let sql = "SELECT last_contact FROM device WHERE uid = ?1";
        server.database().query_one(sql, values![uid], |row| row.get(0)).expect("a device")
    };
    assert_eq!(client.points("my_garage/p3/f1"), vec![(contact("p3"), json!(1))]);
    assert_eq!(client.points("my_garage/p4/f1"), vec![(contact("p4"), json!(2))]);
    assert!(contact("p5") > 0);
}

#[test]
fn a_bad_packet_stores_none_and_is_named() {
    let server = Server::start();
    let good = packet("my_garage", "p1", json!("1"), "a=1");
    let bad = [
        packet("my_garage", "p1", json!("1"), "a"),
        packet("my_garage", "p1", json!("1"), "a=\"open"),
        packet("my_garage", "p1", json!("1"), "=1"),
        packet("my_garage", "p1", json!("soon"), "a=1"),
        packet("my_garage", "p1", json!("999999999999"), "a=1"),
        packet("my_garage", "p 1", json!("1"), "a=1"),
        packet("", "p1", json!("1"), "a=1"),
        json!({"uid": "p1"}),
        json!(7),
    ];
    for packet in bad {
        let reply = send(&server, &json!([good, packet]), LEGACY_KEY);
        assert_eq!(reply.status, 400, "{packet}");
        assert!(reply.body.starts_with("packet 1: "), "{packet}: {}", reply.body);
    }
    for text in ["", "{}", "[", "[1", "null"] {
        let pairs = [("packets", text), ("legacy_key", LEGACY_KEY)];
        assert_eq!(server.client().post(PATH, &pairs).status, 400, "{text:?}");
    }
    assert_eq!(server.client().post(PATH, &[("legacy_key", LEGACY_KEY)]).status, 400);
    assert_eq!((server.count("value"), server.count("device")), (0, 2));
}

#[test]
fn a_call_has_a_limited_number_of_packets_and_fields() {
    let server = Server::start();
    let call = |packets: &str| {
        let pairs = [("packets", packets), ("legacy_key", LEGACY_KEY)];
        server.client().post(PATH, &pairs)
    };
    let list = |count: usize| {
        let packets: Vec<_> =
            (0..count).map(|second| packet("my_garage", "p", json!(second), "a=1")).collect();
        Value::from(packets).to_string()
    };
    let fields = json!([packet("my_garage", "p", json!(1), &"a=;".repeat(1_000_000))]).to_string();
    for packets in [list(32_769), fields] {
        let reply = call(&packets);
        assert_eq!(reply.status, 413);
        assert!(reply.body.contains("65536"), "{}", reply.body);
    }
    assert_eq!(server.count("value"), 0);
    // As much as there may be, and other calls beside it.
    let most = list(32_768);
    std::thread::scope(|scope| {
        let large = scope.spawn(|| call(&most).status);
        for second in 0..20 {
            assert_eq!(
                server.client().store("my_garage/d", &[("_ts", &second.to_string()), ("v", "1")]),
                200
            );
        }
        assert_eq!(large.join().expect("a thread"), 200);
    });
    assert_eq!(server.count("value"), 32_768 + 20);
}

#[test]
fn an_error_repeats_no_value() {
    let server = Server::start();
    for packets in [
        "[\"5ecret\"]",
        "\"5ecret\"",
        "[{\"namespace\":\"my_garage\",\"uid\":\"p\",\"timestamp\":\"5ecret\"}]",
    ] {
        let reply = server.client().post(PATH, &[("packets", packets), ("legacy_key", LEGACY_KEY)]);
        assert_eq!(reply.status, 400, "{packets}");
        assert!(!reply.body.contains("5ecret"), "{}", reply.body);
    }
}

#[test]
fn every_namespace_must_have_the_key() {
    let server = Server::start();
    let good = packet("my_garage", "p1", json!("1"), "a=1");
    let refused =
        [("test", 403), ("nowhere", 403), ("writes_off", 403), ("no_keys", 403), ("strict_one", 404)];
    for (namespace, status) in refused {
        let reply = send(&server, &json!([good, packet(namespace, "p1", json!("1"), "a=1")]), LEGACY_KEY);
        assert_eq!(reply.status, status, "{namespace}: {}", reply.body);
        assert!(reply.body.starts_with("packet 1: "), "{}", reply.body);
    }
    for key in ["", "wrong"] {
        assert_eq!(send(&server, &json!([good]), key).status, 403);
    }
    assert_eq!((server.count("value"), server.count("device")), (0, 2));
    assert_eq!(send(&server, &json!([good]), LEGACY_KEY).status, 200);
}
