// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Several servers on one database at the same time.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use byteport_server::store::{Place, Store};
use byteport_server::values;
use serde_json::{Value, json};

use crate::client::Client;
use crate::engine;
use crate::fixture::{KEY, PASSWORD, SEED, Server, USER, program, run};

const REGISTER: &str = "/api/v1/namespace/register_device/my_garage/";
const MESSAGES: &str = "/api/v1/message/my_garage/reg1/";

/// As many servers on one database, all started at the same time.
fn servers(count: usize) -> Vec<Server> {
    let folder = tempfile::tempdir().expect("a folder");
    let place = engine::place(folder.path());
    let start = || {
        let folder = tempfile::tempdir().expect("a folder");
        Server::at(place.clone(), folder, SEED, &[])
    };
    thread::scope(|scope| {
        let starts: Vec<_> = (0..count).map(|_| scope.spawn(start)).collect();
        starts.into_iter().map(|start| start.join().expect("a server")).collect()
    })
}

/// Runs the same on each server at the same time.
fn on_each<T: Send>(servers: &[Server], work: impl Fn(usize, Client) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let clients = servers.iter().map(Server::logged_in).enumerate();
        let threads: Vec<_> = clients
            .map(|(index, client)| {
                scope.spawn({
                    let work = &work;
                    move || work(index, client)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    })
}

#[test]
fn what_one_server_stores_all_answer() {
    let servers = servers(3);
    on_each(&servers, |index, client| {
        for second in 0..100 {
            let pairs = [("_ts", (second * 3 + index).to_string()), ("v", index.to_string())];
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(client.store("my_garage/shared", &pairs), 200);
        }
    });
    for server in &servers {
        let points = server.logged_in().points("my_garage/shared/v");
        let times: Vec<_> = points.iter().map(|(time, _)| *time).collect();
        assert_eq!(times, (0..300).map(|second| second * 1_000_000).collect::<Vec<_>>());
        assert!(points.iter().all(|(time, value)| *value == json!(time / 1_000_000 % 3)));
    }
}

#[test]
fn servers_that_start_at_once_take_one_seed_and_share_sessions() {
    let servers = servers(4);
    let sessions = on_each(&servers, |_, client| client.cookies);
    for cookies in sessions {
        for server in &servers {
            let mut client = server.client();
            client.cookies.clone_from(&cookies);
            assert_eq!(client.get("/api/v1/session/").json()["user"], USER);
        }
    }
    assert_eq!((servers[0].count("user"), servers[0].count("namespace")), (2, 7));
    let mut client = servers[0].logged_in();
    client.get("/api/v1/logout/");
    let cookies = client.cookies.clone();
    client = servers[1].client();
    client.cookies = cookies;
    assert_eq!(client.get("/api/v1/namespace/").status, 403);
}

#[test]
fn a_value_that_all_write_is_one_and_texts_are_counted() {
    let servers = servers(3);
    on_each(&servers, |index, client| {
        for round in 0..150 {
            let (second, fields) = ((round * 7 % 10).to_string(), ["a", "b", "c"]);
            let texts = ["1", "x", "2", "y", "z"].map(str::to_owned);
            let text = &texts[(round + index) % texts.len()];
            let mut pairs = vec![("_ts", second.as_str())];
            // Not in the same order, for this is what servers get in each other's way by.
            pairs.extend((0..3).map(|place| (fields[(place + index) % 3], text.as_str())));
            assert_eq!(client.store(&format!("my_garage/d{}", (round + index) % 2), &pairs), 200);
        }
    });
    assert_eq!((servers[0].count("field"), servers[0].count("value")), (6, 60));
    let sql = "SELECT field.texts, (SELECT count(*) FROM value
                   WHERE field_id = field.id AND text IN ('x', 'y', 'z')) FROM field";
    let read = |row: &byteport_server::store::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let counts: Vec<(i64, i64)> = servers[0].database().query_all(sql, values![], read).expect("counts");
    assert!(counts.iter().all(|(kept, counted)| kept == counted), "{counts:?}");
}

#[test]
fn lists_of_packets_in_any_order_are_stored_by_all() {
    let servers = servers(2);
    on_each(&servers, |index, client| {
        for round in 0..10 {
            let packet = |number: usize| {
                let uid = if index == 0 { number } else { 199 - number };
                json!({"namespace": "my_garage", "uid": format!("p{uid}"), "timestamp": round.to_string(),
                       "data": format!("a={index};b={number};")})
            };
            let packets: Vec<Value> = (0..200).map(packet).collect();
            let form =
                [("legacy_key", crate::fixture::LEGACY_KEY), ("packets", &Value::from(packets).to_string())];
            let reply = client.post("/api/legacy/packets/timeseries/", &form);
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
    });
    assert_eq!((servers[0].count("field"), servers[0].count("value")), (400, 4000));
}

#[test]
fn of_servers_that_register_a_device_one_does() {
    let servers = servers(3);
    let answers = on_each(&servers, |_, client| {
        client.post_own(REGISTER, &[("device_uid", "new"), ("active", "true")]).json()
    });
    let done: Vec<_> = answers.iter().filter(|answer| answer.get("registration_result").is_some()).collect();
    assert_eq!(done.len(), 1, "{answers:?}");
    let key = done[0]["registration_result"]["devices"][0]["access_key"].as_str().expect("a key");
    for server in &servers {
        let pairs = [("_key", key), ("v", "1")];
        assert_eq!(server.client().post("/api/v1/timeseries/my_garage/new/", &pairs).status, 200);
    }
}

#[test]
fn messages_of_all_servers_have_ids_of_their_own() {
    let servers = servers(3);
    let ids = on_each(&servers, |index, client| {
        let send = |number: usize| {
            let reply = client.post_own(MESSAGES, &[("message", &format!("{index}-{number}"))]);
            assert_eq!(reply.status, 200);
            reply.json()["id"].as_str().expect("an id").to_owned()
        };
        (0..50).map(send).collect::<Vec<_>>()
    });
    let ids: BTreeSet<_> = ids.into_iter().flatten().collect();
    assert_eq!((ids.len(), servers[0].count("message")), (150, 150));
    let list = servers[1].logged_in().get(&format!("{MESSAGES}?to=999")).json();
    let listed = list.as_array().expect("a list").iter();
    let listed: Vec<u64> = listed.map(|one| one["id"].as_str().unwrap().parse().expect("a number")).collect();
    assert!(listed.len() == 150 && listed.is_sorted_by(|left, right| left > right));
}

#[test]
fn changes_that_wait_for_each_other_are_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::parse(&OsString::from(engine::place(folder.path())).into()).expect("a place");
    let start = || Store::start(place.open().expect("opens"), &place).expect("starts").0;
    let (stores, runtime) = ([start(), start()], tokio::runtime::Runtime::new().expect("a runtime"));
    let rows = "INSERT INTO namespace (id, name, description) VALUES (1, 'a', ''), (2, 'b', '')";
    place.open().expect("opens").execute(rows, values![]).expect("rows");
    let (attempts, both) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let changes = stores.iter().zip([[1, 2], [2, 1]]).map(|(store, order)| {
        let (attempts, both) = (Arc::clone(&attempts), Arc::clone(&both));
        store.write(move |connection| {
            let attempt = attempts.fetch_add(1, Ordering::SeqCst);
            for id in order {
                let sql = "UPDATE namespace SET description = namespace.description || 'x' WHERE id = ?1";
                connection.execute(sql, values![i64::from(id)])?;
                if attempt < 2 && id == order[0] {
                    both.wait();
                }
            }
            Ok(())
        })
    });
    let changes: Vec<_> = changes.collect();
    let told = runtime.block_on(async {
        let [first, second] = <[_; 2]>::try_from(changes).ok().expect("two");
        tokio::join!(first, second)
    });
    assert!(told.0.is_ok() && told.1.is_ok());
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    let sql = "SELECT description FROM namespace";
    let texts = place.open().expect("opens").query_all(sql, values![], |row| row.get::<_, String>(0));
    assert_eq!(texts.expect("rows"), ["xx", "xx"]);
}

#[test]
fn texts_are_kept_and_ordered_as_by_sqlite() {
    let server = Server::start();
    let client = server.logged_in();
    let text = "a\0b\u{1}c\u{1}0";
    let escaped = "a%00b%01c%010";
    let body = format!("_key={KEY}&_ts=1&v={escaped}");
    assert_eq!(client.post_raw("/api/v1/timeseries/my_garage/d/", body.as_bytes()).status, 200);
    assert_eq!(client.points("my_garage/d/v"), vec![(1_000_000, json!(text))]);
    for uid in ["b", "A", "a-b", "a_b", "aB", "ab", "B"] {
        assert_eq!(client.store(&format!("my_garage/{uid}"), &[]), 200);
    }
    let devices = client.get("/api/v1/namespace/my_garage/device/?depth=0").json();
    let uids: Vec<_> = devices.as_array().unwrap().iter().map(|one| one["uid"].as_str().unwrap()).collect();
    assert_eq!(uids, ["A", "B", "a-b", "aB", "a_b", "ab", "b", "d", "reg1"]);
}

#[test]
fn a_database_of_a_newer_server_is_refused() {
    let mut server = Server::start();
    assert!(server.terminate().success());
    server.database().execute("UPDATE byteport_version SET version = 999", values![]).expect("sets");
    let output = run(&["--data", &server.place, "--listen", "127.0.0.1:0"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("newer byteport-server") && text.lines().count() == 1, "{text}");
}

#[test]
fn the_password_comes_from_the_environment_and_is_told_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = engine::place(folder.path());
    let (start, end) = place.split_once('@').expect("an address");
    let (user, password) = start.rsplit_once(':').expect("a password");
    let bare = format!("{user}@{end}");
    let arguments = ["--data", &bare, "--listen", "not an address"];
    assert_eq!(
        program(&arguments).env("PGPASSWORD", password).output().expect("runs").status.code(),
        Some(2)
    );
    let output = program(&["--data", &bare, "--seed", "/no/such/seed.toml", "--listen", "127.0.0.1:0"])
        .env("PGPASSWORD", password)
        .output()
        .expect("runs");
    // It came as far as the seed.
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("/no/such/seed.toml") && !text.contains(password), "{text}");
    let wrong = [
        (format!("{user}:wr0ng@{end}"), "password authentication failed"),
        (bare, "password"),
        (format!("{place}?sslmode=require"), "TLS"),
        (format!("{place}?sslmode=wr0ng"), "sslmode"),
        (format!("{place}?wr0ng=1"), "postgres://USER:PASSWORD@HOST:PORT/DATABASE"),
    ];
    for (place, reason) in wrong {
        let output = program(&["--data", &place, "--listen", "127.0.0.1:0", "--log-level", "trace"])
            .env_remove("PGPASSWORD")
            .output()
            .expect("runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(reason), "{text}");
        assert!(!text.contains(password) && !text.contains("wr0ng") && !text.contains(PASSWORD), "{text}");
    }
}

#[test]
fn values_may_be_in_partitions_by_time() {
    let document = include_str!("../../../../docs/scale.md");
    let (_, sql) = document.split_once("```sql\n").expect("statements");
    let (sql, _) = sql.split_once("```").expect("an end");
    let mut server = Server::start();
    let store = |client: &Client, second: i64, value: &str| {
        let pairs = [("_ts", second.to_string()), ("v", value.to_owned())];
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(client.store("my_garage/d", &pairs), 200);
    };
    // Before the first month, in each of the two, and after them.
    let seconds = [1_700_000_000, 1_767_225_600, 1_769_904_000, 1_800_000_000];
    seconds.iter().for_each(|second| store(&server.client(), *second, "1"));
    assert!(server.terminate().success());
    let mut client = postgres::Client::connect(&server.place, postgres::NoTls).expect("connects");
    client.batch_execute(sql).expect("partitions");
    server.restart();
    for second in seconds {
        store(&server.client(), second, "2");
        store(&server.client(), second + 1, "x");
    }
    let path = "/api/v1/timeseries/my_garage/d/v/?from=2000-01-01T00:00:00&to=2100-01-01T00:00:00";
    let series = server.logged_in().get(path).json();
    let points = series["data"]["ts_data"].as_array().expect("points");
    let values: Vec<_> = points.iter().map(|point| point["v"].as_str().expect("a text")).collect();
    assert_eq!(values, ["2", "x"].repeat(4));
    let fields = server.logged_in().get("/api/local/fields/my_garage/d/").json();
    assert_eq!((&fields[0]["value"], &fields[0]["data_type"]), (&json!("x"), &json!("text")));
}
