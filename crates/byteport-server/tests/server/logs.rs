// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The server's own calls: the latest value of each field, and the log messages.

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::Client;
use crate::fixture::Server;

const FIELDS: &str = "/api/local/fields/my_garage";
const LOG: &str = "/api/local/log/my_garage/";

fn server() -> (Server, Client) {
    let server = Server::start();
    let client = server.logged_in();
    (server, client)
}

/// Device, level, message and timestamp of each line.
fn lines(client: &Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("{LOG}?{query}"));
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    let line = |line: &Value| {
        let text = |name: &str| line[name].as_str().expect("a text").to_owned();
        assert_eq!(line["truncated"], "False");
        format!("{} {} {} {}", text("uid"), text("level"), text("message"), text("ref"))
    };
    reply.json().as_array().expect("a list").iter().map(line).collect()
}

#[test]
fn fields_have_their_latest_value() {
    let (_server, client) = server();
    for (second, temp) in [("2", "20"), ("3", "21.5"), ("1", "19")] {
        assert_eq!(client.store("my_garage/reg1", &[("_ts", second), ("temp", temp), ("label", temp)]), 200);
    }
    client.store("my_garage/reg1", &[("_ts", "1.5"), ("free", "7"), ("mixed", "1")]);
    client.store("my_garage/reg1", &[("_ts", "0.5"), ("mixed", "x")]);
    let field = |name: &str, value: &str, micros: &str, kind: &str| {
        let time = format!("1970-01-01T00:00:{:0>2}.{}", &micros[..1], &micros[1..]);
        json!({"name": name, "value": value, "truncated": "False", "timestamp": time, "ref": micros,
               "data_type": kind, "unit_symbol": "None"})
    };
    let expected = [
        field("free", "7", "1500000", "number"),
        field("label", "21.5", "3000000", "text"),
        field("mixed", "1", "1500000", "text"),
        field("temp", "21.5", "3000000", "number"),
    ];
    assert_eq!(client.get(&format!("{FIELDS}/reg1/")).json(), json!(expected));
}

#[test]
fn a_unit_is_that_of_the_definition_and_a_long_value_is_cut() {
    let seed = crate::fixture::SEED.replace("name = \"temp\"\n", "name = \"temp\"\nunit_symbol = \"°C\"\n");
    let server = Server::with(&seed, &[]);
    let client = server.logged_in();
    let long = "å".repeat(1000);
    client.store("my_garage/reg1", &[("_ts", "1"), ("temp", "1"), ("text", &long)]);
    let fields = client.get(&format!("{FIELDS}/reg1/")).json();
    assert_eq!(fields[0]["unit_symbol"], "°C");
    assert_eq!((&fields[1]["value"], &fields[1]["truncated"]), (&json!("å".repeat(128)), &json!("True")));
    client.store("my_garage/empty", &[]);
    assert_eq!(client.get(&format!("{FIELDS}/empty/")).json(), json!([]));
    assert_eq!(client.get(&format!("{FIELDS}/nobody/")).status, 404);
    assert_eq!(client.get(&format!("{FIELDS}/-x/")).status, 400);
    assert_eq!(client.get(&format!("{FIELDS}/reg1/?a=1")).status, 400);
    assert_eq!(client.get("/api/local/fields/secluded/reg1/").status, 403);
}

#[test]
fn log_messages_come_newest_first_and_by_device_level_and_time() {
    let (_server, client) = server();
    client.store("my_garage/a", &[("_ts", "1"), ("info", "one"), ("error", "oh"), ("other", "x")]);
    client.store("my_garage/b", &[("_ts", "2"), ("debug", "two")]);
    client.store("my_garage/a", &[("_ts", "3"), ("info", "three"), ("warn", "hm")]);
    client.store("test/a", &[("_ts", "4"), ("info", "elsewhere")]);
    let all = ["a warn hm 3000000", "a info three 3000000", "b debug two 2000000"];
    let rest = ["a error oh 1000000", "a info one 1000000"];
    let mut every = lines(&client, "");
    assert_eq!(every.len(), 5);
    // Those of one time stand together, in any order.
    every[..2].sort_by(|left, right| right.cmp(left));
    every[3..].sort();
    assert_eq!(every, [&all[..], &rest[..]].concat());
    assert_eq!(lines(&client, "uid=b"), all[2..]);
    assert_eq!(lines(&client, "level=info"), [all[1], rest[1]]);
    assert_eq!(lines(&client, "level=warn,error,warn"), [all[0], rest[0]]);
    assert_eq!(lines(&client, "level=info&limit=1"), [all[1]]);
    let range = "from=1970-01-01T00:00:01.000001&to=1970-01-01T00:00:02";
    assert_eq!(lines(&client, range), all[2..]);
    assert!(lines(&client, "uid=nobody").is_empty());
    let first = client.get(&format!("{LOG}?uid=b")).json();
    assert_eq!(first[0]["timestamp"], "1970-01-01T00:00:02.000000");
}

#[test]
fn many_and_long_messages_are_answered_in_part() {
    let (server, client) = server();
    client.store("my_garage/a", &[("_ts", "0"), ("info", &"å".repeat(5000))]);
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
               INSERT INTO value (field_id, micros, text) SELECT id, i, 'm' || i FROM field, n";
    assert_eq!(server.database().execute(sql, values![]).expect("rows"), 2000);
    let all = lines(&client, "limit=1000");
    assert_eq!(
        (all.len(), all[0].as_str(), all[999].as_str()),
        (1000, "a info m2000 2000", "a info m1001 1001")
    );
    assert_eq!(lines(&client, "").len(), 100);
    let oldest = client.get(&format!("{LOG}?to=1970-01-01T00:00:00")).json();
    assert_eq!((&oldest[0]["message"], &oldest[0]["truncated"]), (&json!("å".repeat(2048)), &json!("True")));
    for bad in [
        "level=fatal",
        "level=",
        "level=info,,warn",
        "limit=0",
        "limit=1001",
        "limit=x",
        "uid=",
        "uid=..",
        "from=yesterday",
        "from=2020-01-01T00:00:00&to=2019-01-01T00:00:00",
        "limit=1&limit=2",
        "key=1",
    ] {
        assert_eq!(client.get(&format!("{LOG}?{bad}")).status, 400, "{bad}");
    }
    assert_eq!(client.get("/api/local/log/secluded/").status, 403);
    assert_eq!(client.get("/api/local/log/nowhere/").status, 403);
}
