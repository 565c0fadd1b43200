// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Many readings from standard input, and commands that wait.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStderr, Stdio};

use rustix::process::Signal;

use super::{NOWHERE, Place};
use crate::support::{halting, run_with, signal};

/// A command that stores lines, and what it says.
struct Lines {
    child: Child,
    said: BufReader<ChildStderr>,
}

impl Lines {
    /// Has the outbox open when it comes back.
    fn start(place: &Place, host: &str, args: &[&str]) -> Lines {
        let mut command = place.at(host);
        command.args(["-v", "store", "--lines", "--outbox", place.path()]).args(args);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("is open") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it ended before the outbox was open");
        }
        Lines { child, said }
    }

    fn end(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        let said = self.said.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n");
        (self.child.wait().unwrap().code(), said)
    }
}

#[test]
fn each_line_is_a_reading() {
    let place = Place::new();
    let mut command = place.at(&place.server.url);
    command.args(["store", "--lines", "--outbox", place.path()]);
    let input = "{\"time\":1430438400.5,\"fields\":{\"a\":1,\"b\":\"x\\ny\"}}\n\n\
                 {\"time\":\"2015-05-01T00:00:01Z\",\"device\":\"other\",\"fields\":{\"a\":2}}\r\nc=1;d=\"a b\"";
    assert_eq!(run_with(&mut command, input).ok(), "");
    place.holds(3, 3, 0, 0);
    assert_eq!(place.series("a"), ["2015-05-01T00:00:00.500000Z,1"]);
    let now = |field: &str| place.server.ok(&["read", field, "--since", "1h", "--format", "csv"]);
    assert!(now("cart.c").ends_with(",1\r\n") && now("cart.d").ends_with(",a b\r\n"));
    assert!(place.server.ok(&["read", "other.a", "--from", "2015-05-01"]).ends_with("    2\n"));
}

#[test]
fn a_bad_line_is_told_and_the_others_are_taken() {
    let place = Place::new();
    let mut command = place.at(NOWHERE);
    command.args(["store", "--lines", "--outbox", place.path(), "--wait", "0"]);
    let long = format!("a={}", "x".repeat(2_000_000));
    let done = run_with(&mut command, &format!("a=1\nb 2\n{long}\n{{\"fields\":[]}}\n_key=9\na=2\n"));
    assert_eq!((done.status, done.out.as_str()), (2, ""), "{}", done.err);
    let said: Vec<&str> = done.err.lines().filter(|line| !line.contains(" WARN ")).collect();
    for (line, part) in [
        (0, "byteport: line 2: a blank outside of quotes"),
        (1, "byteport: line 3: it has more than "),
        (2, "byteport: line 4: no reading: "),
        (3, "byteport: line 5: invalid field name \"_key\""),
        (4, "byteport: delivered 0, kept 2 in "),
        (5, "byteport: 4 of 6 lines were not taken"),
    ] {
        assert!(said[line].starts_with(part), "{part}: {}", done.err);
    }
    place.holds(2, 0, 2, 0);
}

#[test]
fn ctrl_c_ends_lines_in_order() {
    let place = Place::new();
    for (round, number) in [Signal::INT, Signal::TERM, Signal::HUP].into_iter().enumerate() {
        let mut lines = Lines::start(&place, NOWHERE, &["--wait", "3600"]);
        lines.child.stdin.as_mut().unwrap().write_all(b"a=1\n").unwrap();
        while place.stat()["accepted"] != round + 1 {
            assert!(lines.child.try_wait().unwrap().is_none(), "it has ended");
        }
        signal(&lines.child, number);
        let said = lines.said.lines().map_while(Result::ok).collect::<Vec<_>>();
        assert_eq!(lines.child.wait().unwrap().code(), Some(0), "{said:?}");
    }
}

#[test]
fn one_process_has_it_open_and_others_can_look() {
    let place = Place::new();
    let mut lines = Lines::start(&place, NOWHERE, &["--durability", "synced", "--wait", "0"]);
    let owner = format!("process {}", lines.child.id());
    assert!(place.about("stat", &[]).ok().contains(&owner));
    assert_eq!(place.stat()["owner"], lines.child.id());
    let pid = lines.child.id().to_string();
    place.store(NOWHERE, &["a=1"]).fails(3, &[&pid, place.path()]);
    place.about("replay", &[]).fails(3, &[&pid]);
    place.about("quarantine", &["--discard"]).fails(3, &[&pid]);
    assert_eq!(place.about("ls", &[]).ok().lines().count(), 1);
    assert_eq!(place.about("verify", &[]).ok(), "");
    lines.child.stdin.as_mut().unwrap().write_all(b"a=1\n").unwrap();
    let (status, said) = lines.end();
    assert!(status == Some(0) && said.contains("kept 1 in "), "{said}");
    assert!(place.stat()["owner"].is_null());
    place.holds(1, 0, 1, 0);
}

#[test]
fn ctrl_c_ends_a_wait_and_keeps_the_data() {
    let place = Place::new();
    let ways: [&[&str]; 3] = [
        &["store", "a=1", "--wait", "3600", "--outbox"],
        &["store", "a=1", "--durability", "delivered", "--outbox"],
        &["outbox", "replay"],
    ];
    for (round, args) in ways.into_iter().enumerate() {
        let (url, halts) = halting("");
        let mut command = place.at(&url);
        command.args(args).arg(place.path()).args(["--timeout", "3600"]);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        halts.recv().unwrap();
        signal(&child, Signal::INT);
        assert_eq!(child.wait().unwrap().signal(), Some(2), "{args:?}");
        let kept = 2.min(round as u64 + 1);
        place.holds(kept, 0, kept, 0);
    }
}
