// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The commands that work on until they are told to end.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use crate::support::{BYTEPORT, Server, halting, run, signal};

/// A command that runs, and what it says.
struct Running {
    child: Child,
    said: Box<dyn Iterator<Item = String>>,
}

impl Running {
    fn start(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Running { child, said: Box::new(lines.map_while(Result::ok)) }
    }

    /// Waits until it has said a line that holds a text.
    fn says(&mut self, part: &str) {
        let mut before = Vec::new();
        for line in self.said.by_ref() {
            if line.contains(part) {
                return;
            }
            before.push(line);
        }
        panic!("{part:?} is not in {before:#?}");
    }

    /// Ends it; gives its status and what else it said.
    fn end(mut self, number: Signal) -> (Option<i32>, Vec<String>) {
        signal(&self.child, number);
        let said = self.said.collect();
        (self.child.wait().unwrap().code(), said)
    }
}

#[test]
fn a_watched_folder_is_stored_as_it_changes() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("first"), "1").unwrap();
    let mut command = server.command();
    command.arg("-vv").arg("watch").arg(folder.path()).args(["--interval", "1"]);
    let mut watch = Running::start(&mut command);
    watch.says("POST /api/v1/timeseries/garage/cart/: 200");
    std::fs::write(folder.path().join("second"), "2").unwrap();
    watch.says("POST /api/v1/timeseries/garage/cart/: 200");
    assert_eq!(watch.end(Signal::INT).0, Some(0));
    for (field, value) in [("first", "1"), ("second", "2")] {
        let text = server.ok(&["read", &format!("cart.{field}"), "--format", "csv"]);
        assert!(text.trim_end().ends_with(&format!(",{value}")) && text.lines().count() == 2, "{text}");
    }
}

#[test]
fn what_is_watched_is_checked_at_once() {
    let server = Server::start();
    server.run(&["watch", "/no/such"]).fails(5, &["cannot watch the folder", "/no/such"]);
    server.run(&["watch", "/", "--interval", "0"]).fails(2, &["interval \"0\""]);
    server.run(&["watch", "/", "--device", "a/b"]).fails(2, &["invalid device UID"]);
    run(server.command().env_remove("BYTEPORT_KEY").args(["watch", "/"])).fails(2, &["no API key"]);
    server.run(&["watch", "/", "--key", "x"]).fails(2, &["--allow-key-on-command-line"]);
}

#[test]
fn a_refused_file_is_told_without_verbose() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("first"), "1").unwrap();
    let mut command = server.command();
    command.env("BYTEPORT_KEY", "wrong").arg("watch").arg(folder.path());
    let mut watch = Running::start(&mut command);
    watch.says("HTTP 403");
    assert_eq!(watch.end(Signal::TERM).0, Some(0));
}

#[test]
fn a_store_that_hangs_does_not_keep_a_watch_from_its_end() {
    let server = Server::start();
    let (url, halts) = halting("");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("first"), "1").unwrap();
    let mut command = server.command();
    command.env("BYTEPORT_HOST", url).arg("watch").arg(folder.path()).args(["--timeout", "3600"]);
    let watch = Running::start(&mut command);
    halts.recv().unwrap();
    assert_eq!(watch.end(Signal::INT), (Some(0), Vec::new()));
}

#[test]
fn a_signal_that_was_ignored_from_the_start_stays_ignored() {
    let server = Server::start();
    let ours = server.command();
    let mut command = Command::new("sh");
    command.env_clear().envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args([
        "-c",
        "trap '' INT; exec \"$0\" \"$@\"",
        BYTEPORT,
        "-v",
        "unix-stats",
        "--interval",
        "0.01",
    ]);
    let mut stats = Running::start(&mut command);
    stats.says("fields of garage.cart");
    signal(&stats.child, Signal::INT);
    for _ in 0..5 {
        stats.says("fields of garage.cart");
    }
    assert_eq!(stats.end(Signal::TERM).0, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn this_machine_is_measured() {
    let server = Server::start();
    assert_eq!(server.ok(&["unix-stats", "--once"]), "");
    for field in ["la1", "la5", "la15", "rd_free", "mem_free", "tcp_established"] {
        let text = server.ok(&["read", &format!("cart.{field}"), "--format", "csv"]);
        let value = text.trim_end().rsplit(',').next().unwrap().parse::<f64>();
        assert!(value.is_ok_and(|value| value >= 0.0), "{field}: {text}");
    }
    let mut command = server.command();
    command.args(["-v", "unix-stats", "--interval", "0.01"]);
    let mut stats = Running::start(&mut command);
    stats.says("fields of garage.cart");
    stats.says("fields of garage.cart");
    assert_eq!(stats.end(Signal::INT).0, Some(0));
}

#[test]
fn what_may_pass_is_waited_for() {
    let server = Server::start();
    let mut command = server.command();
    command.env("BYTEPORT_HOST", "http://127.0.0.1:9").args(["unix-stats", "--interval", "0.01"]);
    let mut stats = Running::start(&mut command);
    stats.says("not stored: no connection to 127.0.0.1:9");
    stats.says("not stored: no connection to 127.0.0.1:9");
    assert_eq!(stats.end(Signal::TERM).0, Some(0));
    run(server.command().env("BYTEPORT_KEY", "wrong").arg("unix-stats")).fails(1, &["HTTP 403"]);
    run(server.command().env("BYTEPORT_HOST", "http://127.0.0.1:9").args(["unix-stats", "--once"]))
        .fails(3, &["no connection"]);
    server.run(&["unix-stats", "--interval", "nan"]).fails(2, &["interval \"nan\""]);
    server.run(&["unix-stats", "--interval", "5", "--once"]).fails(2, &["cannot be used with"]);
}
