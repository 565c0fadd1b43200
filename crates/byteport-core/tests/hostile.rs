// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Servers that are gone, slow, broken or hostile: one clear error each, and nothing else happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use byteport_core::model::Reading;
use byteport_core::{Client, Error, ErrorCode, Options, Phase, Range, manage};
use support::{KEY, Recorder, answer, json, vectors_server};

fn store(client: &Client) -> byteport_core::Result<()> {
    client.store(Reading::unstamped().set("a", 1).unwrap())
}

fn store_error(script: impl Fn(&support::Seen) -> Vec<u8> + Send + Sync + 'static) -> (Error, Recorder) {
    let server = Recorder::start(script);
    let error = store(&server.client()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    (error, server)
}

#[test]
fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = Options::new().host(&free.to_string()).namespace("n").key(KEY).device("d");
    let error = store(&Client::new(options).unwrap()).unwrap_err();
    assert_eq!(
        (error.code(), error.phase(), error.is_retryable()),
        (ErrorCode::Connect, Phase::Connect, true)
    );
    assert!(error.to_string().contains(&free.to_string()) && !error.causes().is_empty(), "{error}");
}

#[test]
fn a_name_that_does_not_resolve() {
    let options =
        Options::new().host("does-not-exist.invalid").namespace("n").key(KEY).device("d").no_proxy();
    let error = store(&Client::new(options).unwrap()).unwrap_err();
    assert_eq!(
        (error.code(), error.phase(), error.is_retryable()),
        (ErrorCode::Dns, Phase::Dns, true),
        "{error}"
    );
}

#[test]
fn a_server_that_never_answers() {
    let (done, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = Recorder::start(move |_| {
        let _ = wait.lock().unwrap().recv();
        Vec::new()
    });
    let client = Client::new(server.options().timeout(Duration::from_millis(200))).unwrap();
    let error = store(&client).unwrap_err();
    assert_eq!(
        (error.code(), error.phase(), error.is_retryable()),
        (ErrorCode::Timeout, Phase::Receive, true)
    );
    drop(done);
}

#[test]
fn a_server_that_drips_its_answer_is_cut_off_by_the_total_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let dripping = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 4096]);
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nX: ");
        while socket.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let options =
        Options::new().host(&host).namespace("n").key(KEY).device("d").timeout(Duration::from_millis(300));
    assert_eq!(store(&Client::new(options).unwrap()).unwrap_err().code(), ErrorCode::Timeout);
    dripping.join().unwrap();
}

#[test]
fn a_server_that_does_not_read_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let options =
        Options::new().host(&host).namespace("n").key(KEY).device("d").timeout(Duration::from_millis(300));
    let client = Client::new(options).unwrap();
    let mut reading = Reading::unstamped();
    reading.set("a", "x".repeat(64 << 20)).unwrap();
    let error = client.store(&reading).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Timeout, Phase::Send), "{error}");
}

#[test]
fn garbage_and_half_answers() {
    for (bytes, code, _) in support::NO_ANSWERS {
        let (error, server) = store_error(move |_| bytes.to_vec());
        assert_eq!(error.code(), code, "{bytes:?}: {error}");
        assert_eq!(server.seen().len(), 1, "{bytes:?}: sent once");
    }
}

#[test]
fn an_endless_head_and_a_body_over_the_limit() {
    let (error, _) = store_error(|_| [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat());
    assert_eq!(error.code(), ErrorCode::AnswerTooLarge, "{error}");
    let server = Recorder::start(|_| json(&format!("[{}1]", "1,".repeat(1000))));
    let client = Client::new(server.options().max_answer(1000)).unwrap();
    assert_eq!(client.get_json("/x", &[]).unwrap_err().code(), ErrorCode::AnswerTooLarge);
    let server = Recorder::start(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n".to_vec());
    assert_eq!(server.client().get_json("/x", &[]).unwrap_err().code(), ErrorCode::AnswerTooLarge);
}

#[test]
fn every_status_has_its_code() {
    let cases = [
        ("400 Bad Request", ErrorCode::Status, false),
        ("401 Unauthorized", ErrorCode::Status, false),
        ("403 Forbidden", ErrorCode::Forbidden, false),
        ("404 Not Found", ErrorCode::NotFound, false),
        ("406 Not Acceptable", ErrorCode::NotAllowed, false),
        ("413 Too Large", ErrorCode::Status, false),
        ("418 Teapot", ErrorCode::Status, false),
        ("429 Too Many Requests", ErrorCode::Status, true),
        ("500 Internal Server Error", ErrorCode::Server, true),
        ("503 Service Unavailable", ErrorCode::Server, true),
        ("304 Not Modified", ErrorCode::Redirect, false),
    ];
    for (status, code, retryable) in cases {
        let (error, server) = store_error(move |_| answer(status, "", ""));
        let number: u16 = status[..3].parse().unwrap();
        assert_eq!(
            (error.code(), error.phase(), error.status()),
            (code, Phase::Status, Some(number)),
            "{status}"
        );
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert!(error.to_string().contains(&status[..3]), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn the_servers_reason_is_told_unless_it_holds_the_key() {
    let (error, _) =
        store_error(|_| answer("400 Bad", "Content-Type: text/plain\r\n", "field a:\r\nno number\n"));
    assert!(error.to_string().ends_with("(field a:  no number)"), "{error}");
    store_error(|_| answer("400 Bad", "Content-Type: text/plain\r\n", &format!("your key is {KEY}")));
}

#[test]
fn an_answer_before_the_end_of_a_large_request_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let options =
        Options::new().host(&listener.local_addr().unwrap().to_string()).namespace("n").key(KEY).device("d");
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 1024]);
        socket.write_all(&answer("413 Too Large", "Connection: close\r\n", "")).unwrap();
        // closing with unread data resets the connection
    });
    let mut reading = Reading::unstamped();
    reading.set("a", "x".repeat(32 << 20)).unwrap();
    let error = Client::new(options).unwrap().store(&reading).unwrap_err();
    server.join().unwrap();
    assert_eq!(error.status(), Some(413), "{error}");
}

#[test]
fn redirects_never_carry_the_key_to_another_host() {
    let other = vectors_server();
    let location = format!("Location: http://{}/steal\r\n", other.host());
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let location = location.clone();
        let (error, _) = store_error(move |_| answer(status, &location, ""));
        assert_eq!(error.code(), ErrorCode::Redirect, "{error}");
    }
    for location in ["//evil.invalid/x", "https://evil.invalid/", "http://", "x", ""] {
        let location = format!("Location: {location}\r\n");
        let server = Recorder::start(move |_| answer("302 Found", &location, ""));
        assert_eq!(server.client().get_json("/x", &[]).unwrap_err().code(), ErrorCode::Redirect);
    }
    assert!(other.seen().is_empty());
}

#[test]
fn a_redirect_within_the_host_is_followed_where_it_keeps_the_data() {
    let server = Recorder::start(|seen| match seen.path() {
        "/new" => json("[]"),
        _ => answer("308 Permanent", "Location: /new\r\n", ""),
    });
    store(&server.client()).unwrap();
    let seen = server.seen();
    assert_eq!((seen[1].method.as_str(), seen[1].path()), ("POST", "/new"));
    assert_eq!(seen[1].form(), seen[0].form());
    server.client().get_json("/old", &[("q", "1")]).unwrap();
    assert_eq!(server.seen()[3].target, "/new?q=1");

    let (error, server) = store_error(|_| answer("302 Found", "Location: /new\r\n", ""));
    assert!(error.to_string().contains("drop the data"), "{error}");
    assert_eq!(server.seen().len(), 1);

    let around = Recorder::start(|seen| {
        let next = if seen.path() == "/a" { "/b" } else { "/a" };
        answer("302 Found", &format!("Location: {next}\r\n"), "")
    });
    assert_eq!(around.client().get_json("/a", &[]).unwrap_err().code(), ErrorCode::Redirect);
}

#[test]
fn a_get_that_stores_follows_no_redirect_that_loses_the_data() {
    let cases = [
        ("302 Found", "/accounts/login/"),
        ("301 Moved", "/accounts/login/?next=x"),
        ("307 Temporary", "/accounts/login/?next=x"),
    ];
    for (status, location) in cases {
        let server = Recorder::start(move |seen| match seen.path() {
            "/accounts/login/" => answer("200 OK", "Content-Type: text/html\r\n", "<html>"),
            _ => answer(status, &format!("Location: {location}\r\n"), ""),
        });
        let client = Client::new(server.options().store_method(byteport_core::Method::Get)).unwrap();
        let error = store(&client).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Redirect, "{location}: {error}");
        assert_eq!(server.seen().len(), 1, "{location}");
    }
    let server = Recorder::start(|seen| match seen.path() {
        "/new" => json("{}"),
        _ => answer("308 Permanent", "Location: /new\r\n", ""),
    });
    store(&Client::new(server.options().store_method(byteport_core::Method::Get)).unwrap()).unwrap();
    assert_eq!(server.seen()[1].query(), server.seen()[0].query());
}

#[test]
fn the_total_time_out_is_for_the_whole_call() {
    let server = Recorder::start(|seen| {
        std::thread::sleep(Duration::from_millis(150));
        let next = if seen.path() == "/a" { "/b" } else { "/a" };
        answer("302 Found", &format!("Location: {next}\r\n"), "")
    });
    let client = Client::new(server.options().timeout(Duration::from_millis(400))).unwrap();
    assert_eq!(client.get_json("/a", &[]).unwrap_err().code(), ErrorCode::Timeout);
    assert!(server.seen().len() <= 3, "{}", server.seen().len());
}

#[test]
fn what_is_answered_to_a_store_takes_no_memory_and_no_part_in_it() {
    let server = Recorder::start(|_| json(&"x".repeat(3 << 20)));
    let client = Client::new(server.options().max_answer(1000)).unwrap();
    store(&client).unwrap();
    store(&client).unwrap();
    let connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1], "a connection with an answer left in it is not kept");
}

#[test]
fn an_answer_that_comes_after_the_logout_brings_no_session_back() {
    let (arrived, wait) = mpsc::channel();
    let (go, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let server = Recorder::start(move |seen| match (seen.path(), seen.method.as_str()) {
        ("/slow", _) => {
            arrived.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
            answer("200 OK", "Set-Cookie: sessionid=RENEWED\r\n", "{}")
        }
        ("/api/v1/login/", "GET") => answer("200 OK", "Set-Cookie: csrftoken=T\r\n", ""),
        ("/api/v1/login/", _) => answer("200 OK", "Set-Cookie: sessionid=S\r\n", ""),
        _ => json("{}"),
    });
    let client = server.client();
    client.login("u", "p").unwrap();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| client.get_json("/slow", &[]).unwrap());
        wait.recv().unwrap();
        client.logout().unwrap();
        go.send(()).unwrap();
        slow.join().unwrap();
    });
    client.get_json("/after", &[]).unwrap();
    assert!(!server.seen().last().unwrap().headers.contains_key("cookie"));
}

#[test]
fn errors_of_answers_are_short_and_repeat_nothing() {
    for body in [format!("[\"{}\"]", "the-write-key".repeat(100_000)), "[\"the-write-key\"]".to_owned()] {
        let server = Recorder::start(move |_| json(&body));
        let error = server.client().ask(manage::namespaces(None)).map(drop).unwrap_err();
        assert!(error.to_string().len() < 300 && !error.to_string().contains("the-write-key"), "{error}");
        assert!(error.to_string().contains("has another shape, at line 1 column"), "{error}");
    }
    let server = Recorder::start(|_| json(r#"[{"name":"n","write_key":"the-write-key"}]"#));
    assert!(
        !format!("{:?}", server.client().ask(manage::namespaces(None)).unwrap()).contains("the-write-key")
    );
}

#[test]
fn a_page_where_json_is_due() {
    let page = "<html><title>Welcome</title></html>";
    let server = Recorder::start(move |_| answer("200 OK", "Content-Type: text/html\r\n", page));
    let errors = [
        server.client().get_json("/api/v1/namespace/", &[]).unwrap_err(),
        server.client().ask(manage::namespaces(None)).map(drop).unwrap_err(),
        server.client().load_series("n", "d", "f", Range::default()).map(drop).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.code(), error.phase(), error.status()),
            (ErrorCode::InvalidAnswer, Phase::Decode, Some(200))
        );
        assert!(error.to_string().contains("text/html"), "{error}");
    }
}

#[test]
fn logins_that_fail() {
    let cookie = "Set-Cookie: csrftoken=T\r\n";
    let cases: [(&str, &str); 4] = [
        ("200 OK", "no cookie"),
        ("200 OK", "no session"),
        ("403 Forbidden", "refused"),
        ("500 Internal", "broken"),
    ];
    for (status, case) in cases {
        let server = Recorder::start(move |seen| match (seen.method.as_str(), case) {
            ("GET", "no cookie") => answer("200 OK", "", ""),
            ("GET", _) => answer("200 OK", cookie, ""),
            _ => answer(status, "", ""),
        });
        let error = server.client().login("user", "hunter2hunter2").unwrap_err();
        let code = if case == "broken" { ErrorCode::Server } else { ErrorCode::LoginFailed };
        assert_eq!(error.code(), code, "{case}");
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(server.seen().len(), if case == "no cookie" { 1 } else { 2 }, "{case}");
    }
}

#[test]
fn a_login_may_be_answered_by_a_redirect_which_is_not_followed() {
    let server = Recorder::start(|seen| match seen.method.as_str() {
        "GET" => answer("200 OK", "Set-Cookie: csrftoken=T\r\n", ""),
        _ => answer("302 Found", "Location: http://elsewhere.invalid/\r\nSet-Cookie: sessionid=S\r\n", ""),
    });
    server.client().login("user", "password").unwrap();
    assert_eq!(server.seen().len(), 2);
}

/// Closes each kept connection when the second request comes, without an answer.
fn closes_when_used_again() -> Recorder {
    let count = Arc::new(AtomicUsize::new(0));
    Recorder::start(
        move |_| if count.fetch_add(1, Ordering::SeqCst) % 2 == 0 { json("{}") } else { Vec::new() },
    )
}

#[test]
fn a_stale_connection_is_replaced_where_nothing_can_be_stored_twice() {
    let server = closes_when_used_again();
    let client = server.client();
    let mut stamped = Reading::new();
    stamped.set("a", 1).unwrap();
    client.store(&stamped).unwrap();
    client.store(&stamped).unwrap();
    assert_eq!(server.seen().len(), 3, "the second store was sent twice");

    let server = closes_when_used_again();
    let client = server.client();
    store(&client).unwrap();
    let error = store(&client).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Disconnected, Phase::Receive));
    assert_eq!(server.seen().len(), 2, "a reading that the server stamps is not sent again");
}

#[test]
fn a_connection_that_the_server_closed_while_idle_is_not_used() {
    let (closed, wait) = mpsc::channel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let options =
        Options::new().host(&listener.local_addr().unwrap().to_string()).namespace("n").key(KEY).device("d");
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut reader = std::io::BufReader::new(socket.try_clone().unwrap());
            support::read_request(&mut reader, 0);
            socket.write_all(&json("{}")).unwrap();
            drop((socket, reader));
            closed.send(()).unwrap();
        }
    });
    let client = Client::new(options).unwrap();
    for _ in 0..3 {
        store(&client).unwrap();
        wait.recv().unwrap();
    }
}

#[test]
fn what_is_missing_is_said_and_nothing_is_sent() {
    let server = vectors_server();
    let base = || Options::new().host(&server.host());
    for options in [
        base(),
        base().namespace("n").device("d"),
        base().key(KEY).device("d"),
        base().namespace("n").key(KEY),
    ] {
        assert_eq!(store(&Client::new(options).unwrap()).unwrap_err().code(), ErrorCode::NotConfigured);
    }
    let client = server.client();
    assert_eq!(client.heartbeat(Some("a b")).unwrap_err().code(), ErrorCode::InvalidName);
    let late = byteport_core::model::Timestamp::from_micros(i64::MAX);
    let error = client.store(Reading::new().set_timestamp(Some(late))).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidTimestamp);
    let range = Range { from: None, to: Some(late) };
    assert_eq!(client.load_series("n", "d", "f", range).unwrap_err().code(), ErrorCode::InvalidTimestamp);
    for (namespace, device, field) in [("-", "d", "f"), ("n", "d/..", "f"), ("n", "d", "_key")] {
        let error = client.load_series(namespace, device, field, Range::default()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidName);
    }
    assert!(server.seen().is_empty());
}
