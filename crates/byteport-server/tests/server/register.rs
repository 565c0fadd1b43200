// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Registering devices, and storing with the keys that they get.

use serde_json::{Value, json};

use crate::client::{Client, encode};
use crate::farm::{self, each};
use crate::fixture::{KEY, Server, USER};

fn path(namespace: &str) -> String {
    format!("/api/v1/namespace/register_device/{namespace}/")
}

fn post(client: &Client, namespace: &str, pairs: &[(&str, &str)]) -> Value {
    let reply = client.post_own(&path(namespace), pairs);
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

fn registered(client: &Client, pairs: &[(&str, &str)]) -> Value {
    let answer = post(client, "test", pairs);
    assert!(answer["error"].is_null(), "{answer}");
    answer["registration_result"].clone()
}

fn error(client: &Client, pairs: &[(&str, &str)]) -> String {
    let answer = post(client, "test", pairs);
    assert!(answer["registration_result"].is_null(), "{answer}");
    answer["error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn stores(client: &Client, guid: &str, key: &str) -> u16 {
    client.post(&format!("/api/v1/timeseries/{guid}/"), &[("_key", key), ("v", "1")]).status
}

#[test]
fn one_device_is_registered_and_stores_with_its_key() {
    let server = farm::start();
    let client = server.logged_in();
    let kind = farm::json(&client, "/api/v1/namespace/farm/device_type/")[0]["id"].clone();
    let kind = kind.as_str().expect("an id");
    let pairs =
        [("device_uid", "new-1"), ("device_type_id", kind), ("serial", "<s 1>"), ("reg_code_length", "8")];
    let answer = post(&client, "farm", &pairs);
    let device = &answer["registration_result"]["devices"][0];
    let (key, code) = (device["access_key"].as_str().unwrap(), device["reg_code"].as_str().unwrap());
    assert_eq!((key.len(), code.len()), (64, 8));
    let expected = json!({
        "registration_result": {"requested_uids": ["new-1"], "errors": [], "devices": [
            {"uid": "new-1", "access_key": key, "reg_code": code}]},
        "datetime": answer["datetime"], "namespace": "farm", "user": USER,
        "input_parameters": {"device_uid": "new-1", "device_type_id": kind, "serial": "<s 1>",
            "reg_code_length": "8"},
    });
    assert_eq!(answer, expected);
    let shown = &farm::json(&client, "/api/v1/namespace/farm/device/?key=new-1")[0];
    let told = ["registered", "active", "access_key", "reg_code", "serial"].map(|name| shown[name].as_str());
    assert_eq!(told.map(|text| text.unwrap()), ["True", "False", key, code, "<s 1>"]);
    assert_eq!(shown["device_type"], kind);
    assert_eq!(stores(&server.client(), "farm/new-1", key), 200);
    assert_eq!(client.get(&format!("/api/v1/timeseries/farm/new-1/?_key={key}&w=2")).status, 200);
    assert_eq!(stores(&client, "farm/gw-1", key), 403);
    assert_eq!(stores(&client, "farm/new-2", key), 403);
    assert_eq!(stores(&client, "test/new-1", key), 403);
    assert_eq!(client.points("farm/new-1/v").len(), 1);
}

#[test]
fn the_settings_of_a_namespace_hold_for_new_keys() {
    let names = r#"["secluded", "only_get", "writes_off", "no_keys", "strict_one", "test"]"#;
    let seed = crate::fixture::SEED.replacen(r#"["my_garage", "test"]"#, names, 1);
    let server = Server::with(&seed, &[]);
    let client = server.logged_in();
    let cases =
        [("secluded", 200, 200), ("only_get", 403, 200), ("writes_off", 403, 403), ("test", 200, 403)];
    for (namespace, by_post, by_get) in
        cases.into_iter().chain([("no_keys", 403, 403), ("strict_one", 200, 200)])
    {
        assert_eq!(stores(&client, &format!("{namespace}/d"), "no such key"), 403);
        let answer = post(&client, namespace, &[("device_uid", "d")]);
        let key = answer["registration_result"]["devices"][0]["access_key"].as_str().expect("a key");
        assert_eq!(stores(&client, &format!("{namespace}/d"), key), by_post, "{namespace}");
        let get = client.get(&format!("/api/v1/timeseries/{namespace}/d/?_key={key}&v=1"));
        assert_eq!(get.status, by_get, "{namespace}: {}", get.body);
    }
    assert_eq!(stores(&client, "strict_one/not-registered", KEY), 404);
    let packets = r#"[{"uid": "d", "namespace": "strict_one", "timestamp": "1", "data": "p=1;"}]"#;
    let pairs = [("packets", packets), ("legacy_key", crate::fixture::LEGACY_KEY)];
    assert_eq!(client.post("/api/legacy/packets/timeseries/", &pairs).status, 200);
}

#[test]
fn lists_and_ranges_are_registered_at_once() {
    let server = Server::start();
    let client = server.logged_in();
    let cases = [
        ("device100-102", "True", "device100 device101 device102"),
        ("10-12", "true", "10 11 12"),
        ("098-101Dev", "1", "098Dev 099Dev 100Dev 101Dev"),
        ("a,b, c-1", "False", "a b c-1"),
        ("x1-2,y,3-4z", "True", "x1 x2 y 3z 4z"),
        ("r1-2", "0", "r1-2"),
    ];
    for (uids, batch, expected) in cases {
        let result = registered(&client, &[("device_uid", uids), ("batch_register", batch)]);
        let requested: Vec<_> = expected.split(' ').collect();
        assert_eq!(result["requested_uids"], json!(requested));
        assert_eq!(each(&result["devices"], "uid"), requested);
        let mut keys = each(&result["devices"], "access_key");
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), requested.len());
        assert_eq!(result["devices"][0]["reg_code"], "None");
        for uid in requested {
            assert_eq!(
                farm::json(&client, &format!("/api/v1/namespace/test/device/?key={uid}"))[0]["uid"],
                uid
            );
        }
    }
    let many = registered(&client, &[("device_uid", "m00001-10000"), ("batch_register", "True")]);
    assert_eq!(many["devices"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(many["devices"][9999]["uid"], "m10000");
}

#[test]
fn an_existing_device_needs_force_which_renews_its_key() {
    let server = Server::start();
    let client = server.logged_in();
    let first = registered(&client, &[("device_uid", "d"), ("serial", "1"), ("active", "True")]);
    let old = first["devices"][0]["access_key"].as_str().expect("a key");
    assert_eq!(stores(&client, "test/d", old), 200);
    let refused = error(&client, &[("device_uid", "new,d"), ("force", "False")]);
    assert!(refused.contains("registered already: d;") && refused.contains("force"), "{refused}");
    assert_eq!(farm::json(&client, "/api/v1/namespace/test/device/?key=new"), json!([]));
    assert_eq!(stores(&client, "test/d", old), 200);
    let again = registered(&client, &[("device_uid", "d"), ("force", "True")]);
    let new = again["devices"][0]["access_key"].as_str().expect("a key");
    assert_eq!((stores(&client, "test/d", old), stores(&client, "test/d", new)), (403, 200));
    let shown = &farm::json(&client, "/api/v1/namespace/test/device/?key=d")[0];
    assert_eq!((&shown["serial"], &shown["active"]), (&json!("1"), &json!("False")));
    assert!(!client.points("test/d/v").is_empty());
    // What stored without being registered is not there yet.
    assert_eq!(client.store("test/stranger", &[("v", "1")]), 200);
    registered(&client, &[("device_uid", "stranger")]);
    assert_eq!(client.points("test/stranger/v").len(), 1);
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_registered() {
    let server = farm::start();
    let client = server.logged_in();
    let kind = farm::json(&client, "/api/v1/namespace/farm/device_type/")[0]["id"].clone();
    let foreign = kind.as_str().expect("an id");
    let before = server.count("device");
    let (letters, zeros) = ("a".repeat(100_000), "0".repeat(100_000));
    let long = [letters, zeros].map(|text| format!("{text}1-9999"));
    let wrong: [(&str, &[(&str, &str)]); 18] = [
        ("device_uid", &[]),
        ("device_uid", &[("device_uid", "")]),
        ("invalid device UID", &[("device_uid", "ok,a b")]),
        ("invalid device UID", &[("device_uid", "'; DROP TABLE device;--")]),
        ("invalid device UID", &[("device_uid", "<script>")]),
        ("invalid device UID", &[("device_uid", "a\0")]),
        ("invalid device UID", &[("device_uid", "..")]),
        ("10000 devices", &[("device_uid", "1-99999999999"), ("batch_register", "True")]),
        ("too large", &[("device_uid", "1-99999999999999999999999"), ("batch_register", "True")]),
        ("too long", &[("device_uid", &long[0]), ("batch_register", "True")]),
        ("too long", &[("device_uid", &long[1]), ("batch_register", "True")]),
        ("there twice", &[("device_uid", "a,b,a")]),
        ("device type", &[("device_uid", "a"), ("device_type_id", "999999")]),
        ("device type", &[("device_uid", "a"), ("device_type_id", foreign)]),
        ("whole number", &[("device_uid", "a"), ("device_type_id", "1 OR 1=1")]),
        ("single device", &[("device_uid", "a1-2"), ("batch_register", "True"), ("serial", "1")]),
        ("reg_code_length", &[("device_uid", "a"), ("reg_code_length", "65")]),
        ("not supported", &[("device_uid", "a"), ("forse", "True")]),
    ];
    for (reason, pairs) in wrong {
        let told = error(&client, pairs);
        assert!(told.contains(reason), "{pairs:?}: {told}");
    }
    for pair in [("force", "yes"), ("active", "2"), ("batch_register", ""), ("reg_code_length", "-1")] {
        assert!(error(&client, &[("device_uid", "a"), pair]).contains(pair.0));
    }
    assert!(error(&client, &[("device_uid", "a"), ("device_uid", "b")]).contains("more than once"));
    assert_eq!(server.count("device"), before);
}

#[test]
fn who_may_not_is_refused() {
    let server = Server::start();
    let client = server.logged_in();
    let pairs = [("device_uid", "d")];
    for namespace in ["secluded", "nowhere"] {
        let reply = client.post_own(&path(namespace), &pairs);
        assert_eq!((reply.status, reply.body.as_str()), (403, "you may not see this namespace\n"));
    }
    assert_eq!(client.post_own(&path("a%2Fb"), &pairs).status, 400);
    assert_eq!(client.get(&path("test")).status, 405);
    assert_eq!(client.post(&path("test"), &pairs).status, 403);
    let mut foreign = client.clone();
    foreign.referer = None;
    assert_eq!(foreign.post_own(&path("test"), &pairs).status, 403);
    let mut gone = client.clone();
    gone.cookies.retain(|(name, _)| name == "csrftoken");
    assert_eq!(gone.post_own(&path("test"), &pairs).status, 403);
    let large = encode(&[("device_uid", &"a,".repeat(1_000_000))]);
    assert_eq!(client.post_raw(&path("test"), large.as_bytes()).status, 413);
    let many = "a=1&".repeat(10_000) + &encode(&[("csrfmiddlewaretoken", client.cookie("csrftoken"))]);
    let reply = client.post_raw(&path("test"), many.as_bytes());
    assert!(reply.status == 200 && reply.json()["error"].is_string(), "{}", reply.status);
    assert_eq!(server.count("device"), 2);
}
