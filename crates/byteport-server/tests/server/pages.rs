// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The calls that need nothing, and JSONP.

use serde_json::json;

use crate::client::raw;
use crate::fixture::{PASSWORD, Server, USER};

#[test]
fn echo_answers_its_query() {
    let server = Server::start();
    let client = server.client();
    let reply = client.get("/api/v1/echo/?test=hello&n=1&sp=a+b%26");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(reply.json(), json!({"test": "hello", "n": "1", "sp": "a b&"}));
    assert_eq!(client.get("/api/v1/echo/").body, "{}");
    assert_eq!(client.get("/api/v1/echo/?a=%zz").status, 400);
}

#[test]
fn jsonp_wraps_every_json_get() {
    let server = Server::start();
    let mut client = server.client();
    client.login(USER, PASSWORD);
    client.store("my_garage/dev1", &[("_ts", "1"), ("a", "\u{2028}")]);
    let paths = [
        "/api/v1/echo/?a=%E2%80%A8",
        "/api/v1/login/?",
        "/api/v1/session/?",
        "/api/v1/namespace/?",
        "/api/v1/timeseries/my_garage/dev1/a/?from=1970-01-01T00:00:00&_=17",
        "/api/v1/logout/?",
    ];
    for path in paths {
        let reply = client.get(&format!("{path}&callback=lib.got"));
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        assert!(reply.headers["content-type"].to_str().unwrap().starts_with("application/javascript"));
        let json = reply.body.strip_prefix("lib.got(").and_then(|text| text.strip_suffix(");"));
        let json = json.unwrap_or_else(|| panic!("{path}: {}", reply.body));
        serde_json::from_str::<serde_json::Value>(json).expect("JSON");
        assert!(!json.contains('\u{2028}'));
    }
    for bad in ["", "alert(1)", "a-b", "1a", "%3Cscript%3E", "a.b&callback=c"] {
        let reply = client.get(&format!("/api/v1/echo/?callback={bad}"));
        assert_eq!(reply.status, 400, "{bad}");
        assert!(!reply.body.contains("alert"));
    }
}

#[test]
fn a_callback_with_a_session_is_for_pages_of_the_host() {
    let server = Server::start();
    let mut client = server.client();
    client.login(USER, PASSWORD);
    let session = client.cookie("sessionid");
    let status = |path: &str, header: &str| {
        let lines = format!("Host: {}\r\nCookie: sessionid={session}\r\n{header}\r\n", server.address);
        let answer =
            raw(&server.address, format!("GET {path} HTTP/1.1\r\n{lines}\r\n").as_bytes(), "\r\n\r\n");
        answer.get(9..12).unwrap_or_default().to_owned()
    };
    let own = format!("Referer: http://{}/page", server.address);
    let foreign =
        ["Referer: http://127.0.0.1:1/", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: cross-site", "X: y"];
    for path in ["/api/v1/namespace/", "/api/v1/session/", "/api/v1/timeseries/my_garage/reg1/v/"] {
        let with_callback = format!("{path}?callback=x");
        for header in foreign {
            assert_eq!(status(&with_callback, header), "403", "{path} {header}");
            assert_eq!(status(path, header), "200", "{path} {header}");
        }
        for header in [own.as_str(), "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"] {
            assert_eq!(status(&with_callback, header), "200", "{path} {header}");
        }
    }
}

#[test]
fn front_page_health_and_unknown_paths() {
    let server = Server::start();
    let client = server.client();
    let front = client.get("/");
    assert_eq!(front.status, 200);
    assert!(front.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(front.body.contains("/api/v1/"));
    assert_eq!(client.get("/healthz").json()["status"], "ok");
    assert_eq!(client.get("/api/v2/").status, 404);
    assert_eq!(client.post("/api/v1/echo/", &[("a", "1")]).status, 405);
}
