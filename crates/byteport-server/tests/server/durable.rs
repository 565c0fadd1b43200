// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What was answered with 200 is on disk, whatever happens next.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::json;

use crate::client::Client;
use crate::fixture::{KEY, PASSWORD, SEED, Server, USER};

const THREADS: usize = 8;

/// Stores from several threads until the server no longer answers; gives the times accepted.
fn store_until_it_ends(address: &str, key: &str, on_each: &(dyn Fn(usize) + Sync)) -> Vec<Vec<i64>> {
    let writer = |number: usize| {
        let client = Client::new(address);
        let mut accepted = vec![];
        for second in 0.. {
            let body = format!("_key={key}&_ts={second}&v={second}");
            let reply = client.try_post(&format!("/api/v1/timeseries/my_garage/t{number}/"), body.as_bytes());
            match reply {
                Ok(reply) if reply.status == 200 => accepted.push(second * 1_000_000),
                _ => break,
            }
            on_each(number);
        }
        accepted
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || writer(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    })
}

fn assert_all_there(server: &Server, accepted: &[Vec<i64>]) {
    let mut client = server.client();
    client.login(USER, PASSWORD);
    for (number, times) in accepted.iter().enumerate() {
        assert!(!times.is_empty());
        let stored: Vec<i64> =
            client.points(&format!("my_garage/t{number}/v")).iter().map(|(time, _)| *time).collect();
        assert!(
            stored.starts_with(times),
            "thread {number}: {} answered, {} stored",
            times.len(),
            stored.len()
        );
    }
}

/// Runs `end` when every thread has stored something.
///
/// The key is this test's own: another test's server that is given the same port afterwards
/// refuses it.
fn ended_under_load(key: &str, end: impl Fn(&Server) + Sync) -> (Server, Vec<Vec<i64>>, Option<i32>) {
    let mut server = Server::with(&SEED.replace(KEY, key), &[]);
    let begun: Vec<AtomicBool> = (0..THREADS).map(|_| AtomicBool::new(false)).collect();
    let ended = AtomicBool::new(false);
    let accepted = store_until_it_ends(&server.address, key, &|number| {
        begun[number].store(true, Ordering::SeqCst);
        let all = begun.iter().all(|flag| flag.load(Ordering::SeqCst));
        if all && !ended.swap(true, Ordering::SeqCst) {
            end(&server);
        }
    });
    let status = server.wait();
    server.restart();
    (server, accepted, status.code())
}

#[test]
fn a_200_survives_a_kill_right_after_it() {
    let mut server = Server::start();
    for round in 0..5 {
        let second = round.to_string();
        assert_eq!(server.client().store("my_garage/d", &[("_ts", &second), ("v", &second)]), 200);
        server.kill();
        server.restart();
        let mut client = server.client();
        client.login(USER, PASSWORD);
        let points = client.points("my_garage/d/v");
        assert_eq!(points.len(), round + 1);
        assert_eq!(points[round].1, json!(round));
    }
}

#[test]
fn sigterm_under_load_loses_nothing_that_was_answered() {
    let (server, accepted, status) = ended_under_load("key-term", |server| server.signal("-TERM"));
    assert_eq!(status, Some(0));
    assert!(server.log().contains("stopped"));
    assert_all_there(&server, &accepted);
}

#[test]
fn sigkill_under_load_loses_nothing_that_was_answered() {
    let (server, accepted, _) = ended_under_load("key-kill", |server| server.signal("-KILL"));
    assert_all_there(&server, &accepted);
}

#[test]
fn concurrent_stores_share_commits() {
    let server = Server::start();
    let commits = |key: &str| server.client().get("/healthz").json()[key].as_u64().expect("a number");
    // The first start keeps the seed's passwords, which are changes too.
    server.wait_for_log("in place");
    let before = commits("changes");
    let each = 100;
    thread::scope(|scope| {
        for number in 0..16 {
            let client = server.client();
            scope.spawn(move || {
                for second in 0..each {
                    let second = second.to_string();
                    assert_eq!(
                        client.store(&format!("my_garage/b{number}"), &[("_ts", &second), ("v", "1")]),
                        200
                    );
                }
            });
        }
    });
    assert_eq!(commits("changes") - before, 16 * each);
    assert_eq!(server.count("value"), 16 * each as i64);
    assert!(commits("commits") < commits("changes"), "{} commits", commits("commits"));
}

#[test]
fn a_refused_store_harms_none_beside_it() {
    let server = Server::start();
    thread::scope(|scope| {
        for number in 0..8 {
            let client = server.client();
            scope.spawn(move || {
                for second in 0..50 {
                    let second = second.to_string();
                    let pairs = [("_ts", second.as_str()), ("v", "1")];
                    match number % 2 {
                        0 => assert_eq!(client.store(&format!("my_garage/m{number}"), &pairs), 200),
                        _ => assert_eq!(client.store("strict_one/unknown", &pairs), 404),
                    }
                }
            });
        }
    });
    assert_eq!(server.count("value"), 4 * 50);
}
