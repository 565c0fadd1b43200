// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The page's files as they are served; what it does is tested in a browser (`tests/page`).

use crate::client::raw;
use crate::fixture::Server;

#[test]
fn the_page_is_served_with_a_strict_policy() {
    let server = Server::start();
    let client = server.client();
    let kinds = [
        ("/", "text/html; charset=utf-8"),
        ("/page/main.js", "text/javascript; charset=utf-8"),
        ("/page/page.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "image/svg+xml"),
        ("/page/vendor/uplot/uPlot.esm.js", "text/javascript; charset=utf-8"),
        ("/page/vendor/uplot/LICENSE", "text/plain; charset=utf-8"),
    ];
    for (path, kind) in kinds {
        let reply = client.get(path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.body.is_empty(), "{path}");
        let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), kind, "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cache-control"), "no-cache", "{path}");
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.split("; ").any(|known| known == part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
    }
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let server = Server::start();
    let tag = server.client().get("/page/main.js").headers["etag"].to_str().unwrap().to_owned();
    let ask = |known: &str| {
        let lines = format!("Host: {}\r\nIf-None-Match: {known}\r\n", server.address);
        raw(&server.address, format!("GET /page/main.js HTTP/1.1\r\n{lines}\r\n").as_bytes(), "\r\n\r\n")
    };
    let answer = ask(&tag);
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
    assert!(answer.contains(&tag), "{answer}");
    assert!(ask("\"another\"").starts_with("HTTP/1.1 200"));
}

#[test]
fn only_files_of_the_page_are_served() {
    let server = Server::start();
    let client = server.client();
    for path in ["/page/", "/page/x.js", "/page/page.html", "/page/vendor", "/page/vendor/uplot/README.md"] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
    for path in ["/page/../../Cargo.toml", "/page/%2e%2e/%2e%2e/Cargo.toml", "/page//etc/passwd"] {
        let lines = format!("Host: {}\r\n", server.address);
        let answer =
            raw(&server.address, format!("GET {path} HTTP/1.1\r\n{lines}\r\n").as_bytes(), "\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    assert_eq!(client.post("/", &[("a", "1")]).status, 405);
}
