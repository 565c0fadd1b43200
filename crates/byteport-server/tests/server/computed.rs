// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Series that are computed from the stored ones, and the first points of long ones.

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::Client;
use crate::fixture::Server;

const ALL: &str = "from=1970-01-01T00:00:00";

fn series(client: &Client, path: &str, query: &str) -> Value {
    let reply = client.get(&format!("/api/v1/timeseries/{path}/?{ALL}&{query}"));
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    reply.json()["data"].clone()
}

/// Microseconds and values.
fn points(data: &Value) -> Vec<(i64, f64)> {
    let points = data["ts_data"].as_array().expect("points").iter();
    let micros = |point: &Value| point["r"].as_str().and_then(|text| text.parse().ok()).expect("a time");
    points.map(|point| (micros(point), point["v"].as_f64().expect("a number"))).collect()
}

fn stored(server: &Server, values: &[&str]) -> Client {
    let client = server.logged_in();
    for (second, value) in values.iter().enumerate() {
        assert_eq!(client.store("my_garage/d", &[("_ts", &second.to_string()), ("v", value)]), 200);
    }
    client
}

/// A field with numbers of its own, one a second, at their squares.
fn squares(server: &Server, count: u32) -> Client {
    let client = stored(server, &["0"]);
    let sql = "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
               INSERT INTO value SELECT (SELECT id FROM field WHERE name = 'v'), i * 1000000,
                                        CAST(i * i AS TEXT) FROM n";
    server.database().execute(sql, values![count - 1]).expect("inserts");
    client
}

#[test]
fn a_scale_is_a_factor() {
    let server = Server::start();
    let client = stored(&server, &["1", "-2.5", "broken", "1e300", "4"]);
    let data = series(&client, "my_garage/d/v", "scale=-1e10");
    assert_eq!(points(&data), [(0, -1e10), (1_000_000, 2.5e10), (4_000_000, -4e10)]);
    assert_eq!(data["ts_data"][0]["m"], json!({"trv": "False", "vlen": "14", "hdts": "0"}));
    let meta = &data["ts_meta"];
    assert_eq!((&meta["len"], &meta["orig_len"]), (&json!("3"), &json!("5")));
    assert_eq!((&meta["conversion_errors"], &meta["data_type"]), (&json!("2"), &json!("number")));
}

#[test]
fn operations_leave_out_what_is_no_number() {
    let server = Server::start();
    let client = stored(&server, &["1", "2", "broken", "4", "8"]);
    let data = series(&client, "my_garage/d/v", "operation=diff");
    assert_eq!(points(&data), [(1_000_000, 1.0), (3_000_000, 2.0)]);
    assert_eq!(data["ts_meta"]["conversion_errors"], "1");
    assert_eq!(data["ts_meta"]["orig_len"], "5");
    let data = series(&client, "my_garage/d/v", "operation=cum_sum&scale=10");
    let expected = [(0, 10.0), (1_000_000, 30.0), (3_000_000, 70.0), (4_000_000, 150.0)];
    assert_eq!(points(&data), expected);
    let none = series(&client, "my_garage/d/unknown", "operation=diff");
    assert_eq!((&none["ts_data"], &none["ts_meta"]["data_type"]), (&json!([]), &json!("None")));
}

#[test]
fn operations_go_on_from_page_to_page() {
    let server = Server::start();
    const COUNT: i64 = 12_345;
    let client = squares(&server, COUNT as u32);
    let diff = points(&series(&client, "my_garage/d/v", "operation=diff"));
    let smooth = points(&series(&client, "my_garage/d/v", "operation=smooth_diff"));
    let sum = points(&series(&client, "my_garage/d/v", "operation=cum_sum"));
    let at = |seconds: std::ops::Range<i64>, value: fn(f64) -> f64| -> Vec<(i64, f64)> {
        seconds.map(|second| (second * 1_000_000, value(second as f64))).collect()
    };
    assert!(diff == at(1..COUNT - 1, |second| 2.0 * second));
    assert!(smooth == at(4..COUNT - 5, |second| 2.0 * second + 1.0));
    assert!(sum == at(0..COUNT, |n| n * (n + 1.0) * (2.0 * n + 1.0) / 6.0));
}

#[test]
fn a_limit_gives_the_first_points_and_says_so() {
    let server = Server::start();
    let client = stored(&server, &["1", "2", "3", "4"]);
    for (limit, len, reduced) in
        [(1, "1", "True"), (3, "3", "True"), (4, "4", "False"), (1_000_000, "4", "False")]
    {
        let data = series(&client, "my_garage/d/v", &format!("limit={limit}"));
        let meta = &data["ts_meta"];
        assert_eq!((&meta["len"], &meta["reduced"]), (&json!(len), &json!(reduced)), "{limit}");
        assert_eq!((&data["ts_data"][0]["v"], &meta["orig_len"]), (&json!(1), &json!(len)), "{limit}");
    }
    let data = series(&client, "my_garage/d/v", "limit=2&operation=diff");
    assert_eq!((points(&data).len(), &data["ts_meta"]["reduced"]), (2, &json!("False")));
    let data = series(&client, "my_garage/d/v", "limit=1&operation=diff");
    assert_eq!((points(&data).len(), &data["ts_meta"]["reduced"]), (1, &json!("True")));
}

#[test]
fn a_long_range_can_be_walked_by_limits() {
    let server = Server::start();
    let client = squares(&server, 10_001);
    let (mut all, mut from) = (Vec::new(), "1970-01-01T00:00:00".to_owned());
    loop {
        let path = format!("/api/v1/timeseries/my_garage/d/v/?from={from}&limit=4000");
        let data = client.get(&path).json()["data"].clone();
        all.extend(points(&data));
        if data["ts_meta"]["reduced"] == "False" {
            break;
        }
        let last = all.last().expect("a point").0;
        from = byteport_core::model::Timestamp::from_micros(last + 1).to_iso8601();
    }
    assert!(all.len() == 10_001 && all.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1_000_000));
}

#[test]
fn the_type_is_that_of_the_values_up_to_the_limit() {
    let server = Server::start();
    let client = stored(&server, &["1", "2", "broken", "4"]);
    let data = series(&client, "my_garage/d/v", "limit=2");
    assert_eq!((points(&data).len(), &data["ts_meta"]["data_type"]), (2, &json!("number")));
    let data = series(&client, "my_garage/d/v", "limit=3");
    assert_eq!((&data["ts_data"][0]["v"], &data["ts_meta"]["data_type"]), (&json!("1"), &json!("text")));
}
