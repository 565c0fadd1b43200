// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Reading.

use std::io::Read as _;
use std::process::Stdio;

use crate::support::Server;

fn with_values(values: &[(&str, &str)]) -> Server {
    let server = Server::start();
    for (time, value) in values {
        server.ok(&["store", &format!("a={value}"), "--timestamp", time]);
    }
    server
}

fn values(text: &str) -> Vec<&str> {
    text.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(_, value)| value).collect()
}

#[test]
fn both_ends_of_a_span_belong_to_it() {
    let server = with_values(&[("1", "1"), ("2", "2"), ("3", "3"), ("4.5", "4")]);
    let read = |args: &[&str]| server.ok(&[&["read", "cart.a", "--format", "csv"], args].concat());
    assert_eq!(values(&read(&["--from", "2", "--to", "1970-01-01T00:00:03Z"])), ["2", "3"]);
    assert_eq!(values(&read(&["--from", "1970-01-01T01:00:03+01:00"])), ["3", "4"]);
    assert_eq!(values(&read(&["--to", "2"])), ["1", "2"]);
    assert_eq!(values(&read(&["--from", "-1", "--to", "1"])), ["1"]);
    assert_eq!(values(&read(&["--since", "3000w"])), ["1", "2", "3", "4"]);
    assert!(values(&read(&["--since", "30s"])).is_empty());
}

#[test]
fn a_series_of_text() {
    let server = with_values(&[("1", "on"), ("2", "5"), ("3", "\u{1b}[2J,\"x\"")]);
    let read = |format| server.ok(&["read", "cart.a", "--from", "0", "--format", format]);
    assert!(read("table").ends_with("03.000000Z  \\u{1b}[2J,\"x\"\n"), "{}", read("table"));
    assert_eq!(values(&read("csv")), ["on", "5", "\"\u{1b}[2J,\"\"x\"\"\""]);
    assert!(read("json").contains("\"value\":\"5\"}"), "{}", read("json"));
    let chart = server.run(&["read", "cart.a", "--from", "0", "--format", "chart"]);
    chart.fails(2, &["garage.cart.a are texts", "--format table"]);
}

#[test]
fn an_empty_series() {
    let server = with_values(&[("1", "1")]);
    for (format, out, says) in [
        ("table", "time                         value\n", true),
        ("csv", "time,value\r\n", false),
        ("json", "[]\n", false),
        ("chart", "", true),
    ] {
        let done = server.run(&["read", "cart.a", "--since", "1s", "--format", format]);
        assert_eq!((done.status, done.out.as_str()), (0, out), "{format}");
        let says = if says { "byteport: garage.cart.a has no value in this span of time\n" } else { "" };
        assert_eq!(done.err, says, "{format}");
    }
}

#[test]
fn the_namespace_in_the_address_counts_first() {
    let server = with_values(&[("1", "1")]);
    let mut command = server.command();
    command.env("BYTEPORT_NAMESPACE", "cellar").args([
        "read",
        "garage.cart.a",
        "--from",
        "0",
        "--format",
        "csv",
    ]);
    assert_eq!(values(&crate::support::run(&mut command).ok()), ["1"]);
}

#[test]
fn the_chart_is_as_wide_as_asked_for() {
    let server = with_values(&[("1", "1"), ("2", "5"), ("3", "2")]);
    for (columns, width) in [("60", 60), ("120", 120), ("", 80), ("none", 80)] {
        let mut command = server.command();
        command.env("COLUMNS", columns).args(["read", "cart.a", "--from", "0", "--format", "chart"]);
        let chart = crate::support::run(&mut command).ok();
        assert_eq!(chart.lines().last().map(|line| line.chars().count()), Some(width), "{columns}:\n{chart}");
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let server = Server::start();
    // More than a pipe holds.
    server.ok(&["store", &format!("a={}", "x".repeat(100_000)), "--timestamp", "1"]);
    server.ok(&["store", &format!("a={}", "x".repeat(100_000)), "--timestamp", "2"]);
    for format in ["table", "csv", "json"] {
        let mut command = server.command();
        command.args(["read", "cart.a", "--from", "0", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut start = [0; 4];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut start).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let server = with_values(&[("1", "1")]);
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let not_for_writing = || std::fs::File::open("/dev/null").unwrap();
    let read: &[&str] = &["read", "cart.a", "--from", "0"];
    for (args, to) in
        [(read, full()), (read, not_for_writing()), (&["--help"], full()), (&["--version"], full())]
    {
        let what = format!("{args:?} to {to:?}");
        let output = server.command().args(args).stdout(to).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{what}");
        assert!(output.stderr.starts_with(b"byteport: the result cannot be written: "), "{what}");
    }
}

#[test]
fn verbose_says_in_two_lines_what_was_read() {
    let server = with_values(&[("1", "1"), ("2", "2")]);
    let done = server.run(&["-v", "read", "cart.a", "--from", "0"]);
    let lines: Vec<&str> = done.err.lines().collect();
    assert_eq!((done.status, lines.len()), (0, 2), "{}", done.err);
    assert!(lines[0].contains("logged in at ") && lines[1].ends_with(" read 2 values"), "{}", done.err);
}
