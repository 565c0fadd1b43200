// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! PostgreSQL goes away and comes back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::fixture::{PASSWORD, SEED, Server, USER, run};
use crate::starter::Postgres;

const DEADLINE: Duration = Duration::from_secs(60);

fn server_on(place: &str) -> Server {
    Server::at(place.to_owned(), tempfile::tempdir().expect("a folder"), SEED, &[])
}

/// Stores until it is accepted, not for ever; gives how often it was not.
fn store_at_last(server: &Server, device: &str, second: usize) -> usize {
    let (start, client, time) = (Instant::now(), server.client(), second.to_string());
    let pairs = [("_ts", time.as_str()), ("v", time.as_str())];
    for refused in 0.. {
        match client.store(device, &pairs) {
            200 => return refused,
            status => assert_eq!(status, 503, "{}", server.log()),
        }
        assert!(start.elapsed() < DEADLINE, "{}", server.log());
        thread::sleep(Duration::from_millis(20));
    }
    unreachable!()
}

#[test]
fn what_was_answered_survives_kills_of_postgresql_under_load() {
    let mut postgres = Postgres::start();
    let place = postgres.database();
    let servers = [server_on(&place), server_on(&place)];
    let (stored, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let accepted: Vec<usize> = thread::scope(|scope| {
        let writer = |number: usize| {
            let (stored, is_over) = (&stored, &is_over);
            let server = &servers[number % 2];
            move || {
                let mut second = 0;
                while !is_over.load(Ordering::SeqCst) {
                    store_at_last(server, &format!("my_garage/t{number}"), second);
                    stored.fetch_add(1, Ordering::SeqCst);
                    second += 1;
                }
                second
            }
        };
        let threads: Vec<_> = (0..6).map(|number| scope.spawn(writer(number))).collect();
        for _ in 0..3 {
            let begun = stored.load(Ordering::SeqCst);
            let start = Instant::now();
            while stored.load(Ordering::SeqCst) < begun + 60 {
                assert!(start.elapsed() < DEADLINE);
                thread::sleep(Duration::from_millis(5));
            }
            postgres.kill();
            postgres.restart();
        }
        is_over.store(true, Ordering::SeqCst);
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    for server in &servers {
        let client = server.logged_in();
        for (number, count) in accepted.iter().enumerate() {
            let points = client.points(&format!("my_garage/t{number}/v"));
            let times: Vec<_> = points.iter().map(|(time, _)| *time).collect();
            assert_eq!(times, (0..*count as i64).map(|second| second * 1_000_000).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_server_without_its_database_says_so_and_comes_back() {
    let mut postgres = Postgres::start();
    let place = postgres.database();
    let mut server = server_on(&place);
    let client = server.logged_in();
    assert_eq!(client.store("my_garage/d", &[("_ts", "0"), ("v", "0")]), 200);
    postgres.stop();
    let reply = client.get("/api/v1/namespace/");
    assert_eq!((reply.status, reply.body.contains("database")), (503, true), "{}", reply.body);
    let reply = client.post_own("/api/v1/message/my_garage/reg1/", &[("message", "m")]);
    assert_eq!(reply.status, 503);
    assert_eq!(client.store("my_garage/d", &[("_ts", "1"), ("v", "1")]), 503);
    assert_eq!(client.get("/healthz").status, 200);
    // One that starts now does not.
    let output = run(&["--data", &place, "--listen", "127.0.0.1:0"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let secret = place.split(['@', ':']).nth(2).expect("a password");
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("PostgreSQL at 127.0.0.1:") && !error.contains(secret), "{error}");
    postgres.restart();
    store_at_last(&server, "my_garage/d", 1);
    server.wait_for_log("takes changes again");
    // Those who read come back one by one.
    let start = Instant::now();
    while client.get("/api/v1/timeseries/my_garage/d/v/?from=1970-01-01T00:00:00").status != 200 {
        assert!(start.elapsed() < DEADLINE, "{}", server.log());
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(client.points("my_garage/d/v").len(), 2);
    assert!(server.terminate().success());
    for secret in [secret, PASSWORD, USER] {
        assert!(!server.log().contains(secret), "{}", server.log());
    }
}

#[test]
fn a_server_ends_in_time_while_its_database_is_away() {
    let postgres = Postgres::start();
    let mut server = server_on(&postgres.database());
    postgres.kill();
    assert_eq!(server.client().store("my_garage/d", &[("v", "1")]), 503);
    assert!(server.terminate().success());
}

#[test]
fn encryption_is_checked() {
    let postgres = Postgres::start();
    let place = postgres.database();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30";
    for command in [
        format!(
            "openssl req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=ca -addext keyUsage=critical,keyCertSign"
        ),
        format!(
            "openssl req -x509 {key} -CA ca.pem -CAkey ca.key -keyout server.key -out server.crt -subj /CN=db \
                 -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost"
        ),
    ] {
        postgres.run(&format!("COPY (SELECT '') TO PROGRAM '{command} 2>>openssl.log'"));
    }
    postgres.run("ALTER SYSTEM SET ssl = on");
    postgres.run("SELECT pg_reload_conf()");
    let authority = postgres.folder.join("data/ca.pem");
    let local = place.replace("127.0.0.1", "localhost");
    let place = format!("{local}?sslmode=require&sslrootcert={}", authority.display());
    let server = server_on(&place);
    assert_eq!(server.client().store("my_garage/d", &[("v", "1")]), 200);
    let sql = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
               WHERE ssl AND application_name = 'byteport-server'";
    let encrypted: i64 =
        server.database().query_one(sql, byteport_server::values![], |row| row.get(0)).expect("a count");
    assert!(encrypted >= 7, "{encrypted}");
    for wrong in [format!("{local}?sslmode=require"), place.replace("localhost", "127.0.0.1")] {
        let output = run(&["--data", &wrong, "--listen", "127.0.0.1:0"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && error.contains("certificate"), "{error}");
    }
}
