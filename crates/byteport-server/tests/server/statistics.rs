// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! When a field's values were measured.

use byteport_core::model::Timestamp;
use byteport_server::values;
use serde_json::{Value, json};

use crate::client::Client;
use crate::fixture::Server;

fn statistics(client: &Client, path: &str, query: &str) -> Value {
    let reply = client.get(&format!("/api/v1/timeseries/statistics/{path}/?{query}"));
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

#[test]
fn values_are_counted_by_the_day() {
    let server = Server::start();
    let client = server.logged_in();
    let times = [
        "-1",               // 1969
        "946684799.999999", // the last moment of the way past
        "946684800",        // 2000-01-01
        "1430438399.999999",
        "1430438400",
        "1430438400.5",
        "1430524799.999999",
        "32503680000", // 3000
    ];
    for time in times {
        assert_eq!(client.store("my_garage/d", &[("_ts", time), ("v", "x")]), 200);
    }
    let before = Timestamp::now();
    let all = statistics(&client, "my_garage/d/v", "build_calendar=True");
    assert_eq!((&all["values_in_way_past"], &all["values_in_future"]), (&json!("2"), &json!("1")));
    let daily =
        json!([["2000-01-01", "1", "33.33"], ["2015-04-30", "1", "33.33"], ["2015-05-01", "3", "100.00"]]);
    assert_eq!(all["daily_activity"], daily);
    let calendar = json!({"2000": {"01": {"01": "1"}}, "2015": {"04": {"30": "1"}, "05": {"01": "3"}}});
    assert_eq!(all["calendar"], calendar);
    let meta = &all["meta"];
    assert_eq!((&meta["path"], &meta["len"]), (&json!("my_garage.d.v"), &json!("8")));
    assert_eq!(meta["first"], "1969-12-31T23:59:59.000000");
    assert_eq!(meta["last"], "3000-01-01T00:00:00.000000");
    assert_eq!(meta["way_past_before"], "2000-01-01T00:00:00.000000");
    assert!(meta["future_after"].as_str().is_some_and(|time| *time >= *before.to_iso8601()));
}

#[test]
fn the_calendar_comes_only_when_asked_for() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("_ts", "1430438400"), ("v", "1")]);
    for query in ["", "build_calendar=False", "build_calendar=0&_=1"] {
        assert!(statistics(&client, "my_garage/d/v", query).get("calendar").is_none(), "{query}");
    }
    let none = statistics(&client, "my_garage/d/unknown", "build_calendar=1");
    assert_eq!((&none["daily_activity"], &none["calendar"]), (&json!([]), &json!({})));
    assert_eq!((&none["meta"]["len"], &none["meta"]["first"]), (&json!("0"), &json!("None")));
    let script = client.get("/api/v1/timeseries/statistics/my_garage/d/v/?callback=show");
    assert!(script.body.starts_with("show({"), "{}", script.body);
}

#[test]
fn a_bad_call_is_told() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("v", "1")]);
    client.store("secluded/d", &[("v", "1")]);
    let cases = [
        ("my_garage/d/v/?build_calendar=yes", 400),
        ("my_garage/d/v/?build_calendar=1&build_calendar=1", 400),
        ("my_garage/d/v/?from=2015-01-01T00:00:00", 400),
        ("my_garage/d/%2E%2E%2Fv/", 400),
        ("my_garage/unknown/v/", 404),
        ("secluded/d/v/", 403),
        ("nowhere/d/v/", 403),
    ];
    for (path, status) in cases {
        let path = format!("/api/v1/timeseries/statistics/{path}");
        assert_eq!(client.get(&path).status, status, "{path}");
        assert_eq!(server.client().get(&path).status, 403, "{path}");
    }
}

#[test]
fn many_values_are_counted_once_each() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("_ts", "1430438400"), ("v", "1")]);
    let sql =
        "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 599999)
               INSERT INTO value SELECT (SELECT id FROM field WHERE name = 'v'),
                                        1430438400000000 + i * 1000000, '1' FROM n";
    server.database().execute(sql, values![]).expect("inserts");
    let daily = statistics(&client, "my_garage/d/v", "")["daily_activity"].clone();
    let daily = daily.as_array().expect("days");
    assert_eq!(daily[0], json!(["2015-05-01", "86400", "100.00"]));
    let count = |day: &Value| day[1].as_str().and_then(|count| count.parse::<u64>().ok()).expect("a count");
    assert_eq!((daily.len(), daily.iter().map(count).sum::<u64>()), (7, 600_000));
}

#[test]
fn a_namespace_may_have_a_name_that_is_also_in_a_path() {
    let seed = crate::fixture::SEED.replace("\"test\"", "\"statistics\"");
    let server = Server::with(&seed, &[]);
    let client = server.logged_in();
    assert_eq!(client.store("statistics/analysis", &[("_ts", "1"), ("v", "7")]), 200);
    assert_eq!(client.points("statistics/analysis/v"), [(1_000_000, json!(7))]);
    assert_eq!(statistics(&client, "statistics/analysis/v", "")["meta"]["len"], "1");
}
