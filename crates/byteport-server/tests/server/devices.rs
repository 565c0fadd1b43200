// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Listing and configuring devices, and which were heard of lately.

use byteport_server::values;
use serde_json::json;

use crate::farm::{self, each, refused};
use crate::fixture::DEVICE_KEY;

const DEVICES: &str = "/api/v1/namespace/farm/device/";

#[test]
fn a_device_has_the_shape() {
    let server = farm::start();
    let client = server.logged_in();
    let list = farm::json(&client, &format!("{DEVICES}?key=gw-1"));
    let gateway = json!({
        "uid": "gw-1", "namespace": "farm", "guid": "farm.gw-1", "device_type": list[0]["device_type"],
        "active": "True", "registered": "True", "alias": "None", "serial": "None", "description": "None",
        "lat": "55.5", "lon": "-13.25", "location_hint": "None", "timeout_limit": "None",
        "offline_alarm": "False", "alarm_interval": "None", "alarm_repeat_times": "None",
        "last_contact": "None", "online": "False", "parent": "None", "access_key": DEVICE_KEY,
        "reg_code": "None",
    });
    assert_eq!(list, json!([gateway]));
    assert!(list[0]["device_type"].as_str().is_some_and(|id| id.parse::<u32>().is_ok()), "{list}");
    let probe = &farm::json(&client, &format!("{DEVICES}?_key=probe-1"))[0];
    assert_eq!((&probe["parent"], &probe["online"]), (&json!("gw-1"), &json!("None")));
    assert_eq!(probe["alias"], "'; DROP TABLE device;--<script>");
    assert_eq!(client.store("farm/gw-1", &[("load", "1")]), 200);
    let gateway = &farm::json(&client, &format!("{DEVICES}?uid=gw-1&depth=1&_=17"))[0];
    assert_eq!(gateway["online"], "True");
    assert!(gateway["last_contact"].as_str().is_some_and(|time| time.len() == 26), "{gateway}");
    server
        .database()
        .execute("UPDATE device SET last_contact = last_contact - 61000000", values![])
        .expect("ages");
    assert_eq!(farm::json(&client, &format!("{DEVICES}?uid=gw-1"))[0]["online"], "False");
}

#[test]
fn depths_add_types_and_children() {
    let server = farm::start();
    let client = server.logged_in();
    let at = |depth: usize| farm::json(&client, &format!("{DEVICES}?depth={depth}"));
    assert_eq!(at(0), json!([{"uid": "gw-1"}, {"uid": "probe-1"}, {"uid": "probe-2"}]));
    assert_eq!(at(1), farm::json(&client, DEVICES));
    assert_eq!(each(&at(1), "uid"), ["gw-1", "probe-1", "probe-2"]);
    assert!(at(1)[0].get("children").is_none());
    let second = at(2);
    assert_eq!(second[0]["device_type"]["name"], "gateway");
    assert_eq!(second[2]["device_type"], "None");
    assert_eq!(each(&second[0]["children"], "uid"), ["probe-1", "probe-2"]);
    assert_eq!(second[1]["children"], json!([]));
    assert!(second[0]["children"][0]["device_type"].is_string(), "{second}");
    assert!(second[0]["children"][0].get("children").is_none());
    assert_eq!(at(3)[0]["children"][0]["device_type"]["name"], "probe");
    let one = farm::json(&client, &format!("{DEVICES}?key=gw-1&depth=2"));
    assert_eq!(one, json!([second[0]]));
}

#[test]
fn keys_pick_devices() {
    let server = farm::start();
    let client = server.logged_in();
    let picked = |key: &str| each(&farm::json(&client, &format!("{DEVICES}?depth=0&{key}")), "uid").join(" ");
    assert_eq!(picked("key=probe*"), "probe-1 probe-2");
    assert_eq!(picked("uid=*-1"), "gw-1 probe-1");
    assert_eq!(picked("_key=probe-2"), "probe-2");
    let none = ["key=", "key=probe", "key=PROBE*", "key=%25", "key=prob_-1", "key=pr*x", "key=a%00*"];
    for nothing in none.iter().chain(&["key='%20OR%201=1--", "key=..%2f..", "key=å*"]) {
        assert_eq!(picked(nothing), "", "{nothing}");
    }
    let stars = format!("key={}", "*p".repeat(10_000));
    assert_eq!(picked(&stars), "");
    let wrong =
        ["key=a&uid=b", "key=a&key=a", "depth=4", "depth=-1", "depth=1e9", "depth=", "limit=1", "key=%ff"];
    for query in wrong {
        refused(&client, 400, &[&format!("{DEVICES}?{query}")]);
    }
}

#[test]
fn a_long_list_comes_by_pages_and_is_whole() {
    let server = farm::start();
    let client = server.logged_in();
    server
        .database()
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
             INSERT INTO device (namespace_id, uid, parent_id, device_type_id)
                 SELECT namespace_id, 'x' || i, id, device_type_id FROM n, device WHERE uid = 'gw-1'",
            values![],
        )
        .expect("devices");
    let all = each(&farm::json(&client, &format!("{DEVICES}?depth=0")), "uid");
    assert_eq!(all.len(), 2503);
    assert!(all.is_sorted_by(|left, right| left < right));
    assert_eq!(each(&farm::json(&client, &format!("{DEVICES}?depth=3")), "uid"), all);
    assert_eq!(farm::json(&client, &format!("{DEVICES}?key=x1*&depth=0")).as_array().unwrap().len(), 1111);
    assert_eq!(farm::json(&client, &format!("{DEVICES}?key=x*00&depth=3")).as_array().unwrap().len(), 25);
    let wrapped = client.get(&format!("{DEVICES}?key=x*&callback=go.on")).body;
    assert!(wrapped.starts_with("go.on([{") && wrapped.ends_with("}]);"));
}

#[test]
fn activity_is_of_the_last_day() {
    let server = farm::start();
    let client = server.logged_in();
    let path = "/api/v1/namespace/farm/activity/";
    let nothing = json!({"registered_devices": [], "unregistered_devices": []});
    assert_eq!(farm::json(&client, path), nothing);
    for uid in ["gw-1", "stranger", "probe-2", "older"] {
        assert_eq!(client.store(&format!("farm/{uid}"), &[("v", "1")]), 200);
    }
    let age = "UPDATE device SET last_contact = last_contact - 86400000000 WHERE uid = 'older'";
    server.database().execute(age, values![]).expect("ages");
    let told = farm::json(&client, path);
    assert_eq!(each(&told["registered_devices"], "uid"), ["probe-2", "gw-1"]);
    assert_eq!(told["registered_devices"][1]["guid"], "farm.gw-1");
    let stranger = &told["unregistered_devices"][0];
    let time = stranger["last_contact"].clone();
    let strangers = json!([{"namespace": "farm", "uid": "stranger", "last_contact": time}]);
    assert_eq!(told["unregistered_devices"], strangers);
    refused(&client, 400, &[&format!("{path}?hours=1")]);
}

#[test]
fn a_device_is_configured() {
    let server = farm::start();
    let client = server.logged_in();
    let path = "/api/v1/namespace/configure_device/farm/gw-1/";
    let pairs = [
        ("active", "false"),
        ("lat", "-90"),
        ("lon", " 1.5e1 "),
        ("location_hint", "the <i>barn</i>\nleft"),
        ("alias", "'; DROP TABLE device;--"),
        ("serial", "s å 1"),
        ("description", "None"),
        ("timeout_limit", "0"),
        ("offline_alarm", "1"),
        ("alarm_interval", "4294967295"),
        ("alarm_repeat_times", "3"),
    ];
    let reply = client.post_own(path, &pairs);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let device = reply.json();
    let expected = [
        ("active", "False"),
        ("lat", "-90"),
        ("lon", "15"),
        ("location_hint", "the <i>barn</i>\nleft"),
        ("alias", "'; DROP TABLE device;--"),
        ("serial", "s å 1"),
        ("description", "None"),
        ("timeout_limit", "0"),
        ("offline_alarm", "True"),
        ("alarm_interval", "4294967295"),
        ("alarm_repeat_times", "3"),
        ("online", "None"),
    ];
    for (name, value) in expected {
        assert_eq!(device[name], value, "{name}");
    }
    assert_eq!(farm::json(&client, &format!("{DEVICES}?key=gw-1")), json!([device]));
    let cleared = client.post_own(path, &[("lat", ""), ("alias", "None"), ("timeout_limit", "None")]).json();
    for name in ["lat", "alias", "timeout_limit"] {
        assert_eq!(cleared[name], "None");
    }
    assert_eq!((&cleared["lon"], &cleared["serial"]), (&device["lon"], &device["serial"]));
}

#[test]
fn what_cannot_be_configured_changes_nothing() {
    let server = farm::start();
    let client = server.logged_in();
    let before = farm::json(&client, DEVICES);
    let path = "/api/v1/namespace/configure_device/farm/gw-1/";
    let long = "x".repeat(1001);
    let wrong = [
        ("lat", "90.0001"),
        ("lon", "-181"),
        ("lat", "nan"),
        ("lat", "1e999"),
        ("lon", "0x10"),
        ("active", "yes"),
        ("active", "None"),
        ("offline_alarm", ""),
        ("timeout_limit", "-1"),
        ("timeout_limit", "1.5"),
        ("alarm_interval", "4294967296"),
        ("alarm_repeat_times", "99999999999999999999"),
        ("alias", "a\0b"),
        ("serial", &long),
        ("uid", "other"),
        ("access_key", "mine"),
        ("lat = 1; --", "1"),
    ];
    for (name, value) in wrong {
        let reply = client.post_own(path, &[("description", "changed"), (name, value)]);
        assert_eq!(reply.status, 400, "{name}={value}: {}", reply.body);
        assert!(reply.body.contains(name) && reply.body.lines().count() == 1, "{}", reply.body);
    }
    assert_eq!(client.post_own(path, &[("alias", "a"), ("alias", "b")]).status, 400);
    let other =
        |path: &str| client.post_own(&format!("/api/v1/namespace/configure_device/{path}/"), &[]).status;
    assert_eq!((other("farm/gone"), other("farm/a%2Fb"), other("farm/..%2F..")), (404, 400, 400));
    assert_eq!((other("secluded/d"), other("nowhere/d")), (403, 403));
    assert_eq!(client.post(path, &[("alias", "no token")]).status, 403);
    let mut foreign = client.clone();
    foreign.referer = Some("http://evil.example/".into());
    assert_eq!(foreign.post_own(path, &[("alias", "no referer")]).status, 403);
    assert_eq!(client.post_own(path, &[("alias", &"x".repeat(70_000))]).status, 413);
    assert_eq!(farm::json(&client, DEVICES), before);
}

#[test]
fn what_a_seed_leaves_out_of_a_device_stays() {
    let mut server = farm::start();
    let set = "UPDATE device SET lat = 1, lon = 2, location_hint = 'h', timeout_limit = 3, offline_alarm = 1,
               alarm_interval = 4, alarm_repeat_times = 5 WHERE uid = 'probe-1'";
    server.database().execute(set, values![]).expect("sets");
    let before = farm::json(&server.logged_in(), &format!("{DEVICES}?key=probe-1"));
    assert!(server.terminate().success());
    let path = server.folder.path().join("seed.toml");
    let seed = std::fs::read_to_string(&path).expect("a seed");
    let short = seed.replace("device_type = \"probe\"\nparent = \"gw-1\"\n", "");
    assert_ne!(short, seed);
    std::fs::write(path, short).expect("writes");
    server.restart();
    assert_eq!(farm::json(&server.logged_in(), &format!("{DEVICES}?key=probe-1")), before);
}

#[test]
fn only_those_who_may_see_the_namespace_are_answered() {
    let server = farm::start();
    let client = server.logged_in();
    let mut guest = server.client();
    assert_eq!(guest.login("guest", "guest-5ecret").status, 200);
    let paths = ["device/", "device/?key=gw-1", "activity/", "device_type/", "device_type/1/firmware/"];
    for path in paths {
        let answer = |client: &crate::client::Client, namespace: &str| {
            let reply = client.get(&format!("/api/v1/namespace/{namespace}/{path}"));
            (reply.status, reply.body)
        };
        let hidden = answer(&client, "secluded");
        assert_eq!(hidden.0, 403, "{path}");
        assert_eq!(hidden, answer(&client, "nowhere"));
        assert_eq!(hidden, answer(&guest, "farm"));
        assert_eq!(answer(&server.client(), "farm"), (403, "not logged in\n".into()));
        assert_eq!(answer(&client, "a%20b").0, 400);
        assert_eq!(answer(&client, "..%2f..").0, 400);
    }
}
