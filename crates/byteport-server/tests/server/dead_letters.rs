// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What comes by a broker and cannot be stored.

use serde_json::{Value, json};

use crate::brokers::{LONG, MOSQUITTO, RABBITMQ, Source, list, until};
use crate::client::Client;
use crate::fixture::{SEED, Server};

const CALL: &str = "/api/local/dead_letters/";

/// A seed in which the usual user may see every namespace.
fn seed() -> String {
    let all = r#"namespaces = ["my_garage", "test", "secluded", "only_get", "writes_off", "no_keys", "strict_one"]"#;
    SEED.replace(r#"namespaces = ["my_garage", "test"]"#, all)
}

fn letters(client: &Client, query: &str) -> Vec<Value> {
    let reply = client.get(&format!("{CALL}{query}"));
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json().as_array().expect("a list").clone()
}

fn publish(source: &Source<'_>, bodies: &[&[u8]]) {
    let client = source.client();
    bodies.iter().for_each(|body| client.post(&source.destination, body).expect("handed over"));
    assert_eq!(client.flush(LONG).expect("flushes"), 0);
}

fn packet(namespace: &str, uid: &str) -> String {
    format!(r#"{{"uid":"{uid}","namespace":"{namespace}","timestamp":"1","data":"v=1;"}}"#)
}

#[test]
fn the_rest_of_the_list_and_of_the_batch_is_stored() {
    let source = Source::mqtt(&MOSQUITTO);
    let server = source.server_with(&seed());
    let good = packet("my_garage", "d");
    let mixed = [
        packet("my_garage", "first"),
        packet("nowhere", "d"),
        packet("strict_one", "unknown"),
        packet("strict_one", "known"),
        packet("writes_off", "over-http-alone"),
        r#"{"uid":"d","namespace":"my_garage","timestamp":"-70000000000","data":"v=1"}"#.into(),
        r#"{"uid":"bad name","namespace":"my_garage","data":"v=1"}"#.into(),
        r#"{"uid":"d","namespace":"my_garage","data":"v"}"#.into(),
        "7".into(),
        packet("my_garage", "last"),
    ];
    let invalid =
        [b"[", good.as_bytes(), b",{\"uid\":\"d\",\"namespace\":\"my_garage\",\"data\":\"v=\xff\"}]"];
    let long = format!("\"{}\"", "x".repeat(100_000));
    let bodies = [
        format!("[{}]", mixed.join(",")).into_bytes(),
        b"no JSON".to_vec(),
        invalid.concat(),
        format!("[{}, {{", packet("my_garage", "cut")).into_bytes(),
        long.into_bytes(),
        list("after", 0..10).into_bytes(),
    ];
    let bodies: Vec<_> = bodies.iter().map(Vec::as_slice).collect();
    publish(&source, &bodies);
    until("all are stored", || server.count("value") == 5 + 1 + 10);
    let client = server.logged_in();
    until("all are kept", || server.count("dead_letter") == 10);
    let all = letters(&client, "");
    let reasons: Vec<_> = all.iter().map(|letter| letter["reason"].as_str().expect("a text")).collect();
    let expected = [
        "not a JSON list",
        "ends early",
        "UTF-8",
        "not a JSON list",
        "registered devices only",
        "no such namespace",
        "not an object",
        "has no =",
        "bad name",
        "years 1 to 9999",
    ];
    for reason in expected {
        let wanted = expected.iter().filter(|other| **other == reason).count();
        let found = reasons.iter().filter(|found| found.contains(reason)).count();
        assert_eq!(found, wanted, "{reason}: {reasons:?}");
    }
    let of =
        |reason: &str| all.iter().find(|letter| letter["reason"].as_str().unwrap().contains(reason)).unwrap();
    let cut = all.iter().find(|letter| letter["length"] == "100002").expect("the long one");
    assert_eq!((&cut["truncated"], cut["body"].as_str().unwrap().len()), (&json!("True"), 4096));
    let unknown = of("no such namespace");
    assert_eq!(
        (&unknown["namespace"], &unknown["body"]),
        (&json!("nowhere"), &json!(packet("nowhere", "d")))
    );
    assert_eq!(unknown["destination"], json!(source.destination));
    assert_eq!(of("not an object")["body"], json!("7"));
    server.wait_for_log("dead letters from");
    assert!(server.log().matches("dead letters from").count() <= 2, "{}", server.log());
}

#[test]
fn a_virtual_host_of_a_namespace_has_its_packets_alone() {
    let source = Source::stomp(&RABBITMQ).within("my_garage");
    let server = source.server();
    let list = format!("[{},{}]", packet("test", "d"), packet("my_garage", "d"));
    publish(&source, &[list.as_bytes(), b"{}"]);
    until("both are kept", || server.count("dead_letter") == 2);
    assert_eq!(server.count("value"), 1);
    let own = letters(&server.logged_in(), "?namespace=my_garage");
    assert_eq!((own.len(), &own[0]["body"]), (1, &json!("{}")));
    let other = letters(&server.logged_in(), "?namespace=test");
    assert!(other.len() == 1 && other[0]["reason"].as_str().unwrap().contains("virtual host"), "{other:?}");
}

#[test]
fn users_see_those_of_their_namespaces() {
    let source = Source::mqtt(&MOSQUITTO);
    let server = source.server();
    let bad =
        |namespace| format!(r#"[{{"uid":"d","namespace":"{namespace}","timestamp":"-99999999999999"}}]"#);
    publish(&source, &[bad("my_garage").as_bytes(), bad("secluded").as_bytes(), b"for nobody"]);
    until("all are kept", || server.count("dead_letter") == 3);
    assert_eq!(server.client().get(CALL).status, 403);
    let mut guest = server.client();
    assert_eq!(guest.login("guest", "guest-5ecret").status, 200);
    assert!(letters(&guest, "").is_empty());
    let client = server.logged_in();
    assert_eq!(letters(&client, "").len(), 1);
    assert_eq!(client.get(&format!("{CALL}?namespace=secluded")).status, 403);
    for bad in ["limit=0", "limit=1001", "before=x", "namespace=-", "uid=d"] {
        assert_eq!(client.get(&format!("{CALL}?{bad}")).status, 400, "{bad}");
    }
}

#[test]
fn the_newest_are_kept_and_read_in_pages() {
    let source = Source::mqtt(&MOSQUITTO);
    let server = source.server_with(&seed());
    let numbers: Vec<_> = (0..5000).map(|number| number.to_string()).collect();
    publish(&source, &[format!("[{}]", numbers.join(",")).as_bytes(), b"[\"last\"]"]);
    until("the last is kept", || newest(&server) == json!("\"last\""));
    assert_eq!(server.count("dead_letter"), 4096);
    let client = server.logged_in();
    let page = letters(&client, "?limit=1000");
    let before = page[999]["id"].as_str().expect("an id");
    let next = letters(&client, &format!("?limit=1&before={before}"));
    assert_eq!((&page[999]["body"], &next[0]["body"]), (&json!("4001"), &json!("4000")));
}

fn newest(server: &Server) -> Value {
    letters(&server.logged_in(), "?limit=1").first().map_or(Value::Null, |letter| letter["body"].clone())
}
