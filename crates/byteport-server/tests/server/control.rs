// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Control fields: set by a call, kept as they were last set.

use serde_json::json;

use crate::client::Client;
use crate::fixture::Server;

const SET: &str = "/api/v1/device_control/set_fields/my_garage/dev1/";
const KEPT: &str = "/api/local/control/my_garage/dev1/";

/// Path, form and status.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

fn server() -> (Server, Client) {
    let server = Server::start();
    let client = server.logged_in();
    assert_eq!(client.store("my_garage/dev1", &[]), 200);
    (server, client)
}

#[test]
fn fields_are_kept_as_they_were_last_set() {
    let (_server, client) = server();
    assert_eq!(client.get(KEPT).json(), json!([]));
    let reply = client.post_own(SET, &[("Group name.Property", "on"), ("_b", "1"), ("_b", "åäö")]);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let set = json!({"Group name.Property": "on", "_b": "åäö"});
    assert_eq!(reply.json(), json!({"namespace": "my_garage", "uid": "dev1", "set_fields": set}));
    let first = client.get(KEPT).json();
    assert_eq!(client.post_own(SET, &[("_b", "")]).status, 200);
    let then = client.get(KEPT).json();
    assert_eq!(then[0], first[0]);
    assert_eq!((&then[0]["path"], &then[0]["value"]), (&json!("Group name.Property"), &json!("on")));
    assert_eq!((&then[1]["path"], &then[1]["value"]), (&json!("_b"), &json!("")));
    assert!(then[1]["changed"].as_str() > first[1]["changed"].as_str(), "{then} {first}");
    assert_eq!(then.as_array().map(Vec::len), Some(2));
}

#[test]
fn a_call_sets_all_or_nothing() {
    let (server, client) = server();
    let (long_path, long_value) = ("p".repeat(257), "v".repeat(4097));
    let many: Vec<String> = (0..257).map(|index| format!("f{index}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "1")).collect();
    let cases: [Case<'_>; 9] = [
        (SET, &[], 400),
        (SET, &[("good", "1"), ("", "1")], 400),
        (SET, &[("good", "1"), ("line\nbreak", "1")], 400),
        (SET, &[("good", "1"), (&long_path, "1")], 400),
        (SET, &[("good", "1"), ("p", &long_value)], 400),
        (SET, &many, 400),
        ("/api/v1/device_control/set_fields/my_garage/nobody/", &[("a", "1")], 404),
        ("/api/v1/device_control/set_fields/secluded/dev1/", &[("a", "1")], 403),
        ("/api/v1/device_control/set_fields/nowhere/dev1/", &[("a", "1")], 403),
    ];
    for (path, pairs, status) in cases {
        let reply = client.post_own(path, pairs);
        assert_eq!(reply.status, status, "{path}");
        assert!(!reply.body.contains("vvv"), "{}", reply.body);
    }
    assert_eq!(server.count("control"), 0);
    assert_eq!(client.get("/api/local/control/my_garage/nobody/").status, 404);
    assert_eq!(client.get("/api/local/control/secluded/dev1/").status, 403);
    assert_eq!(client.get(&format!("{KEPT}?x=1")).status, 400);
}

#[test]
fn a_device_has_a_bounded_number_of_them() {
    let (server, client) = server();
    for part in 0..4 {
        let names: Vec<String> = (0..256).map(|index| format!("part{part}.{index}")).collect();
        let pairs: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
        assert_eq!(client.post_own(SET, &pairs).status, 200);
    }
    assert_eq!(client.post_own(SET, &[("part0.0", "2"), ("one more", "1")]).status, 400);
    assert_eq!(server.count("control"), 1024);
    assert_eq!(client.post_own(SET, &[("part0.0", "2")]).status, 200);
    assert_eq!(client.get(KEPT).json()[0]["value"], "2");
}

#[test]
fn script_and_sql_are_text() {
    let (_server, client) = server();
    let hostile = "'); DELETE FROM control; --<script>alert(1)</script>";
    assert_eq!(client.post_own(SET, &[(hostile, hostile)]).status, 200);
    let kept = client.get(KEPT);
    assert_eq!((&kept.json()[0]["path"], &kept.json()[0]["value"]), (&json!(hostile), &json!(hostile)));
    assert_eq!(kept.headers["content-type"], "application/json");
    assert_eq!(kept.headers["x-content-type-options"], "nosniff");
}
