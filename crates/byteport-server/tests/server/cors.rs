// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Pages of other origins: refused unless an option allows them.

use crate::client::{Client, raw};
use crate::fixture::{PASSWORD, SEED, Server, USER};

const ALLOWED: &str = "http://dash.example:3000";
const SECURE: &str = "https://dash.example";
const FOREIGN: &str = "http://evil.example";

/// The answer to a call of a page, with these header lines besides.
fn ask(server: &Server, call: &str, lines: &str, body: &str) -> String {
    let length = body.len();
    let head = format!("{call} HTTP/1.1\r\nHost: {}\r\n{lines}Content-Length: {length}\r\n", server.address);
    raw(&server.address, format!("{head}Connection: close\r\n\r\n{body}").as_bytes(), "")
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    let pairs = head.split("\r\n").filter_map(|line| line.split_once(": "));
    pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

fn server() -> (Server, Client) {
    let server = Server::with(SEED, &["--allow-origin", ALLOWED, "--allow-origin", SECURE]);
    let client = server.logged_in();
    (server, client)
}

#[test]
fn only_allowed_origins_may_read() {
    let (server, client) = server();
    let cookie = format!("Cookie: sessionid={}\r\n", client.cookie("sessionid"));
    let get =
        |origin: &str| ask(&server, "GET /api/v1/namespace/", &format!("{cookie}Origin: {origin}\r\n"), "");
    for origin in [ALLOWED, SECURE] {
        let answer = get(origin);
        assert_eq!(status(&answer), "200");
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(origin));
        assert_eq!(header(&answer, "access-control-allow-credentials"), Some("true"));
        assert_eq!(header(&answer, "vary"), Some("Origin"));
    }
    for origin in
        [FOREIGN, "null", "http://dash.example", "https://dash.example:3000", "http://x.dash.example:3000"]
    {
        let answer = get(origin);
        assert_eq!(header(&answer, "access-control-allow-origin"), None, "{origin}");
        assert_eq!(header(&answer, "vary"), Some("Origin"));
    }
    // An answer that refuses can be read too, so that the page knows why.
    let refused = ask(&server, "GET /api/v1/namespace/", &format!("Origin: {ALLOWED}\r\n"), "");
    assert_eq!((status(&refused), header(&refused, "access-control-allow-origin")), ("403", Some(ALLOWED)));
}

#[test]
fn a_browser_may_ask_first() {
    let (server, _) = server();
    let asks = |origin: &str| {
        let lines = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        ask(&server, "OPTIONS /api/v1/message/my_garage/dev1/", &lines, "")
    };
    let answer = asks(ALLOWED);
    assert_eq!(status(&answer), "204");
    assert_eq!(header(&answer, "access-control-allow-methods"), Some("GET, POST"));
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(ALLOWED));
    let answer = asks(FOREIGN);
    assert_eq!((status(&answer), header(&answer, "access-control-allow-origin")), ("405", None));
}

#[test]
fn an_allowed_page_logs_in_posts_and_takes_a_callback() {
    let (server, _) = server();
    server.client().store("my_garage/dev1", &[]);
    for (origin, attributes) in [(ALLOWED, "SameSite=Lax"), (SECURE, "SameSite=None; Secure")] {
        let page = format!("Origin: {origin}\r\nReferer: {origin}/\r\nSec-Fetch-Site: cross-site\r\n");
        let offer = ask(&server, "GET /api/v1/login/", &page, "");
        let token = header(&offer, "x-csrftoken").expect("the page is told the token").to_owned();
        assert_eq!(
            header(&offer, "access-control-expose-headers").map(|text| text.contains("X-CSRFToken")),
            Some(true)
        );
        assert!(header(&offer, "set-cookie").is_some_and(|line| line.contains(attributes)), "{offer}");
        let pairs = [("username", USER), ("password", PASSWORD), ("csrfmiddlewaretoken", &token)];
        let form = crate::client::encode(&pairs);
        let cookie = format!("Cookie: csrftoken={token}\r\n");
        let answer = ask(&server, "POST /api/v1/login/", &format!("{page}{cookie}"), &form);
        assert_eq!(status(&answer), "200", "{answer}");
        let session =
            header(&answer, "set-cookie").and_then(|line| line.split(';').next()).expect("a session");
        assert!(header(&answer, "set-cookie").is_some_and(|line| line.contains(attributes)), "{answer}");
        let cookies = format!("Cookie: {session}; csrftoken={token}\r\n");
        let form = crate::client::encode(&[("message", "hi"), ("csrfmiddlewaretoken", &token)]);
        let send = |page: &str| {
            ask(&server, "POST /api/v1/message/my_garage/dev1/", &format!("{page}{cookies}"), &form)
        };
        assert_eq!(status(&send(&page)), "200");
        assert_eq!(status(&send(&format!("Referer: {origin}/page\r\n"))), "200");
        assert_eq!(status(&send(&format!("Referer: {FOREIGN}/{origin}/\r\n"))), "403");
        assert_eq!(status(&send(&format!("Origin: {FOREIGN}\r\nReferer: {FOREIGN}/\r\n"))), "403");
        let script = |page: &str| {
            let lines = format!("Referer: {page}/\r\nSec-Fetch-Site: cross-site\r\n{cookies}");
            status(&ask(&server, "GET /api/v1/namespace/?callback=x", &lines, "")).to_owned()
        };
        assert_eq!((script(origin).as_str(), script(FOREIGN).as_str()), ("200", "403"));
    }
    assert_eq!(server.count("message"), 4);
}

#[test]
fn without_the_option_nothing_changes() {
    let server = Server::start();
    let client = server.logged_in();
    let cookie = format!("Cookie: sessionid={}\r\nOrigin: {ALLOWED}\r\n", client.cookie("sessionid"));
    let answer = ask(&server, "GET /api/v1/namespace/", &cookie, "");
    assert_eq!(status(&answer), "200");
    for name in ["access-control-allow-origin", "access-control-allow-credentials", "vary", "x-csrftoken"] {
        assert_eq!(header(&answer, name), None, "{name}");
    }
    let lines = format!("Origin: {ALLOWED}\r\nAccess-Control-Request-Method: POST\r\n");
    assert_eq!(status(&ask(&server, "OPTIONS /api/v1/login/", &lines, "")), "405");
    assert_eq!(status(&ask(&server, "GET /api/v1/login/", &cookie, "")), "200");
}

#[test]
fn what_is_no_origin_is_a_wrong_command_line() {
    for bad in ["*", "null", "dash.example", "https://dash.example/", "https://*.example"] {
        let done = crate::fixture::run(&["--data", "unused", "--allow-origin", bad]);
        assert_eq!(done.status.code(), Some(2), "{bad}");
        assert!(String::from_utf8_lossy(&done.stderr).contains("https://dash.example.org:8443"));
    }
}
