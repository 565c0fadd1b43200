// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Calls over links, whose sockets are read and written here as an event loop would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::io::{Read, Write};

use byteport_core::http::{Call, Form};
use byteport_core::model::{Reading, Timestamp};
use byteport_core::{Client, ErrorCode, Options, Phase};
use support::{Driver, NO_ANSWERS, Recorder, answer, json, vectors_server};

fn heartbeat(client: &Client) -> Call {
    client.store_call(&Reading::unstamped()).unwrap()
}

fn failure(script: &'static [u8]) -> byteport_core::Error {
    let server = Recorder::start(|_| script.to_vec());
    let client = server.client();
    let mut driver = Driver::new(&client);
    let call = client.get_call("/x", &[]);
    let error = driver.perform(&client, call).map(|answer| answer.body).unwrap_err();
    assert!(!driver.link.is_idle(), "{script:?}");
    error
}

#[test]
fn one_link_carries_call_after_call() {
    let server = vectors_server();
    let client = server.client();
    let mut driver = Driver::new(&client);
    driver.perform(&client, client.login_call("/api/v1/login/", "admin", "pw")).unwrap();
    for _ in 0..3 {
        driver.perform(&client, heartbeat(&client)).unwrap();
        let answer =
            driver.perform(&client, client.get_call("/api/v1/namespace/", &[("key", "a b")])).unwrap();
        assert_eq!(answer.into_json("/").unwrap(), "[]");
        driver.perform(&client, client.post_call("/x", Form::new())).unwrap();
        assert!(driver.link.is_idle());
    }
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.connection == 0));
    assert_eq!(seen.len(), 11);
    let last = &seen[10];
    assert_eq!(last.headers["cookie"], "csrftoken=CSRF123; sessionid=SESS456");
    assert_eq!(last.form(), [("csrfmiddlewaretoken".into(), "CSRF123".into())]);
}

#[test]
fn the_requests_are_those_of_the_blocking_client() {
    let server = vectors_server();
    let client = server.client();
    let mut reading = Reading::unstamped();
    reading.set("a", "x y\u{e9}").unwrap().set_timestamp(Some(Timestamp::from_micros(1_500_000)));
    client.store(&reading).unwrap();
    client.get_json("/api/v1/namespace/", &[("q", "1")]).unwrap();
    let mut driver = Driver::new(&client);
    driver.perform(&client, client.store_call(&reading).unwrap()).unwrap();
    driver.perform(&client, client.get_call("/api/v1/namespace/", &[("q", "1")])).unwrap();
    let seen = server.seen();
    for (blocking, linked) in [(&seen[0], &seen[2]), (&seen[1], &seen[3])] {
        assert_eq!((&blocking.target, &blocking.body), (&linked.target, &linked.body));
        assert_eq!(blocking.headers, linked.headers);
    }
}

#[test]
fn answers_come_in_pieces_of_any_size_and_kind() {
    let body = "[1,2,3]".repeat(10_000);
    let chunked = format!(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Content-Length: \r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let closed = format!("HTTP/1.0 200 OK\r\n\r\n{body}");
    let lengthy = String::from_utf8(json(&body)).unwrap();
    for (script, kept) in [(chunked, true), (closed, false), (lengthy, true)] {
        let server = Recorder::start(move |_| script.clone().into_bytes());
        let client = server.client();
        for piece in [1, 7, 4096, 1 << 16] {
            let mut driver = Driver::new(&client);
            driver.piece = piece;
            let answer = driver.perform(&client, client.get_call("/x", &[])).unwrap();
            assert_eq!(String::from_utf8(answer.body).unwrap(), body);
            assert_eq!(driver.link.is_idle(), kept);
        }
    }
}

#[test]
fn garbage_and_half_answers_are_errors() {
    for (script, code, status) in NO_ANSWERS {
        let error = failure(script);
        assert_eq!(error.status(), status, "{script:?}");
        assert_eq!((error.code(), error.phase()), (code, Phase::Receive), "{script:?}: {error}");
    }
}

#[test]
fn an_endless_head_and_a_body_over_the_limit_are_errors() {
    let endless = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat();
    let server = Recorder::start(move |_| endless.clone());
    let client = server.client();
    let error = Driver::new(&client).perform(&client, heartbeat(&client)).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge);
    let server = Recorder::start(|_| json(&"1".repeat(1 << 20)));
    let client = Client::new(server.options().max_answer(1000)).unwrap();
    let error = Driver::new(&client).perform(&client, client.get_call("/x", &[])).map(|_| ()).unwrap_err();
    assert_eq!((error.code(), error.status()), (ErrorCode::AnswerTooLarge, Some(200)));
    // What is answered to a store does not count.
    let mut driver = Driver::new(&client);
    driver.perform(&client, heartbeat(&client)).unwrap();
    assert!(!driver.link.is_idle());
}

#[test]
fn a_link_that_the_service_has_closed_is_stale() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut driver = Driver::new(&client);
    driver.perform(&client, heartbeat(&client)).unwrap();
    driver.socket.shutdown(std::net::Shutdown::Both).unwrap();
    assert_eq!(
        driver.perform(&client, heartbeat(&client)).map(|_| ()).unwrap_err().code(),
        ErrorCode::Disconnected
    );
    assert!(driver.link.is_stale());
    // An idle one is over as soon as its end is told.
    let mut driver = Driver::new(&client);
    driver.perform(&client, heartbeat(&client)).unwrap();
    assert!(driver.link.incoming(b"").unwrap().is_none() && !driver.link.is_idle());
    let call = heartbeat(&client);
    assert!(driver.link.begin(&client, &call).is_err());
}

#[test]
fn after_its_end_a_link_says_so_and_a_fresh_or_answered_one_is_not_stale() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut driver = Driver::new(&client);
    driver.link.incoming(b"").unwrap();
    let error = driver.link.begin(&client, &heartbeat(&client)).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Disconnected, Phase::Send));
    assert!(!driver.link.is_stale());
    let mut driver = Driver::new(&client);
    driver.perform(&client, heartbeat(&client)).unwrap();
    driver.link.incoming(b"").unwrap();
    assert!(driver.link.begin(&client, &heartbeat(&client)).is_err() && driver.link.is_stale());
    // A byte of the answer came: sending again would hide that.
    let mut driver = Driver::new(&client);
    driver.perform(&client, heartbeat(&client)).unwrap();
    driver.link.begin(&client, &heartbeat(&client)).unwrap();
    driver.link.incoming(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").unwrap();
    assert!(driver.link.incoming(b"").is_err() && !driver.link.is_stale());
}

#[test]
fn an_interim_answer_does_not_end_the_sending_whatever_its_pieces() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut reading = Reading::unstamped();
    reading.set("a", "x".repeat(1 << 20)).unwrap();
    let mut call = client.store_call(&reading).unwrap();
    let mut driver = Driver::new(&client);
    driver.link.begin(&client, &call).unwrap();
    let mut sent = 0;
    for byte in b"HTTP/1.1 103 Early Hints\r\n\r\n" {
        driver.link.incoming(&[*byte]).unwrap();
        sent += driver.link.outgoing(&mut call).unwrap().len();
    }
    assert!(sent > 1 << 20);
    assert_eq!(driver.link.incoming(&json("{}")).unwrap().unwrap().status, 200);
    assert!(driver.link.is_idle());
}

#[test]
fn an_answer_after_an_interim_one_ends_the_sending_too() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut reading = Reading::unstamped();
    reading.set("a", "x".repeat(1 << 20)).unwrap();
    let interim = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(3);
    let script = [interim, answer("413 Payload Too Large", "", "no")].concat();
    for piece in [1, 30, script.len()] {
        let mut driver = Driver::new(&client);
        let mut call = client.store_call(&reading).unwrap();
        driver.link.begin(&client, &call).unwrap();
        let mut sent = 0;
        let answer = script.chunks(piece).find_map(|bytes| {
            if sent < 1 << 19 {
                sent += driver.link.outgoing(&mut call).unwrap().len();
            }
            driver.link.incoming(bytes).unwrap()
        });
        assert_eq!(answer.unwrap().status, 413);
        assert!(!driver.link.is_idle(), "half of the request is missing");
        assert!(driver.link.outgoing(&mut call).unwrap().is_empty());
    }
}

#[test]
fn an_interim_answer_may_end_after_the_request() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut driver = Driver::new(&client);
    let mut call = heartbeat(&client);
    driver.link.begin(&client, &call).unwrap();
    assert!(driver.link.incoming(b"HTTP/1.1 103 Early Hints\r\nLink").unwrap().is_none());
    while !driver.link.outgoing(&mut call).unwrap().is_empty() {}
    let rest = [&b": x\r\n\r\n"[..], &json("{}")].concat();
    assert_eq!(driver.link.incoming(&rest).unwrap().unwrap().status, 200);
    assert!(driver.link.is_idle());
}

#[test]
fn no_answer_follows_a_switch_of_protocols() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut driver = Driver::new(&client);
    driver.link.begin(&client, &heartbeat(&client)).unwrap();
    let answer = driver.link.incoming(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").unwrap();
    assert_eq!(answer.unwrap().status, 101);
    assert!(!driver.link.is_idle());
}

#[test]
fn what_never_makes_sense_is_not_kept() {
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (server, trailer) = (Recorder::start(|_| json("{}")), [CHUNKED, b"0\r\nX: "].concat());
    let client = server.client();
    for (beginning, sends) in [
        (b"HTTP/1.1 103 Early Hints\r\nX: ".as_slice(), true),
        (b"HTTP/1.1 103 Early Hints\r\nX: ", false),
        (CHUNKED, false),
        (&trailer, false),
    ] {
        let mut driver = Driver::new(&client);
        let mut call = heartbeat(&client);
        driver.link.begin(&client, &call).unwrap();
        if !sends {
            driver.link.outgoing(&mut call).unwrap();
        }
        assert!(driver.link.incoming(beginning).unwrap().is_none());
        let mut results = (0..20).map(|_| driver.link.incoming(&[b'1'; 1000]).map(|_| ()));
        let error = results.find_map(Result::err).unwrap();
        // a size in digits without end may as well be told for what it is
        assert!(matches!(error.code(), ErrorCode::AnswerTooLarge | ErrorCode::InvalidAnswer), "{error}");
        assert!(beginning == CHUNKED || error.code() == ErrorCode::AnswerTooLarge, "{error}");
        assert!(driver.link.incoming(b"more").unwrap().is_none() && !driver.link.is_idle());
    }
}

#[test]
fn many_chunks_may_come_at_once() {
    let server = Recorder::start(|_| json("{}"));
    let client = server.client();
    let mut driver = Driver::new(&client);
    let mut call = client.get_call("/x", &[]);
    driver.link.begin(&client, &call).unwrap();
    driver.link.outgoing(&mut call).unwrap();
    let chunks = b"3\r\nabc\r\n".repeat(100_000);
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = driver.link.incoming(&[&head[..], &chunks, b"0\r\n\r\n"].concat()).unwrap().unwrap();
    assert_eq!(answer.body, b"abc".repeat(100_000));
    assert!(driver.link.is_idle());
}

#[test]
fn an_early_answer_ends_the_sending() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.read_exact(&mut [0; 100]).unwrap();
        socket.write_all(&answer("413 Payload Too Large", "", "")).unwrap();
        std::io::copy(&mut socket, &mut std::io::sink()).map_or(0, |got| got)
    });
    let options = Options::new().host(&address.to_string()).namespace("n").key("k").device("d").no_proxy();
    let client = Client::new(options).unwrap();
    let mut reading = Reading::unstamped();
    reading.set("a", "x".repeat(256 << 20)).unwrap();
    let mut driver = Driver::new(&client);
    let error = driver.perform(&client, client.store_call(&reading).unwrap()).map(|_| ()).unwrap_err();
    assert_eq!(error.status(), Some(413));
    assert!(!driver.link.is_idle());
    drop(driver);
    assert!(server.join().unwrap() < 256 << 20);
}

#[test]
fn redirects_within_the_host_are_followed() {
    let server = Recorder::start(|seen| match seen.path() {
        "/old" => answer("307 Temporary Redirect", "Location: /new\r\n", "moved"),
        _ => json("7"),
    });
    let client = server.client();
    let answer = Driver::new(&client).perform(&client, client.get_call("/old", &[("q", "1")])).unwrap();
    assert_eq!(answer.body, b"7");
    assert_eq!(server.seen()[1].target, "/new?q=1");
}
