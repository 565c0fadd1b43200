// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Bad input to every call that there is: it is refused in words, nothing breaks, others are served.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use crate::api::{Operation, operations};
use crate::client::{Client, Reply, raw};
use crate::fixture::Server;

/// Text that means something to SQL, HTML, JSON, paths or terminals.
const HOSTILE: [&str; 8] = [
    "'; DROP TABLE device; --",
    "\" OR 1=1 --",
    "<script>alert(1)</script>",
    "%",
    "../../etc/passwd",
    "\u{0}\u{1b}[2J\r\nX: y",
    "\u{202e}\u{2028}\\u0000{}[]",
    "99999999999999999999999999999999",
];

fn server() -> (Server, Client) {
    let server = Server::start();
    let client = server.logged_in();
    assert_eq!(client.store("my_garage/reg1", &[("temp", "1"), ("info", "up")]), 200);
    (server, client)
}

fn still_serves(server: &Server) {
    assert_eq!(server.client().store("my_garage/alive", &[("v", "1")]), 200);
    assert!(server.logged_in().get("/api/v1/namespace/").body.contains("my_garage"));
    assert!(!server.log().contains("panicked") && !server.log().contains(" ERROR "), "{}", server.log());
}

/// An answer that a bad call may get: understood or refused, and never taken for a page.
fn check(call: &Operation, what: &str, reply: &Reply) {
    let shown = format!("{} {what:?}: {} {}", call.route, reply.status, reply.body);
    assert!(reply.status < 500, "{shown}");
    assert!(!reply.headers["content-type"].as_bytes().starts_with(b"text/html"), "{shown}");
    assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{shown}");
    let is_sentence = reply.body.ends_with('\n') && reply.body.lines().count() == 1;
    assert!(reply.status < 400 || is_sentence, "{shown}");
}

fn escaped(text: &str) -> String {
    crate::client::encode(&[("", text)]).split_off(1)
}

#[test]
fn nothing_strange_in_a_path_is_found() {
    let (server, client) = server();
    let long = "a".repeat(10_000);
    let mut strange: Vec<String> = HOSTILE[..7].iter().map(|text| escaped(text)).collect();
    let more = ["..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%ff", "%00", "a%00b", "-x", "_x", ".", &long];
    strange.extend(more.map(str::to_owned));
    for call in &operations() {
        for place in call.places() {
            for text in &strange {
                let reply = call.call(&client, &call.path_with(place, text).expect("a path"));
                check(call, text, &reply);
                let is_refused = matches!(reply.status, 400 | 403 | 404 | 414);
                assert!(is_refused, "{} {text:.40} {}", call.route, reply.status);
            }
        }
    }
    still_serves(&server);
}

#[test]
fn hostile_text_in_every_parameter_is_text() {
    let (server, client) = server();
    for call in operations().iter().filter(|call| call.route != "/api/v1/logout/") {
        for text in HOSTILE {
            for name in &call.query {
                let path = format!("{}?{name}={}", call.path(), escaped(text));
                check(call, &path, &client.get(&path));
            }
            for name in call.form.iter().filter(|name| *name != "csrfmiddlewaretoken") {
                let pairs = [(name.as_str(), text), ("username", "x"), ("message", "x")];
                let pairs = if name == "username" || name == "message" { &pairs[..1] } else { &pairs[..] };
                check(call, text, &client.post_own(&call.path(), pairs));
            }
            if call.is_post {
                check(call, text, &client.post_own(&call.path(), &[(text, text)]));
            }
        }
    }
    assert_eq!((server.count("device"), server.count("user")), (2, 2));
    still_serves(&server);
}

#[test]
fn floods_of_parameters_are_answered() {
    let (server, client) = server();
    let flood = "a=&".repeat(10_000);
    for call in operations() {
        let path = format!("{}?{flood}", call.path());
        match call.is_post {
            true => {
                let token = client.cookie("csrftoken");
                let body = format!("{flood}csrfmiddlewaretoken={token}");
                check(&call, "flood", &client.post_raw(&call.path(), body.as_bytes()));
            }
            false => check(&call, "flood", &client.get(&path)),
        }
    }
    still_serves(&server);
}

#[test]
fn ranges_and_limits_beyond_all_measure_are_refused() {
    let (server, client) = server();
    let numbers = ["-1", "1e9", "nan", "inf", "0x10", "1.5.1", "", " ", "99999999999999999999", "1&{}=1"];
    let times = ["", "now", "0", "2020-13-01T00:00:00", "99999-01-01T00:00:00", "1e9"];
    let names =
        ["limit", "depth", "scale", "from", "to", "timedelta_minutes", "timedelta_hours", "timedelta_days"];
    for call in operations() {
        for name in names.iter().filter(|name| call.query.iter().any(|known| known == *name)) {
            let is_time = (*name == "from" || *name == "to") && !call.route.contains("/message/");
            for bad in if is_time { &times[..] } else { &numbers[..] } {
                let bad = if bad.contains('&') { bad.replace("{}", name) } else { escaped(bad) };
                let path = format!("{}?term=x&{name}={bad}", call.path());
                let path = if call.route.contains("search") { path } else { path.replace("term=x&", "") };
                let reply = client.get(&path);
                check(&call, &path, &reply);
                let is_number =
                    *name == "scale" && (bad == "%2D1" || bad == "1e9" || bad.starts_with("9999"));
                assert_eq!(reply.status, if is_number { 200 } else { 400 }, "{path}");
            }
        }
    }
    still_serves(&server);
}

#[test]
fn callbacks_that_are_no_names_are_refused_everywhere() {
    let (server, client) = server();
    let wrapped: Vec<_> = operations().into_iter().filter(|call| call.takes_callback).collect();
    assert!(wrapped.len() >= 19, "{}", wrapped.len());
    for call in wrapped {
        for bad in ["", "alert(1)", "a-b", "1a", "<script>", "a.b&callback=c", "a\u{2028}", "a/**/", "å"] {
            let bad = bad.split("&callback=").map(escaped).collect::<Vec<_>>().join("&callback=");
            let reply = client.get(&format!("{}?callback={bad}", call.path()));
            check(&call, &bad, &reply);
            assert_eq!(reply.status, 400, "{} {bad}", call.route);
        }
    }
    still_serves(&server);
}

#[test]
fn large_bodies_to_small_forms_are_413() {
    let (server, client) = server();
    let cookies: Vec<_> = client.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let small: Vec<_> = operations()
        .into_iter()
        .filter(|call| call.form.iter().any(|name| name == "csrfmiddlewaretoken"))
        .collect();
    for call in &small {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n",
            call.path(),
            server.address,
            cookies.join("; ")
        );
        let announced = format!("{head}Content-Length: 104857600\r\n\r\n");
        let answer = raw(&server.address, announced.as_bytes(), "\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 413"), "{}: {answer}", call.route);
    }
    let whole = vec![b'x'; 100 * 1024 * 1024];
    let reply = client.post_raw("/api/v1/message/my_garage/reg1/", &whole);
    assert_eq!(reply.status, 413);
    still_serves(&server);
}

#[test]
fn slow_senders_hold_nobody_up() {
    let (server, client) = server();
    let cookies: Vec<_> = client.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let posts: Vec<_> = operations().into_iter().filter(|call| call.is_post).collect();
    let slow: Vec<_> = posts
        .iter()
        .cycle()
        .take(200)
        .map(|call| {
            let mut stream = TcpStream::connect(&server.address).expect("connects");
            let head = format!(
                "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n",
                call.path(),
                server.address,
                cookies.join("; ")
            );
            stream
                .write_all(format!("{head}Content-Length: 1000\r\n\r\nmessage=h").as_bytes())
                .expect("sends");
            stream
        })
        .collect();
    for call in operations().iter().filter(|call| call.route != "/api/v1/logout/") {
        assert!(call.call(&client, &call.path()).status < 500, "{}", call.route);
    }
    still_serves(&server);
    // None of them has been answered, for none is whole.
    for mut stream in slow {
        stream.set_nonblocking(true).expect("a mode");
        assert!(stream.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    }
    assert_eq!(server.count("message"), 1);
}
