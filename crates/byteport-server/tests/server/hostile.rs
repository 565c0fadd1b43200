// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Clients that are broken, slow or mean; after each the server still serves.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::client::raw;
use crate::fixture::{KEY, PASSWORD, SEED, Server, USER};

fn still_serves(server: &Server) {
    assert_eq!(server.client().store("my_garage/alive", &[("v", "1")]), 200);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn a_body_over_the_limit_is_413_and_the_client_can_read_it() {
    let server = Server::with(SEED, &["--max-body", "100000"]);
    let client = server.client();
    let body = |length: usize| {
        let head = format!("_key={KEY}&_ts=1&v=");
        format!("{head}{}", "x".repeat(length - head.len()))
    };
    let path = "/api/v1/timeseries/my_garage/big/";
    assert_eq!(client.post_raw(path, body(100_000).as_bytes()).status, 200);
    assert_eq!(server.count("value"), 1);
    assert_eq!(client.post_raw(path, body(100_001).as_bytes()).status, 413);
    let reply = client.post_raw(path, body(30_000_000).as_bytes());
    assert_eq!((reply.status, reply.body.contains("100000")), (413, true));
    assert_eq!(client.post_raw("/no/such/call/", body(30_000_000).as_bytes()).status, 404);
    assert_eq!(server.count("value"), 1);
    still_serves(&server);
}

#[test]
fn a_chunked_body_over_the_limit_is_413_while_it_is_sent() {
    let server = Server::with(SEED, &["--max-body", "1000"]);
    let mut stream = TcpStream::connect(&server.address).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out");
    let head =
        "POST /api/v1/timeseries/my_garage/c/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sends");
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    for _ in 0..3 {
        stream.write_all(chunk.as_bytes()).expect("sends");
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer before the body's end");
    assert_eq!(&answer, b"HTTP/1.1 413");
    still_serves(&server);
}

#[test]
fn expect_continue_is_answered_before_the_body() {
    let server = Server::with(SEED, &["--max-body", "1000"]);
    let head = |length: usize| {
        format!(
            "POST /api/v1/timeseries/my_garage/c/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    assert!(raw(&server.address, head(5000).as_bytes(), "\r\n\r\n").starts_with("HTTP/1.1 413"));
    assert!(raw(&server.address, head(500).as_bytes(), "\r\n\r\n").starts_with("HTTP/1.1 100"));
}

#[test]
fn half_a_body_stores_nothing() {
    let server = Server::start();
    let body = format!("_key={KEY}&a=1&b=2");
    let head = "POST /api/v1/timeseries/my_garage/half/ HTTP/1.1\r\nHost: x\r\n";
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len() + 1);
    let stream = TcpStream::connect(&server.address).expect("connects");
    (&stream).write_all(request.as_bytes()).expect("sends");
    stream.shutdown(std::net::Shutdown::Write).expect("ends");
    let mut answer = String::new();
    let _ = (&stream).read_to_string(&mut answer);
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.count("value"), 0);
    still_serves(&server);
}

#[test]
fn half_a_head_is_given_up() {
    let server = Server::with(SEED, &["--idle-timeout", "1"]);
    // Returns only when the server ends the connection.
    for half in ["", "GET /api/v1/ec", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let answer = raw(&server.address, half.as_bytes(), "");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    still_serves(&server);
}

#[test]
fn garbage_and_floods_are_refused() {
    let server = Server::start();
    let many: String = (0..5000).map(|index| format!("X-{index}: {}\r\n", "y".repeat(50))).collect();
    let host = "Host: x\r\n\r\n";
    let floods = [
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\n{many}{host}"),
        format!("GET / HTTP/1.1\r\nX: {}\r\n{host}", "y".repeat(1 << 20)),
        format!("GET /{} HTTP/1.1\r\n{host}", "y".repeat(1 << 20)),
        format!("POST /api/v1/login/ HTTP/1.1\r\nContent-Length: -1\r\n{host}"),
        format!(
            "POST /api/v1/login/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n{host}zz\r\n"
        ),
        format!("GET /api/v1/timeseries/%ff/%00/ HTTP/1.1\r\nConnection: close\r\n{host}"),
        format!("GET /api/v1/timeseries/../../etc/ HTTP/1.1\r\nConnection: close\r\n{host}"),
    ];
    for flood in floods {
        let answer = raw(&server.address, flood.as_bytes(), "\r\n\r\n");
        let shown: String = flood.chars().take(40).collect();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{shown:?}: {answer}");
    }
    assert_eq!(server.count("value"), 0);
    still_serves(&server);
}

#[test]
fn bodies_share_a_budget_that_small_calls_do_not_need() {
    let server = Server::with(SEED, &["--max-body", "40000000"]);
    let part = [b"_key=wrong&v=".as_slice(), &vec![b'x'; 39_900_000 - 13]].concat();
    let head = "POST /api/v1/timeseries/my_garage/h/ HTTP/1.1\r\nHost: x\r\nContent-Length: 39900001\r\n\r\n";
    let hold = || {
        let mut stream = TcpStream::connect(&server.address).expect("connects");
        stream.write_all(head.as_bytes()).expect("sends");
        stream.write_all(&part).expect("sends");
        stream
    };
    let held = [hold(), hold(), hold()];
    // What is held is there when the server has read it, so one more is tried until there is no room for it.
    let one_more = || server.client().post_raw("/api/v1/timeseries/my_garage/h/", &part).status;
    let mut status = one_more();
    for _ in 0..100 {
        if status == 503 {
            break;
        }
        assert_eq!(status, 403);
        status = one_more();
    }
    assert_eq!(status, 503);
    still_serves(&server);
    assert_eq!(server.client().login(USER, PASSWORD).status, 200);
    drop(held);
    let mut status = one_more();
    for _ in 0..100 {
        if status != 503 {
            break;
        }
        status = one_more();
    }
    assert_eq!(status, 403, "what was held is free again");
}

#[test]
fn a_path_that_is_no_text_is_refused_like_any_other_call() {
    let server = Server::start();
    let path = "/api/v1/timeseries/my_garage/%ff/";
    let reply = server.client().post_raw(path, &vec![b'x'; 30_000_000]);
    assert_eq!((reply.status, reply.body.as_str()), (400, "the path is not UTF-8\n"));
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    assert_eq!(server.client().get(&format!("{path}v/")).status, 400);
    still_serves(&server);
}

#[test]
fn other_kinds_of_body_are_refused() {
    let server = Server::start();
    let body = format!("_key={KEY}&a=1");
    let request = |kind: &str| {
        let length = body.len();
        let head = "POST /api/v1/timeseries/my_garage/kind/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        raw(&server.address, format!("{head}{kind}Content-Length: {length}\r\n\r\n{body}").as_bytes(), "")
    };
    assert!(request("Content-Type: application/json\r\n").starts_with("HTTP/1.1 415"));
    assert!(request("Content-Type: multipart/form-data; boundary=x\r\n").starts_with("HTTP/1.1 415"));
    assert_eq!(server.count("value"), 0);
    let form = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
    assert!(request(form).starts_with("HTTP/1.1 200"));
    assert!(request("").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_connection_is_kept_after_any_answer() {
    let server = Server::start();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let wrong = "_key=wrong&a=1";
    let post = format!(
        "POST /api/v1/timeseries/my_garage/k/ HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{wrong}",
        wrong.len()
    );
    let all = [
        get("/api/v1/echo/?n=1"),
        get("/nowhere/"),
        post,
        get("/api/v1/namespace/"),
        get("/api/v1/echo/?n=last"),
    ];
    let answer = raw(&server.address, all.concat().as_bytes(), "last");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 5, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 403").count(), 2, "{answer}");
}

#[test]
fn a_client_that_takes_nothing_is_given_up() {
    let server = Server::with(SEED, &["--idle-timeout", "1", "--log-level", "trace"]);
    let mut client = server.client();
    client.login(USER, PASSWORD);
    let long = "x".repeat(1 << 20);
    for second in 0..20 {
        assert_eq!(client.store("my_garage/d", &[("_ts", &second.to_string()), ("t", &long)]), 200);
    }
    let session = client.cookie("sessionid");
    let mut stream = TcpStream::connect(&server.address).expect("connects");
    let target = "/api/v1/timeseries/my_garage/d/t/?from=1970-01-01T00:00:00";
    let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\nCookie: sessionid={session}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sends");
    server.wait_for_log("an answer was broken off");
    // What was sent before is there, and is not taken for a whole answer.
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200") && !answer.ends_with(b"0\r\n\r\n"));
    still_serves(&server);
}
