// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What holds for a database in a folder: the folder's lock, its files, a full disk.

use std::fs;
use std::process::{Command, Stdio};

use byteport_server::values;

use crate::brokers::{LONG, MOSQUITTO, Source, until};
use crate::engine;
use crate::fixture::{PASSWORD, SEED, Server, USER, run};

#[test]
fn a_second_process_on_the_folder_is_refused() {
    let server = Server::start();
    let data = server.data();
    let output = run(&["--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("in use by another byteport-server (process "), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert_eq!(server.client().store("my_garage/d", &[("v", "1")]), 200);
}

#[test]
fn a_damaged_database_is_told() {
    let mut server = Server::start();
    server.kill();
    let data = server.data();
    for name in ["byteport.sqlite3-wal", "byteport.sqlite3-shm"] {
        let _ = fs::remove_file(data.join(name));
    }
    fs::write(data.join("byteport.sqlite3"), "this is no database, and quite long").expect("writes");
    let output = run(&["--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("byteport.sqlite3"));
}

#[test]
fn passwords_and_tokens_are_not_in_the_files() {
    let mut server = Server::start();
    let client = server.logged_in();
    let tokens: Vec<_> = client.cookies.iter().map(|(_, value)| value.clone()).collect();
    let hash: String = server
        .database()
        .query_one(r#"SELECT password_hash FROM "user" WHERE name = ?1"#, values![USER], |row| row.get(0))
        .expect("a hash");
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let data = server.data();
    let check = || {
        for entry in fs::read_dir(&data).expect("the folder") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a file");
            for secret in tokens.iter().map(String::as_str).chain([PASSWORD]) {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "a secret is in {}", path.display());
            }
        }
    };
    check();
    assert!(server.terminate().success());
    check();
}

/// A server that may write 2 MiB into a file; after a restart it may write more.
fn server_on_a_small_disk(arguments: Vec<String>) -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let words = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", words, env!("CARGO_BIN_EXE_byteport-server")]).stdin(Stdio::null());
    Server::spawned(engine::place(folder.path()), folder, SEED, arguments, shell)
}

#[test]
fn packets_that_a_full_disk_does_not_take_stay_at_the_broker() {
    let source = Source::mqtt(&MOSQUITTO);
    let mut server = server_on_a_small_disk(source.arguments());
    source.wait_for_server(&server);
    let (client, large) = (source.client(), "x".repeat(50_000));
    for second in 0..100 {
        let list =
            format!(r#"[{{"uid":"d","namespace":"test","timestamp":"{second}","data":"v={large};"}}]"#);
        client.post(&source.destination, list.as_bytes()).expect("handed over");
    }
    assert_eq!(client.flush(LONG).expect("flushes"), 0);
    server.wait_for_log("takes no changes");
    assert!(server.terminate().success());
    assert!(server.count("value") < 100);
    server.restart();
    until("all are stored", || server.count("value") == 100);
    assert_eq!(server.count("dead_letter"), 0);
}

#[test]
fn a_disk_that_takes_no_more_is_told_once() {
    let mut server = server_on_a_small_disk(vec![]);
    let client = server.client();
    let large = "x".repeat(150_000);
    let accepted = (0..100).take_while(|second: &i32| {
        client.store("my_garage/d", &[("_ts", &second.to_string()), ("v", &large)]) == 200
    });
    let accepted = accepted.count();
    assert!((1..100).contains(&accepted), "{accepted}");
    for _ in 0..20 {
        assert_eq!(client.store("my_garage/d", &[("_ts", "1000"), ("v", &large)]), 500);
    }
    server.wait_for_log("takes no changes");
    server.kill();
    assert_eq!(server.log().matches(" ERROR ").count(), 1, "{}", server.log());
    server.restart();
    assert_eq!(server.count("value"), accepted as i64);
    assert_eq!(server.client().store("my_garage/d", &[("_ts", "1"), ("v", "1")]), 200);
}
