// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The seed file: applied twice, changed, wrong.

use std::fs;

use crate::fixture::{PASSWORD, Server, USER, run};
use byteport_server::values;

/// Every row that a seed makes, as text.
fn rows(server: &Server) -> Vec<String> {
    let tables =
        ["namespace", "device_type", "field_definition", "firmware", "device", "user", "user_namespace"];
    let mut all: Vec<_> = tables.iter().flat_map(|table| server.rows(table)).collect();
    all.sort();
    all
}

fn change(server: &Server, from: &str, to: &str) {
    let path = server.folder.path().join("seed.toml");
    let text = fs::read_to_string(&path).expect("a seed");
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).expect("writes");
}

#[test]
fn a_seed_applied_twice_changes_nothing_and_keeps_sessions() {
    let mut server = Server::start();
    let mut client = server.client();
    client.login(USER, PASSWORD);
    client.store("my_garage/reg1", &[("v", "1")]);
    let before = rows(&server);
    assert!(before.len() > 15, "{before:?}");
    assert!(server.terminate().success());
    server.restart();
    assert_eq!(rows(&server), before);
    let cookies = client.cookies;
    client = server.client();
    client.cookies = cookies;
    assert_eq!(client.get("/api/v1/session/").json()["logged_in"], "True");
    assert_eq!(server.count("value"), 1);
}

#[test]
fn a_changed_seed_is_an_update() {
    let mut server = Server::start();
    let mut client = server.client();
    client.login(USER, PASSWORD);
    let ids = |server: &Server| -> Vec<i64> {
        let sql = "SELECT id FROM namespace ORDER BY id";
        server.database().query_all(sql, values![], |row| row.get(0)).expect("ids")
    };
    let before = ids(&server);
    assert!(server.terminate().success());
    change(&server, "pass word&=5ecret", "another");
    change(&server, "[\"my_garage\", \"test\"]", "[\"secluded\"]");
    change(&server, "w-key-5ecret", "new-key");
    server.restart();
    assert_eq!(ids(&server), before);
    let cookies = client.cookies;
    client = server.client();
    client.cookies = cookies;
    assert_eq!(client.get("/api/v1/session/").json()["logged_in"], "False");
    assert_eq!(client.login(USER, PASSWORD).status, 403);
    assert_eq!(client.login(USER, "another").status, 200);
    assert_eq!(client.get("/api/v1/namespace/").json()[0]["name"], "secluded");
    assert_eq!(client.store("my_garage/d", &[("v", "1")]), 403);
}

#[test]
fn what_a_seed_leaves_out_stays() {
    let full = r#"
[[users]]
name = "u"
password = "p"
namespaces = ["ns"]
[[namespaces]]
name = "ns"
description = "d"
write_key = "w"
read_key = "r"
legacy_key = "l"
http_write_method = "get"
write_by_key = false
read_by_key = true
registered_only = true
data_survival_time = 9
[[namespaces.device_types]]
name = "t"
description = "d"
timeout_limit = 7
accepts_children = true
command_channel = "c"
command_support = true
internet_connection = false
photo = "p"
[[namespaces.device_types.field_definitions]]
name = "f"
data_type = "number"
unit = "m"
role = "r"
[[namespaces.device_types.firmware]]
version = "1"
filesize = 3
enabled = false
[[namespaces.devices]]
uid = "d"
access_key = "a"
device_type = "t"
active = false
alias = "x"
serial = "s"
"#;
    let kept = ["[[", "name =", "password =", "data_type =", "version =", "uid ="];
    let mut server = Server::with(full, &[]);
    assert_eq!(server.client().login("u", "p").status, 200);
    let before = rows(&server);
    assert!(server.terminate().success());
    let short: Vec<&str> =
        full.lines().filter(|line| kept.iter().any(|start| line.starts_with(start))).collect();
    fs::write(server.folder.path().join("seed.toml"), short.join("\n")).expect("writes");
    server.restart();
    assert_eq!(server.client().login("u", "p").status, 200);
    assert_eq!(rows(&server), before);
}

#[test]
fn many_users_do_not_hold_up_the_start() {
    let user = |number: usize| format!("[[users]]\nname = \"u{number}\"\npassword = \"p{number}\"\n");
    let seed: String = (0..12).map(user).collect();
    let mut server = Server::with(&seed, &[]);
    for _ in 0..2 {
        // A login waits until the passwords are in place.
        for number in [11, 0] {
            let reply = server.client().login(&format!("u{number}"), &format!("p{number}"));
            assert_eq!(reply.status, 200);
        }
        server.terminate();
        server.restart();
    }
    server.wait_for_log("told to stop");
    let log = server.log();
    let told: Vec<_> =
        log.lines().filter(|line| line.contains("listening") || line.contains("in place")).collect();
    for pair in told.chunks(2).take(2) {
        assert!(pair[0].contains("listening") && pair[1].contains("in place (12)"), "{log}");
    }
}

#[test]
fn json_seeds_and_ready_hashes_work() {
    let hash = byteport_server::session::password::hash("ready").expect("hashes");
    let json = serde_json::json!({
        "users": [{"name": "r", "password_hash": hash, "namespaces": ["from_json"]}],
        "namespaces": [{"name": "from_json", "write_key": "k"}],
    });
    let mut server = Server::with(&json.to_string(), &[]);
    let mut client = server.client();
    assert_eq!(client.login("r", "ready").status, 200);
    assert_eq!(client.get("/api/v1/namespace/").json()[0]["name"], "from_json");
    assert!(server.terminate().success());
    // Without an extension either language is taken, with one only that language.
    let folder = server.folder.path();
    let (none, toml) = (folder.join("seed"), folder.join("seed.toml"));
    for path in [&none, &toml] {
        fs::write(path, "{\"namespaces\": [{\"name\": \"gone\", \"wrong\": 1}]}").expect("writes");
    }
    let refused = |path: &std::path::Path| {
        let output = run(&["--data", &server.place, "--seed", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&none).contains("unknown field `wrong`"));
    assert!(!refused(&toml).contains("unknown field"));
}

#[test]
fn a_wrong_seed_names_file_place_and_reason_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let path = folder.path().join("bad.toml");
    let cases = [
        ("[[users]]\nname = \"u\"\npassword = \"p-5ecret\"\nnickname = \"x\"\n", "nickname"),
        ("[[users]]\nname = \"u\"\n", "users[0]"),
        ("[[users]]\nname = \"u\"\npassword = \"p-5ecret\"\npassword_hash = \"x\"\n", "users[0]"),
        ("[[users]]\nname = \"u\"\npassword_hash = \"5ecret\"\n", "users[0].password_hash"),
        (
            "[[users]]\nname = \"u\"\npassword = \"p-5ecret\"\nnamespaces = [\"gone\"]\n",
            "users[0].namespaces[0]",
        ),
        ("[[namespaces]]\nname = \"a b\"\nwrite_key = \"5ecret\"\n", "namespaces[0].name"),
        ("[[namespaces]]\nname = \"ok\"\n[[namespaces]]\nname = \"ok\"\n", "namespaces[1]"),
        ("[[namespaces]]\nname = \"ok\"\nhttp_write_method = \"put\"\n", "line 3"),
        (
            "[[namespaces]]\nname = \"ok\"\n[[namespaces.devices]]\nuid = \"-\"\n",
            "namespaces[0].devices[0].uid",
        ),
        (
            "[[namespaces]]\nname = \"ok\"\n[[namespaces.devices]]\nuid = \"d\"\ndevice_type = \"gone\"\n",
            "namespaces[0].devices[0].device_type",
        ),
        ("[[namespaces]]\nname = \"ok\"\nwrite_by_key = \"5ecret\"\n", "expected a boolean"),
        ("[[namespaces]]\nname = \"ok\"\nwrite_key = [\"5ecret\"]\n", "expected a string"),
        ("[[namespaces]\n", "line 1"),
        ("[[namespaces]]\nwrite_key = \"5ecret\n", "line 2"),
    ];
    for (text, place) in cases {
        fs::write(&path, text).expect("writes");
        let output = run(&["--data", data.to_str().unwrap(), "--seed", path.to_str().unwrap()]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(error.contains("bad.toml") && error.contains(place), "{text}\n{error}");
        assert!(!error.contains("5ecret"), "{error}");
    }
    let database = rusqlite::Connection::open(data.join("byteport.sqlite3")).expect("a database");
    let count = |table: &str| -> i64 {
        database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a count")
    };
    assert_eq!((count("namespace"), count("user")), (0, 0));
}

#[test]
fn the_example_seed_works() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/seed.toml");
    let text = fs::read_to_string(example).expect("the example");
    let server = Server::with(&text, &[]);
    let mut client = server.client();
    assert_eq!(client.login("admin@example.org", "demo-password").status, 200);
    let pairs = [("_key", "demo-write-key-change-me"), ("temperature", "21.5")];
    assert_eq!(client.post("/api/v1/timeseries/my_garage/d1/", &pairs).status, 200);
    assert_eq!(client.points("my_garage/d1/temperature").len(), 1);
}
