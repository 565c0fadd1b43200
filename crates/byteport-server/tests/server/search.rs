// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Searching devices in all namespaces that a user may see.

use serde_json::json;

use crate::farm::{self, each, refused};

const SEARCH: &str = "/api/v1/search_devices/";

#[test]
fn terms_find_devices() {
    let server = farm::start();
    let client = server.logged_in();
    for uid in ["probe-1", "x:Y"] {
        assert_eq!(client.store(&format!("test/{uid}"), &[("v", "1")]), 200);
        assert_eq!(client.store(&format!("secluded/{uid}"), &[("v", "1")]), 200);
    }
    let found = |term: &str| {
        let answer = farm::json(&client, &format!("{SEARCH}?term={term}"));
        let list = answer["data"].as_array().expect("a list");
        list.iter().map(|guid| guid.as_str().expect("a GUID")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found("probe"), "farm.probe-1 farm.probe-2 test.probe-1");
    assert_eq!(found("m.p"), "farm.probe-1 farm.probe-2");
    assert_eq!(found("probe-1."), "farm.probe-1 test.probe-1");
    assert_eq!(found("farm.probe-1."), "farm.probe-1");
    assert_eq!(found("farm*"), "farm.gw-1 farm.probe-1 farm.probe-2");
    assert_eq!(found("*-1"), "farm.gw-1 farm.probe-1 test.probe-1");
    assert_eq!(found("p*2"), "farm.probe-2");
    assert_eq!(found(""), "farm.gw-1 farm.probe-1 farm.probe-2 my_garage.reg1 test.probe-1 test.x:Y");
    assert_eq!(found("x:Y"), "test.x:Y");
    let none = [
        "PROBE",
        "probe.",
        "farm.",
        "secluded",
        "robe*",
        "%25",
        "prob_-1",
        "x%00",
        "*.*.*",
        "%27%20OR%201=1",
    ];
    for term in none {
        assert_eq!(found(term), "", "{term}");
    }
    assert_eq!(found(&"*a".repeat(10_000)), "");
}

#[test]
fn answers_are_guids_or_devices_up_to_a_limit() {
    let server = farm::start();
    let client = server.logged_in();
    let plain = farm::json(&client, &format!("{SEARCH}?term=probe-2.&full=False"));
    assert_eq!(plain, json!({"meta": {"term": "probe-2."}, "data": ["farm.probe-2"]}));
    let full = farm::json(&client, &format!("{SEARCH}?term=farm&full=True&limit=2"));
    assert_eq!(each(&full["data"], "guid"), ["farm.gw-1", "farm.probe-1"]);
    assert_eq!(full["data"], farm::json(&client, "/api/v1/namespace/farm/device/?key=*-1"));
    let range = [("device_uid", "d100-199"), ("batch_register", "True")];
    assert_eq!(client.post_own("/api/v1/namespace/register_device/test/", &range).status, 200);
    let count = |query: &str| {
        let answer = farm::json(&client, &format!("{SEARCH}?term=test.d{query}"));
        answer["data"].as_array().expect("a list").len()
    };
    assert_eq!((count(""), count("&limit=1"), count("&limit=10000")), (20, 1, 100));
    let script = farm::json(&client, &format!("{SEARCH}?term=%3Cscript%3E"));
    assert_eq!(script, json!({"meta": {"term": "<script>"}, "data": []}));
    for query in ["", "?term=a&limit=0", "?term=a&limit=10001", "?term=a&limit=-1", "?term=a&full=yes"] {
        refused(&client, 400, &[&format!("{SEARCH}{query}")]);
    }
    let wrong = ["?term=a&limit=99999999999999999999", "?term=a&term=b", "?term=a&depth=1", "?term=%ff"];
    for query in wrong {
        refused(&client, 400, &[&format!("{SEARCH}{query}")]);
    }
    refused(&server.client(), 403, &[&format!("{SEARCH}?term=a")]);
    let reply = client.get(&format!("{SEARCH}?term=probe-2&callback=found"));
    assert_eq!(reply.body, r#"found({"meta":{"term":"probe-2"},"data":["farm.probe-2"]});"#);
}
