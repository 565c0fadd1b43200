// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Messages to devices and their history.

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::Client;
use crate::fixture::{Server, USER};

/// Path, form and status.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

const PATH: &str = "/api/v1/message/my_garage/dev1/";

fn server() -> (Server, Client) {
    let server = Server::start();
    let client = server.logged_in();
    assert_eq!(client.store("my_garage/dev1", &[]), 200);
    (server, client)
}

/// The texts of a list of messages.
fn texts(list: &Value) -> Vec<String> {
    let text = |message: &Value| {
        let packets: Value =
            serde_json::from_str(message["message"].as_str().expect("a text")).expect("JSON");
        packets[0]["data"].as_str().expect("data").to_owned()
    };
    list.as_array().expect("a list").iter().map(text).collect()
}

#[test]
fn a_message_is_answered_as_one_object_and_listed() {
    let (_server, client) = server();
    let reply = client.post_own(PATH, &[("message", "hello åäö"), ("format", "json")]);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let sent = reply.json();
    let keys: Vec<_> = sent.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["device", "error_level", "id", "message", "send_time", "status", "user"]);
    assert!(sent.as_object().expect("an object").values().all(Value::is_string));
    assert_eq!((&sent["user"], &sent["device"]), (&json!(USER), &json!("my_garage.dev1")));
    let packets: Value = serde_json::from_str(sent["message"].as_str().expect("text")).expect("JSON");
    let timestamp = packets[0]["timestamp"].as_str().expect("a timestamp");
    assert!(timestamp.parse::<f64>().expect("seconds") > 1.7e9);
    let packet =
        json!({"data": "hello åäö", "namespace": "my_garage", "uid": "dev1", "timestamp": timestamp});
    assert_eq!(packets, json!([packet]));
    assert_eq!(client.get(PATH).json(), json!([sent]));
}

#[test]
fn the_history_is_taken_by_index_from_the_last_sent() {
    let (_server, client) = server();
    assert_eq!(client.get(PATH).json(), json!([]));
    for index in 0..25 {
        assert_eq!(client.post_own(PATH, &[("message", &format!("m{index}"))]).status, 200);
    }
    let list = |query: &str| texts(&client.get(&format!("{PATH}?{query}")).json());
    assert_eq!(list("from=0&to=1"), ["m24", "m23"]);
    assert_eq!(list("to=0"), ["m24"]);
    assert_eq!((list("").len(), list("from=20").len()), (20, 5));
    assert_eq!(list("from=24&to=4294967295"), ["m0"]);
    assert!(list("from=25").is_empty() && list("from=4294967295").is_empty());
    for bad in ["from=-1", "to=x", "from=2&to=1", "from=4294967296", "limit=1", "from=1&from=1"] {
        assert_eq!(client.get(&format!("{PATH}?{bad}")).status, 400, "{bad}");
    }
}

#[test]
fn messages_are_kept_up_to_a_number_for_each_device() {
    let (server, client) = server();
    assert_eq!(client.post_own(PATH, &[("message", "first")]).status, 200);
    assert_eq!(client.post_own("/api/v1/message/my_garage/reg1/", &[("message", "other")]).status, 200);
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
               INSERT INTO message (device_id, user_name, send_time, text)
               SELECT device_id, user_name, send_time, 'n' || i FROM message, n WHERE text = 'first'";
    assert_eq!(server.database().execute(sql, values![]).expect("rows"), 999);
    let all = |path: &str| texts(&client.get(&format!("{path}?to=5000")).json());
    assert_eq!((all(PATH).len(), all(PATH).last().expect("one").as_str()), (1000, "first"));
    assert_eq!(client.post_own(PATH, &[("message", "last")]).status, 200);
    let kept = all(PATH);
    assert_eq!((kept.len(), kept[0].as_str(), kept[999].as_str()), (1000, "last", "n1"));
    assert_eq!(all("/api/v1/message/my_garage/reg1/"), ["other"]);
    // Read in several goes, some of which end with the last that is asked for or the last there is.
    for (from, to) in [(0, 31), (0, 32), (0, 63), (936, 999), (937, 5000), (968, 1031), (5, 104)] {
        let reply = client.get(&format!("{PATH}?from={from}&to={to}&callback=got"));
        let json = reply.body.strip_prefix("got(").and_then(|rest| rest.strip_suffix(");")).expect("a call");
        let list = texts(&serde_json::from_str(json).expect("JSON"));
        assert_eq!(list, kept[from..kept.len().min(to + 1)], "{from} {to}");
    }
}

#[test]
fn what_is_no_message_is_refused_and_not_kept() {
    let (server, client) = server();
    let long = "x".repeat(16 * 1024 + 1);
    let cases: [Case<'_>; 9] = [
        (PATH, &[], 400),
        (PATH, &[("message", "")], 400),
        (PATH, &[("message", "a"), ("message", "b")], 400),
        (PATH, &[("message", "a"), ("format", "xml")], 400),
        (PATH, &[("message", &long)], 413),
        ("/api/v1/message/my_garage/nobody/", &[("message", "a")], 404),
        ("/api/v1/message/my_garage/..%2Fdev1/", &[("message", "a")], 400),
        ("/api/v1/message/secluded/dev1/", &[("message", "a")], 403),
        ("/api/v1/message/nowhere/dev1/", &[("message", "a")], 403),
    ];
    for (path, pairs, status) in cases {
        assert_eq!(client.post_own(path, pairs).status, status, "{path}");
    }
    assert_eq!(client.get("/api/v1/message/my_garage/nobody/").status, 404);
    assert_eq!(server.count("message"), 0);
    let full = "x".repeat(16 * 1024);
    assert_eq!(client.post_own(PATH, &[("message", &full)]).status, 200);
    let hostile = "'); DROP TABLE message; --<script>\u{0}\u{2028}\"\\";
    assert_eq!(client.post_own(PATH, &[("message", hostile)]).status, 200);
    assert_eq!(texts(&client.get(PATH).json()), [hostile, &full]);
}
