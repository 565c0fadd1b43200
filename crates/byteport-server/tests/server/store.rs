// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Storing by POST and by GET.

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::{Client, encode};
use crate::fixture::{DEVICE_KEY, KEY, PASSWORD, Server, USER};

fn reader(server: &Server) -> Client {
    let mut client = server.client();
    assert_eq!(client.login(USER, PASSWORD).status, 200);
    client
}

fn vectors(name: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let cases = json["cases"].as_array().expect("cases").clone();
    assert!(!cases.is_empty(), "{path} is empty");
    cases
}

#[test]
fn post_and_get_store_the_same() {
    let server = Server::start();
    let client = reader(&server);
    let reply = client.post(
        "/api/v1/timeseries/my_garage/dev1/",
        &[("_key", KEY), ("_ts", "1430438400.012345"), ("number", "1337"), ("word", "hello there")],
    );
    assert_eq!((reply.status, reply.json()), (200, json!({"status": "ok"})));
    let query = encode(&[("_key", KEY), ("_ts", "1430438401"), ("number", "1338"), ("word", "mötley & co")]);
    assert_eq!(client.get(&format!("/api/v1/timeseries/my_garage/dev1/?{query}")).status, 200);
    let numbers = vec![(1_430_438_400_012_345, json!(1337)), (1_430_438_401_000_000, json!(1338))];
    assert_eq!(client.points("my_garage/dev1/number"), numbers);
    assert_eq!(client.points("my_garage/dev1/word")[1].1, "mötley & co");
}

#[test]
fn the_same_timestamp_keeps_the_last_value() {
    let server = Server::start();
    let client = reader(&server);
    for value in ["1", "2", "3"] {
        assert_eq!(client.store("my_garage/dev1", &[("_ts", "5.5"), ("a", value)]), 200);
    }
    assert_eq!(client.store("my_garage/dev1", &[("_ts", "6"), ("a", "7"), ("a", "8")]), 200);
    assert_eq!(client.points("my_garage/dev1/a"), vec![(5_500_000, json!(3)), (6_000_000, json!(8))]);
}

#[test]
fn a_heartbeat_moves_the_last_contact() {
    let server = Server::start();
    let client = server.client();
    let contact = || -> (i64, i64) {
        let sql = "SELECT last_contact, registered FROM device WHERE uid = 'beat'";
        server.database().query_one(sql, values![], |row| Ok((row.get(0)?, row.get(1)?))).expect("a device")
    };
    assert_eq!(client.store("my_garage/beat", &[]), 200);
    let (first, registered) = contact();
    assert_eq!(registered, 0);
    assert_eq!(client.store("my_garage/beat", &[("_ts", "1")]), 200);
    assert!(contact().0 > first);
    assert_eq!(server.count("value"), 0);
}

#[test]
fn keys_are_checked() {
    let server = Server::start();
    let client = server.client();
    let store = |device: &str, key: &str| {
        let pairs = [("_key", key), ("a", "1")];
        client.post(&format!("/api/v1/timeseries/my_garage/{device}/"), &pairs).status
    };
    for (device, key) in [("dev1", ""), ("dev1", "wrong"), ("dev1", DEVICE_KEY), ("reg1", "d-key-5ecre")] {
        assert_eq!(store(device, key), 403, "{device} {key}");
    }
    assert_eq!(client.post("/api/v1/timeseries/my_garage/dev1/", &[("a", "1")]).status, 403);
    assert_eq!((server.count("value"), server.count("field"), server.count("device")), (0, 0, 2));
    assert_eq!(store("reg1", DEVICE_KEY), 200);
    assert_eq!(store("reg1", KEY), 200);
    assert_eq!(store("dev1", KEY), 200);
}

#[test]
fn methods_are_checked() {
    let server = Server::start();
    let client = server.client();
    let query = encode(&[("_key", KEY), ("a", "1")]);
    let cases = [
        ("my_garage", 200, 200),
        ("test", 403, 200),
        ("only_get", 200, 403),
        ("writes_off", 403, 403),
        ("no_keys", 403, 403),
        ("nowhere", 404, 404),
    ];
    for (namespace, by_get, by_post) in cases {
        let path = format!("/api/v1/timeseries/{namespace}/dev1/");
        assert_eq!(client.get(&format!("{path}?{query}")).status, by_get, "GET {namespace}");
        assert_eq!(client.post_raw(&path, query.as_bytes()).status, by_post, "POST {namespace}");
    }
    let sql = "SELECT count(*) FROM device JOIN namespace ON namespace_id = namespace.id
               WHERE uid = 'dev1' AND name IN ('writes_off', 'no_keys', 'nowhere')";
    let refused: i64 = server.database().query_one(sql, values![], |row| row.get(0)).expect("a count");
    assert_eq!(refused, 0);
}

#[test]
fn a_namespace_can_demand_registration() {
    let server = Server::start();
    let client = server.client();
    assert_eq!(client.store("strict_one/unknown", &[("a", "1")]), 404);
    assert_eq!(server.count("value"), 0);
    assert_eq!(client.store("strict_one/known", &[("a", "1")]), 200);
    assert_eq!(server.count("value"), 1);
}

#[test]
fn names_are_checked_as_the_vectors_say() {
    let server = Server::start();
    let client = server.client();
    for case in vectors("names.json") {
        let name = case["name"].as_str().expect("a name");
        let is_ok = case["ok"].as_bool().expect("ok");
        // A name that begins with an underscore is reserved, and not stored.
        let field = if is_ok || name.starts_with('_') { 200 } else { 400 };
        assert_eq!(client.store("my_garage/dev1", &[(name, "1")]), field, "field {name:?}");
        let escaped: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let status = client.store(&format!("my_garage/{escaped}"), &[]);
        let expected = match (is_ok, name) {
            (true, _) => 200,
            (false, "") => 404,
            (false, _) => 400,
        };
        assert_eq!(status, expected, "device {name:?}");
    }
}

#[test]
fn timestamps_are_checked() {
    let server = Server::start();
    let client = reader(&server);
    for (index, case) in vectors("timestamps.json").iter().enumerate() {
        let Some(text) = case["out"].as_str() else { continue };
        let device = format!("my_garage/ts{index}");
        assert_eq!(client.store(&device, &[("_ts", text), ("a", "1")]), 200, "{text}");
        let micros = (text.parse::<f64>().expect("a number") * 1e6).round() as i64;
        assert_eq!(client.points(&format!("{device}/a")), vec![(micros, json!(1))], "{text}");
    }
    let before = server.count("value");
    for bad in
        ["", "x", "NaN", "inf", "1e9", "1,5", " 1", "99999999999999999999", "999999999999", "-99999999999"]
    {
        let reply =
            client.post("/api/v1/timeseries/my_garage/d/", &[("_key", KEY), ("_ts", bad), ("a", "1")]);
        assert_eq!(reply.status, 400, "{bad:?}");
        assert!(reply.body.contains("_ts"), "{}", reply.body);
    }
    assert_eq!(server.count("value"), before);
}

#[test]
fn bad_input_stores_nothing_and_names_the_field() {
    let server = Server::start();
    let client = server.client();
    let key = format!("_key={KEY}");
    let bad = [
        ("&good=1&b%20ad=2", "\"b ad\""),
        ("&good=1&temp=%zz", "\"temp\""),
        ("&good=1&temp=%4", "\"temp\""),
        ("&good=1&temp=%ff", "\"temp\""),
        ("&good=1&%=2", "pair 3"),
        ("&good=1&=2", "\"\""),
        ("&good=1&_key=again", "_key"),
        ("&good=1&_ts=1&_ts=2", "_ts"),
    ];
    for (rest, named) in bad {
        let reply = client.post_raw("/api/v1/timeseries/my_garage/dev1/", format!("{key}{rest}").as_bytes());
        assert_eq!(reply.status, 400, "{rest}");
        assert!(reply.body.contains(named), "{rest}: {}", reply.body);
        assert!(!reply.body.contains(KEY), "{}", reply.body);
        assert!(reply.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    }
    let reply = client.post_raw("/api/v1/timeseries/my_garage/dev1/", b"_key=w-key-5ecret&a=\xff\xfe");
    assert_eq!(reply.status, 400);
    assert_eq!((server.count("value"), server.count("device")), (0, 2));
}

#[test]
fn reserved_fields_are_ignored() {
    let server = Server::start();
    let client = reader(&server);
    assert_eq!(client.store("my_garage/dev1", &[("_ts", "1"), ("_x", "1"), ("_", "2"), ("a", "3")]), 200);
    assert_eq!(server.count("field"), 1);
    assert_eq!(client.points("my_garage/dev1/a"), vec![(1_000_000, json!(3))]);
}

#[test]
fn a_url_over_2048_bytes_is_414() {
    let server = Server::start();
    let client = server.client();
    let head = format!("/api/v1/timeseries/my_garage/dev1/?_key={KEY}&a=");
    let path = |length: usize| format!("{head}{}", "x".repeat(length - head.len()));
    assert_eq!(client.get(&path(2048)).status, 200);
    assert_eq!(server.count("value"), 1);
    assert_eq!(client.get(&path(2049)).status, 414);
    assert_eq!(server.count("value"), 1);
    let long = format!("/api/v1/echo/?a={}", "x".repeat(3000));
    assert_eq!(client.get(&long).status, 200);
}

#[test]
fn log_fields_are_text_like_any_other() {
    let server = Server::start();
    let client = reader(&server);
    assert_eq!(
        client.store("my_garage/dev1", &[("_ts", "1"), ("info", "started; all = well\n"), ("nul", "a\0b")]),
        200
    );
    assert_eq!(client.points("my_garage/dev1/info"), vec![(1_000_000, json!("started; all = well\n"))]);
    assert_eq!(client.points("my_garage/dev1/nul"), vec![(1_000_000, json!("a\0b"))]);
}

#[test]
fn without_uid_or_slash_it_is_404_and_other_methods_405() {
    let server = Server::start();
    let client = server.client();
    assert_eq!(client.post("/api/v1/timeseries/my_garage/", &[("_key", KEY)]).status, 404);
    assert_eq!(client.post("/api/v1/timeseries/my_garage/dev1", &[("_key", KEY)]).status, 404);
    let call = |method: &str| {
        let target = format!("/api/v1/timeseries/my_garage/dev1/?_key={KEY}&a=1");
        let text = format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        crate::client::raw(&server.address, text.as_bytes(), "")
    };
    for method in ["HEAD", "PUT", "DELETE", "STRANGE"] {
        assert!(call(method).starts_with("HTTP/1.1 405"), "{method}");
    }
    assert_eq!(server.count("value"), 0);
    assert!(call("GET").starts_with("HTTP/1.1 200"));
}
