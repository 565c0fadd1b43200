// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! How far groups are from the typical one. That the figures are those of pandas is tested in Python.

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::fixture::Server;

const RANGE: &str = "from=2015-05-01T00:00:00&to=2015-05-31T00:00:00";

fn get(client: &Client, path: &str, query: &str) -> Reply {
    client.get(&format!("/api/v1/timeseries/analysis/distance_to_typical/{path}/?{query}"))
}

fn typical(client: &Client, query: &str) -> Value {
    let reply = get(client, "my_garage/d/v", query);
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    reply.json()
}

/// Three days: 1 and 3; 2 and 4, and a text; 100.
fn three_days(server: &Server) -> Client {
    let client = server.logged_in();
    let values = [
        ("1430438400", "1"),
        ("1430442000", "3"),
        ("1430524800", "2"),
        ("1430528400", "broken"),
        ("1430532000", "4"),
        ("1430784000", "100"),
    ];
    for (time, value) in values {
        assert_eq!(client.store("my_garage/d", &[("_ts", time), ("v", value)]), 200);
    }
    client
}

#[test]
fn each_day_has_a_distance() {
    let server = Server::start();
    let client = three_days(&server);
    let only_mean = format!("{RANGE}&exclude_descriptors=count,std,min,max,25%25,50%25,75%25");
    let days = typical(&client, &only_mean);
    let distances = json!([
        {"group_name": "2015-05-01", "dist": 1.0},
        {"group_name": "2015-05-02", "dist": 0.0},
        {"group_name": "2015-05-05", "dist": 97.0}
    ]);
    assert_eq!((&days["distances"], &days["T_med"]), (&distances, &json!({"mean": 3.0})));
    assert!(days.get("descriptions").is_none());
    let meta = json!({
        "path": "my_garage.d.v", "from": "2015-05-01T00:00:00.000000", "to": "2015-05-31T00:00:00.000000",
        "seconds": "2592000.0", "grouping": "daily", "order": "date", "diff_before_analysis": "False",
        "len": "5", "conversion_errors": "1"
    });
    assert_eq!(days["meta"], meta);
    let far_first = typical(&client, &format!("{only_mean}&order=distance&include_descriptions=True"));
    let names: Vec<_> =
        far_first["distances"].as_array().expect("groups").iter().map(|g| &g["group_name"]).collect();
    assert_eq!(names, ["2015-05-05", "2015-05-01", "2015-05-02"]);
    assert_eq!(far_first["descriptions"]["2015-05-05"], json!({"mean": 100.0}));
}

#[test]
fn what_is_no_number_is_null() {
    let server = Server::start();
    let client = three_days(&server);
    let hours = typical(&client, &format!("{RANGE}&grouping=hourly&include_descriptions=1"));
    let one = &hours["descriptions"]["2015-05-01 01"];
    assert_eq!((&one["count"], &one["std"], &one["75%"]), (&json!(1.0), &json!(null), &json!(3.0)));
    assert_eq!((&hours["T_med"]["std"], &hours["T_med"]["mean"]), (&json!(null), &json!(3.0)));
    let none = typical(&client, "timedelta_days=1&diff_before_analysis=True");
    assert_eq!((&none["distances"], &none["T_med"]["max"]), (&json!([]), &json!(null)));
}

#[test]
fn the_usual_range_is_a_week() {
    let server = Server::start();
    let client = three_days(&server);
    assert_eq!(typical(&client, "")["meta"]["seconds"], "604800.0");
    assert_eq!(typical(&client, "to=2015-05-08T00:00:00")["meta"]["from"], "2015-05-01T00:00:00.000000");
    let script = get(&client, "my_garage/d/v", "callback=show");
    assert!(script.body.starts_with("show({"), "{}", script.body);
}

#[test]
fn a_bad_call_is_told() {
    let server = Server::start();
    let client = three_days(&server);
    client.store("secluded/d", &[("v", "1")]);
    let bad = [
        "grouping=yearly",
        "grouping=daily&grouping=daily",
        "order=name",
        "diff_before_analysis=maybe",
        "include_descriptions=",
        "exclude_descriptors=median",
        "exclude_descriptors=count,mean,std,min,max,25%25,50%25,75%25",
        "timedelta_days=1e9",
        "timedelta_days=1&from=2015-05-01T00:00:00",
        "from=2015-05-02T00:00:00&to=2015-05-01T00:00:00",
        "operation=diff",
        "callback=a(b",
    ];
    for query in bad {
        let reply = get(&client, "my_garage/d/v", query);
        let name = query.split(['=', '_']).next().expect("a name");
        assert!(reply.status == 400 && reply.body.contains(name), "{query}: {}", reply.body);
    }
    for (path, status) in [("my_garage/unknown/v", 404), ("secluded/d/v", 403), ("my_garage/d/%2E%2E", 400)] {
        assert_eq!(get(&client, path, "").status, status, "{path}");
        assert_eq!(get(&server.client(), path, "").status, 403, "{path}");
    }
}

#[test]
fn too_many_groups_are_refused() {
    let server = Server::start();
    let client = three_days(&server);
    let sql =
        "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 20001)
               INSERT INTO value SELECT (SELECT id FROM field WHERE name = 'v'), i * 3600000000, '1' FROM n";
    server.database().execute(sql, values![]).expect("inserts");
    let reply = get(&client, "my_garage/d/v", "from=1970-01-01T00:00:00&grouping=hourly");
    assert!(reply.status == 400 && reply.body.contains("groups"), "{} {}", reply.status, reply.body);
    let days = get(&client, "my_garage/d/v", "from=1970-01-01T00:00:00&to=1973-01-01T00:00:00").json();
    assert_eq!(days["distances"].as_array().map(Vec::len), Some(834));
}
