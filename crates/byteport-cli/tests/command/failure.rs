// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Each exit status, and that bad input goes nowhere.

use std::io::ErrorKind;
use std::net::TcpListener;

use crate::support::{Server, run, stranger};

#[test]
fn status_1_where_the_service_refuses() {
    let server = Server::start();
    let with = |name: &str, value: &str, args: &[&str]| run(server.command().env(name, value).args(args));
    with("BYTEPORT_KEY", "wrong", &["store", "a=1"]).fails(1, &["HTTP 403", "check the API key"]);
    with("BYTEPORT_NAMESPACE", "nowhere", &["store", "a=1"]).fails(1, &["HTTP 404"]);
    server
        .run(&["store", "a=1", "--get", "--namespace", "cellar"])
        .fails(1, &["HTTP 403", "http_write_method"]);
    with("BYTEPORT_PASSWORD", "wrong", &["read", "cart.a"]).fails(1, &["user name or password refused"]);
    with("BYTEPORT_USER", "nobody", &["read", "cart.a"]).fails(1, &["user name or password refused"]);
    server.run(&["read", "nothing.a"]).fails(1, &["HTTP 404"]);
    server.run(&["read", "cellar.cart.a"]).fails(1, &["HTTP 403"]);
}

#[test]
fn status_2_for_bad_input_and_nobody_is_called() {
    let server = Server::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("binary");
    std::fs::write(&binary, b"\xff\xfe").unwrap();
    let nul = folder.path().join("nul");
    std::fs::write(&nul, b"a\0b").unwrap();
    let from = |path: &std::path::Path| format!("a={}", path.display());
    let (binary, nul, long) = (from(&binary), from(&nul), format!("a={}", "x".repeat(2100)));
    let cases: &[(&[&str], &str)] = &[
        (&["store", "-x"], "unexpected argument '-x'"),
        (&["store", "speed"], "\"speed\" is not NAME=VALUE"),
        (&["store", "=1"], "invalid field name \"\""),
        (&["store", "_key=1"], "invalid field name \"_key\""),
        (&["store", "a b=1"], "invalid field name \"a b\""),
        (&["store", "a.b=1"], "invalid field name \"a.b\""),
        (&["store", "a=1", "a=2"], "field \"a\" is given twice"),
        (&["store", "a=1", "--file", "a=-"], "field \"a\" is given twice"),
        (&["store", "--file", "a=-", "--file", "b=-"], "standard input can be one field's value only"),
        (&["store", "--file", "a=/no/such"], "cannot read /no/such"),
        (&["store", "--file", &binary], "is not UTF-8"),
        (&["store", "--file", &nul], "must not hold NUL"),
        (&["store", "a=1", "--get", &long.replace("a=", "b=")], "leave out --get"),
        (&["store", "a=1", "--device", "cart/44"], "invalid device UID"),
        (&["store", "a=1", "--namespace", "-x"], "unexpected argument"),
        (&["store", "a=1", "--namespace", "x.y"], "invalid namespace"),
        (&["store", "a=1", "--timestamp", "yesterday"], "\"yesterday\" is not a time"),
        (&["store", "a=1", "--timestamp", "2015-02-30"], "is not a time"),
        (&["store", "a=1", "--timestamp", "NaN"], "is not a time"),
        (&["store", "--timestamp", "1"], "a sign of life has no --timestamp"),
        (&["store", "a=1", "--timeout", "0"], "timeout \"0\""),
        (&["store", "a=1", "--timeout", "-1.5"], "timeout \"-1.5\""),
        (&["store", "a=1", "--timeout", "inf"], "timeout \"inf\""),
        (&["store", "a=1", "--timestamp", "1.8e19"], "is not a time"),
        (&["store", "a=1", "--timestamp", "18000000000000000000"], "is not a time"),
        (&["read", "cart.a", "--since", "9223372036854775807w"], "is not a length of time"),
        (&["store", "a=1", "--proxy", "ftp://x"], "proxy"),
        (&["read", "cart.a", "--since", "1 day"], "\"1 day\" is not a length of time"),
        (&["read", "cart.a", "--since", "1h", "--from", "1"], "cannot be used with"),
        (&["read", "cart.a", "--from", "2", "--to", "1"], "--from is later than --to"),
        (&["read", "cart.a", "--format", "xml"], "invalid value 'xml'"),
        (&["read", "a"], "neither NAMESPACE.DEVICE.FIELD nor DEVICE.FIELD"),
        (&["read", "a.b.c.d"], "neither"),
        (&["read", "garage.cart."], "invalid field name"),
        (&["read"], "required"),
        (&["stroe"], "unrecognized subcommand"),
    ];
    for (args, part) in cases {
        run(server.command().env("BYTEPORT_HOST", &host).args(*args)).fails(2, &[part]);
        let called = listener.accept().map_err(|error| error.kind());
        assert!(matches!(called, Err(ErrorKind::WouldBlock)), "{args:?}");
    }
    run(server.command().args(["store", "--host", "ftp://x"])).fails(2, &["the host is malformed"]);
}

#[test]
fn a_bad_field_keeps_the_good_ones_from_being_stored() {
    let server = Server::start();
    server.ok(&["store"]);
    server.run(&["store", "a=1", "b b=2"]).fails(2, &["invalid field name"]);
    assert_eq!(server.ok(&["read", "cart.a", "--format", "csv"]), "time,value\r\n");
}

#[test]
fn status_3_where_trying_again_can_help() {
    let server = Server::start();
    let mut gone = server.command();
    gone.args(["store", "a=1"]);
    server.stop();
    run(&mut gone)
        .fails(3, &["no connection to 127.0.0.1:", "Connection refused", "whether the server runs"]);
    let server = Server::start();
    let at = |url: &str, args: &[&str]| run(server.command().env("BYTEPORT_HOST", url).args(args));
    at(&stranger(None), &["store", "a=1", "--timeout", "0.3"]).fails(3, &["no answer in time", "--timeout"]);
    at(&stranger(Some("")), &["store", "a=1"]).fails(3, &["the connection broke"]);
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
    at(&stranger(Some(half)), &["store", "a=1"]).fails(3, &["try again"]);
    let failed = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
    at(&stranger(Some(failed)), &["store", "a=1"]).fails(3, &["HTTP 503"]);
    let slow_down = "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n";
    at(&stranger(Some(slow_down)), &["store", "a=1"]).fails(3, &["HTTP 429"]);
    at("http://no-such-host.invalid", &["store", "a=1"]).fails(3, &["no-such-host.invalid"]);
    let proxy = at("http://example.org", &["store", "a=1", "--proxy", "socks5://me:pw9@127.0.0.1:9"]);
    assert!(!proxy.err.contains("pw9"), "{}", proxy.err);
    proxy.fails(3, &["127.0.0.1:9", "check the proxy"]);
}

#[test]
fn status_4_where_the_answer_is_not_to_be_trusted() {
    let server = Server::start();
    let at = |url: &str, args: &[&str]| run(server.command().env("BYTEPORT_HOST", url).args(args));
    let secure = server.url.replace("http:", "https:");
    at(&secure, &["store", "a=1"]).fails(4, &["no TLS connection", "check the host's name"]);
    at(&stranger(Some("SSH-2.0-OpenSSH\r\n\r\n")), &["store", "a=1"]).fails(4, &["not an HTTP answer"]);
    let away = "HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n";
    at(&stranger(Some(away)), &["store", "a=1"]).fails(4, &["redirected"]);
    at(&stranger(Some(away)), &["read", "cart.a"]).fails(4, &["redirected", "another host"]);
    let page = "HTTP/1.1 200 OK\r\nSet-Cookie: csrftoken=x\r\nSet-Cookie: sessionid=y\r\nContent-Type: text/html\r\n\
                Content-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
    at(&stranger(Some(page)), &["read", "cart.a"]).fails(4, &["not the JSON", "text/html"]);
}

#[test]
fn a_cause_is_named_once() {
    let server = Server::start();
    for direction in [["--host", "http://127.0.0.1:9"], ["--proxy", "http://127.0.0.1:9"]] {
        let said = server.run(&[&["store", "a=1"], direction.as_slice()].concat()).err;
        assert_eq!(said.matches("Connection refused").count(), 1, "{said}");
    }
}

#[test]
fn no_number_is_too_great() {
    let server = Server::start();
    for seconds in ["1.8e19", "18446744073709551615", "1e99", "1e308"] {
        assert_eq!(server.ok(&["store", "a=1", "--timeout", seconds]), "", "{seconds}");
    }
    let read = |args: &[&str]| server.ok(&[&["read", "cart.a", "--format", "csv"], args].concat());
    assert_eq!(read(&["--since", "1000000w", "--timeout", "1.8e19"]).lines().count(), 5);
    for columns in ["0", "-1", "18446744073709551616", "18446744073709551615"] {
        let mut command = server.command();
        command.env("COLUMNS", columns).args(["read", "cart.a", "--format", "chart"]);
        let chart = run(&mut command).ok();
        assert_eq!(chart.lines().last().map(|line| line.chars().count()), Some(80), "{columns}:\n{chart}");
    }
    for seconds in ["0", "-5", "nan"] {
        run(server.command().env("BYTEPORT_TIMEOUT", seconds).args(["store", "a=1"]))
            .fails(2, &[&format!("timeout {seconds:?}")]);
    }
}

#[test]
fn help_and_version_are_no_failures() {
    let server = Server::start();
    assert_eq!(server.ok(&["--version"]), concat!("byteport ", env!("CARGO_PKG_VERSION"), "\n"));
    let help = server.ok(&["--help"]);
    for part in ["Exit status:", "  3  no connection", "BYTEPORT_KEY", "Examples:"] {
        assert!(help.contains(part), "{help}");
    }
    for command in ["store", "read"] {
        assert!(server.ok(&[command, "--help"]).contains("Examples:"));
    }
    let nothing = server.run(&[]);
    assert_eq!((nothing.status, nothing.out.as_str()), (2, ""));
    assert!(nothing.err.contains("Usage: byteport"));
}
