// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Reading a series back: shape, ranges, types, length.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use byteport_server::values;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::fixture::{LEGACY_KEY, Server};

fn load(client: &Client, path: &str, query: &str) -> Reply {
    client.get(&format!("/api/v1/timeseries/{path}/?{query}"))
}

fn meta(client: &Client, path: &str) -> Value {
    load(client, path, "from=1970-01-01T00:00:00").json()["data"]["ts_meta"].clone()
}

#[test]
fn the_shape_is_to_the_letter() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("_ts", "1427894055.000016"), ("v", "21.5\n"), ("w", "hö")]);
    client.store("my_garage/d", &[("_ts", "1427894056"), ("v", "-1.5e3")]);
    let range = "from=2015-04-01T13:14:15.000016&to=2015-04-02T00:00:00";
    let expected = r#"{"meta":{"path":"my_garage.d.v"},"data":{"ts_data":[{"t":"2015-04-01T13:14:15.000016","v":21.5,"r":"1427894055000016","m":{"trv":"False","vlen":"5","hdts":"1427894055000016"}},{"t":"2015-04-01T13:14:16.000000","v":-1500.0,"r":"1427894056000000","m":{"trv":"False","vlen":"6","hdts":"1427894056000000"}}],"ts_meta":{"path":"my_garage.d.v","from":"2015-04-01T13:14:15.000016","to":"2015-04-02T00:00:00.000000","seconds":"38744.999984","len":"2","orig_len":"2","data_type":"number","conversion_errors":"0","reduced":"False"}}}"#;
    let reply = load(&client, "my_garage/d/v", range);
    assert_eq!((reply.status, reply.body.as_str()), (200, expected));
    assert_eq!(reply.headers["content-type"], "application/json");
    let text = load(&client, "my_garage/d/w", range).json();
    assert_eq!(text["data"]["ts_data"][0]["v"], "hö");
    assert_eq!(text["data"]["ts_data"][0]["m"]["vlen"], "3");
    assert_eq!(text["data"]["ts_meta"]["data_type"], "text");
}

#[test]
fn both_ends_of_a_range_are_in_it() {
    let server = Server::start();
    let client = server.logged_in();
    for second in ["-1", "0", "1.5", "2"] {
        assert_eq!(client.store("my_garage/d", &[("_ts", second), ("v", second)]), 200);
    }
    let values = |query: &str| -> Vec<Value> {
        let json = load(&client, "my_garage/d/v", query).json();
        let points = json["data"]["ts_data"].as_array().expect("points").clone();
        points.into_iter().map(|point| point["v"].clone()).collect()
    };
    assert_eq!(values("from=1970-01-01T00:00:00&to=1970-01-01T00:00:01.5"), [json!(0), json!(1.5)]);
    assert_eq!(values("from=1970-01-01T00:00:00.000001&to=1970-01-01T00:00:01.499999"), [] as [Value; 0]);
    assert_eq!(values("from=1970-01-01T02:00:00%2B02:00&to=1970-01-01T00:00:00"), [json!(0)]);
    assert_eq!(values("to=1970-01-01T00:00:00"), [json!(-1), json!(0)]);
    assert_eq!(values(""), [] as [Value; 0]);
}

#[test]
fn timedeltas_count_back_from_now() {
    let server = Server::start();
    let client = server.logged_in();
    assert_eq!(client.store("my_garage/d", &[("v", "1")]), 200);
    for query in ["timedelta_minutes=1.5", "timedelta_hours=1", "timedelta_days=0.5", ""] {
        let meta = load(&client, "my_garage/d/v", query).json()["data"]["ts_meta"].clone();
        assert_eq!(meta["len"], "1", "{query}");
        let seconds = match query {
            "timedelta_minutes=1.5" => "90.0",
            "timedelta_hours=1" => "3600.0",
            "timedelta_days=0.5" => "43200.0",
            _ => "86400.0",
        };
        assert_eq!(meta["seconds"], seconds, "{query}");
    }
}

#[test]
fn bad_parameters_are_told() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("v", "1")]);
    let bad = [
        ("operation=product", "operation"),
        ("operation=", "operation"),
        ("operation=diff&operation=diff", "operation"),
        ("scale=nan", "scale"),
        ("scale=-inf", "scale"),
        ("scale=1e999", "scale"),
        ("scale=two", "scale"),
        ("scale=1&scale=2", "scale"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=1000001", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=1.5", "limit"),
        ("limit=1&limit=1", "limit"),
        ("form=2015-01-01T00:00:00", "form"),
        ("from=999999-01-01T00:00:00", "from"),
        ("callback=a(b", "callback"),
        ("from=yesterday", "from"),
        ("to=2015-13-01T00:00:00", "to"),
        ("from=2015-01-02T00:00:00&to=2015-01-01T00:00:00", "from"),
        ("timedelta_days=x", "timedelta_days"),
        ("timedelta_days=-1", "timedelta_days"),
        ("timedelta_days=1&timedelta_hours=1", "timedelta"),
        ("timedelta_days=1&from=2015-01-01T00:00:00", "timedelta"),
    ];
    for (query, named) in bad {
        let reply = load(&client, "my_garage/d/v", query);
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.body.contains(named), "{query}: {}", reply.body);
    }
    assert_eq!(load(&client, "my_garage/d/b%20ad", "").status, 400);
}

#[test]
fn only_who_may_see_the_namespace_reads() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("v", "1")]);
    client.store("secluded/d", &[("v", "1")]);
    assert_eq!(load(&server.client(), "my_garage/d/v", "").status, 403);
    assert_eq!(load(&client, "secluded/d/v", "").status, 403);
    assert_eq!(load(&client, "nowhere/d/v", "").status, 403);
    assert_eq!(load(&client, "my_garage/unknown/v", "").status, 404);
    let empty = load(&client, "my_garage/d/unknown", "").json();
    assert_eq!(empty["data"]["ts_data"], json!([]));
    assert_eq!(
        (&empty["data"]["ts_meta"]["len"], &empty["data"]["ts_meta"]["data_type"]),
        (&json!("0"), &json!("None"))
    );
}

#[test]
fn the_type_comes_from_the_values_without_a_definition() {
    let server = Server::start();
    let client = server.logged_in();
    for (second, value) in ["1", " 2.5e0 ", "-.5", "9007199254740993"].iter().enumerate() {
        client.store("my_garage/d", &[("_ts", &second.to_string()), ("n", value), ("t", value)]);
    }
    client.store("my_garage/d", &[("_ts", "9"), ("t", "nan")]);
    let numbers: Vec<_> = client.points("my_garage/d/n").into_iter().map(|(_, value)| value).collect();
    assert_eq!(numbers, [json!(1), json!(2.5), json!(-0.5), json!(9_007_199_254_740_993_i64)]);
    assert_eq!(client.points("my_garage/d/t")[1].1, " 2.5e0 ");
    assert_eq!(meta(&client, "my_garage/d/t")["data_type"], "text");
    assert_eq!(meta(&client, "my_garage/d/t")["len"], "5");
}

#[test]
fn the_type_comes_from_the_definition_where_there_is_one() {
    let server = Server::start();
    let client = server.logged_in();
    for (second, value) in ["1", "broken", "3"].iter().enumerate() {
        client.store("my_garage/reg1", &[("_ts", &second.to_string()), ("temp", value), ("label", "5")]);
    }
    assert_eq!(client.points("my_garage/reg1/temp"), [(0, json!(1)), (2_000_000, json!(3))]);
    let meta = meta(&client, "my_garage/reg1/temp");
    assert_eq!(
        (&meta["len"], &meta["orig_len"], &meta["conversion_errors"]),
        (&json!("2"), &json!("3"), &json!("1"))
    );
    assert_eq!(client.points("my_garage/reg1/label")[0].1, "5");
}

#[test]
fn a_long_value_is_cut_and_says_so() {
    let server = Server::start();
    let client = server.logged_in();
    let long = "ö".repeat(600_000);
    assert_eq!(client.store("my_garage/d", &[("_ts", "1"), ("t", &long)]), 200);
    assert_eq!(client.store("my_garage/d", &[("_ts", "2"), ("t", "short")]), 200);
    let json = load(&client, "my_garage/d/t", "from=1970-01-01T00:00:00").json();
    let points = &json["data"]["ts_data"];
    assert_eq!(points[0]["v"].as_str().map(str::len), Some(1024 * 1024));
    assert_eq!((&points[0]["m"]["trv"], &points[0]["m"]["vlen"]), (&json!("True"), &json!("1200000")));
    assert_eq!((&points[1]["v"], &points[1]["m"]["trv"]), (&json!("short"), &json!("False")));
}

#[test]
fn a_long_series_comes_whole_and_in_order() {
    let server = Server::start();
    let client = server.logged_in();
    let packet = |index: i64| json!({"namespace": "my_garage", "uid": "long", "timestamp": index.to_string(), "data": format!("v={index}")});
    let packets = Value::from((0..12_345).rev().map(packet).collect::<Vec<_>>()).to_string();
    let pairs = [("packets", packets.as_str()), ("legacy_key", LEGACY_KEY)];
    assert_eq!(client.post("/api/legacy/packets/timeseries/", &pairs).status, 200);
    let points = client.points("my_garage/long/v");
    assert_eq!(points.len(), 12_345);
    assert!(
        points.iter().enumerate().all(|(index, (micros, value))| {
            *micros == index as i64 * 1_000_000 && *value == json!(index)
        })
    );
    assert_eq!(meta(&client, "my_garage/long/v")["len"], "12345");
}

#[test]
fn a_field_is_of_numbers_again_when_its_text_is_replaced() {
    let server = Server::start();
    let client = server.logged_in();
    let texts = || -> i64 {
        let sql = "SELECT texts FROM field WHERE name = 'v'";
        server.database().query_one(sql, values![], |row| row.get(0)).expect("a field")
    };
    for (value, count, word) in [("1", 0, "number"), ("x", 1, "text"), ("y", 1, "text"), ("2", 0, "number")] {
        assert_eq!(client.store("my_garage/d", &[("_ts", "5"), ("v", value)]), 200);
        assert_eq!(texts(), count, "{value}");
        assert_eq!(meta(&client, "my_garage/d/v")["data_type"], word, "{value}");
    }
    // A text outside the range does not matter to it.
    assert_eq!(client.store("my_garage/d", &[("_ts", "9"), ("v", "z")]), 200);
    let json = load(&client, "my_garage/d/v", "from=1970-01-01T00:00:00&to=1970-01-01T00:00:06").json();
    assert_eq!(json["data"]["ts_meta"]["data_type"], "number");
    assert_eq!(json["data"]["ts_data"][0]["v"], 2);
}

#[test]
fn a_text_that_comes_while_numbers_are_answered_is_answered() {
    let server = Server::start();
    let client = server.logged_in();
    assert_eq!(client.store("my_garage/d", &[("_ts", "0"), ("v", "0")]), 200);
    let sql =
        "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
               INSERT INTO value SELECT (SELECT id FROM field WHERE name = 'v'), i * 1000000, '1' FROM n";
    server.database().execute(sql, values![]).expect("inserts");
    let mut stream = TcpStream::connect(&server.address).expect("connects");
    let session = client.cookie("sessionid");
    let target = "/api/v1/timeseries/my_garage/d/v/?from=1970-01-01T00:00:00";
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: sessionid={session}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sends");
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).expect("the answer's beginning");
    // The rest is more than lies between the two, so the server has not come that far.
    assert_eq!(client.store("my_garage/d", &[("_ts", "300000"), ("v", "broken")]), 200);
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8(answer).expect("UTF-8");
    assert!(answer.contains("\"v\":\"broken\""));
    let meta = answer.split("\"ts_meta\":").nth(1).expect("a meta");
    assert!(meta.contains("\"len\":\"300001\",\"orig_len\":\"300001\",\"data_type\":\"text\""), "{meta}");
}

#[test]
fn a_long_value_is_not_a_number() {
    let server = Server::start();
    let client = server.logged_in();
    let long = format!("0.{}1e1048581", "0".repeat(1_048_580));
    assert_eq!(client.store("my_garage/reg1", &[("_ts", "1"), ("v", &long), ("temp", &long)]), 200);
    let points = client.points("my_garage/reg1/v");
    assert!(points[0].1.as_str().is_some_and(|text| text.len() == 1024 * 1024));
    assert_eq!(meta(&client, "my_garage/reg1/v")["data_type"], "text");
    assert_eq!(meta(&client, "my_garage/reg1/temp")["conversion_errors"], "1");
}

#[test]
fn ranges_reach_into_the_future_and_to_the_ends_of_the_calendar() {
    let server = Server::start();
    let client = server.logged_in();
    client.store("my_garage/d", &[("_ts", "1"), ("v", "1")]);
    let future = load(&client, "my_garage/d/v", "from=9998-01-01T00:00:00").json();
    assert_eq!(future["data"]["ts_data"], json!([]));
    let all = load(&client, "my_garage/d/v", "from=0001-01-01T00:00:00%2B23:59&to=9999-12-31T23:59:59-23:59")
        .json();
    assert_eq!(all["data"]["ts_meta"]["from"], "0001-01-01T00:00:00.000000");
    assert_eq!(all["data"]["ts_meta"]["to"], "9999-12-31T23:59:59.999999");
    assert_eq!(all["data"]["ts_meta"]["len"], "1");
}
