// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Services that answer with what would drive a terminal, with secrets, or with another shape.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::support::{Done, Server, run, screen, service, terminal};

/// Each listing, and an answer in its shape with a text in every place.
const LISTINGS: &[(&[&str], &str)] = &[
    (&["namespaces"], r#"[{"name":"TEXT","KEY":"TEXT","write_key":"Se1"}]"#),
    (
        &["devices", "ns-1"],
        r#"[{"uid":"TEXT","access_key":"Se1","children":[{"uid":"TEXT","access_key":"Se2"}]}]"#,
    ),
    (&["devices", "--search", "x"], r#"{"meta":{},"data":[{"guid":"TEXT","reg_code":"Se1"}]}"#),
    (
        &["devices", "ns-1", "--active"],
        r#"{"registered_devices":[{"uid":"TEXT","access_key":"Se1"}],"unregistered_devices":[{"uid":"TEXT"}]}"#,
    ),
    (&["types", "ns-1"], r#"[{"id":"TEXT","name":"TEXT"}]"#),
    (&["fields", "ns-1", "1"], r#"[{"id":"1","name":"TEXT"}]"#),
    (&["firmware", "list", "ns-1", "1"], r#"[{"id":"1","version":"TEXT","image":"TEXT"}]"#),
    (&["message", "list", "ns-1.d"], r#"[{"id":"1","message":"[{\"data\":\"TEXT\"}]","user":"TEXT"}]"#),
    (&["value", "ns-1.d.f", "1"], r#"{"value":"TEXT","ref":"TEXT","timestamp":"TEXT"}"#),
    (&["stats", "ns-1.d.f"], r#"{"daily_activity":[["TEXT","1","100"]]}"#),
    (&["typical", "ns-1.d.f"], r#"{"distances":[{"group_name":"TEXT","dist":1}],"T_med":{}}"#),
];

const FORMATS: [&str; 3] = ["table", "csv", "json"];

fn answer(json: &str) -> String {
    json.replace("TEXT", "\\u001b]0;x\\u0007\u{9b}2J\u{202e}").replace("KEY", "\\u001b[31m")
}

fn is_hostile(text: &str) -> bool {
    text.chars().any(|c| (c.is_control() && c != '\n' && c != '\r') || c == '\u{202e}')
}

#[test]
fn nothing_drives_the_terminal() {
    let server = Server::start();
    for (args, json) in LISTINGS {
        let url = service(&answer(json));
        for format in FORMATS {
            let args = [args, &["--format", format][..]].concat();
            let screen = on_terminal(server.command().env("BYTEPORT_HOST", &url), &args);
            assert!(screen.contains("]0;x") || screen.contains("2J"), "{args:?}: {screen:?}");
            assert!(!is_hostile(&screen), "{args:?}: {screen:?}");
        }
    }
}

/// What a terminal gets.
fn on_terminal(command: &mut Command, args: &[&str]) -> String {
    let (terminal, side) = terminal();
    let child = command.args(args).stdout(side()).stderr(Stdio::piped()).spawn().unwrap();
    command.stdout(Stdio::null()); // lets go of the other side
    let shown = screen(terminal);
    let done = Done::from(child.wait_with_output().unwrap());
    assert_eq!((done.status, done.err.as_str()), (0, ""), "{args:?}");
    shown
}

#[test]
fn a_table_is_safe_in_a_pipe_too() {
    let server = Server::start();
    for (args, json) in LISTINGS {
        let url = service(&answer(json));
        let args = [args, &["--all"][..]].concat();
        let text = run(server.command().env("BYTEPORT_HOST", &url).args(&args)).ok();
        assert!(!is_hostile(&text), "{args:?}: {text:?}");
    }
}

#[test]
fn secrets_are_shown_only_where_they_are_asked_for() {
    let server = Server::start();
    for (args, json) in LISTINGS.iter().filter(|(_, json)| json.contains("Se1")) {
        let url = service(&answer(json));
        for format in FORMATS {
            let shown = |more: &[&str]| {
                let args = [args, &["--all", "--format", format][..], more].concat();
                run(server.command().env("BYTEPORT_HOST", &url).args(&args)).ok()
            };
            let without = shown(&[]);
            assert!(!without.contains("Se1") && !without.contains("Se2"), "{args:?} {format}: {without}");
            assert!(shown(&["--secrets"]).contains("Se1"), "{args:?} {format}");
        }
    }
}

#[test]
fn the_service_s_own_text_comes_as_it_is() {
    let server = Server::start();
    let json = r#"[ {"z": "1", "name": "ns-1", "count": 1.50} ]"#;
    let text =
        run(server.command().env("BYTEPORT_HOST", service(json)).args(["namespaces", "--format", "json"]))
            .ok();
    assert_eq!(text, format!("{json}\n"));
}

#[test]
fn another_shape_is_told() {
    let server = Server::start();
    for (args, _) in LISTINGS {
        for json in ["7", "\"x\"", "{\"data\":5}", "null"] {
            let done = run(server.command().env("BYTEPORT_HOST", service(json)).args(*args));
            if args[0] == "value" && json.starts_with('{') {
                continue; // any object is one
            }
            done.fails(4, &["another shape"]);
        }
        run(server.command().env("BYTEPORT_HOST", service("<html>")).args(*args)).fails(4, &["not the JSON"]);
    }
}

#[test]
fn a_listing_that_nobody_reads_is_no_failure_and_one_that_cannot_be_written_is() {
    let server = Server::start();
    for (args, json) in LISTINGS {
        let url = service(&answer(json));
        for format in FORMATS {
            let mut command = server.command();
            command.env("BYTEPORT_HOST", &url).args(*args).args(["--format", format]);
            let (reader, writer) = UnixStream::pair().unwrap();
            drop(reader);
            let closed =
                Done::from(command.stdout(OwnedFd::from(writer)).stderr(Stdio::piped()).output().unwrap());
            assert_eq!((closed.status, closed.err.as_str()), (0, ""), "{args:?}");
            let full = File::options().write(true).open("/dev/full").unwrap();
            let full = Done::from(command.stdout(full).output().unwrap());
            assert_eq!(full.status, 5, "{args:?}");
            assert!(full.err.starts_with("byteport: the result cannot be written: "), "{}", full.err);
        }
    }
}

#[test]
fn registering_is_refused_with_the_service_s_own_words() {
    let server = Server::start();
    let url = service("{\"error\":\"UID \u{9b}2J taken\"}");
    let mut command = server.command();
    command.env("BYTEPORT_HOST", url).args(["register", "ns-1", "d1", "--type", "1"]);
    run(&mut command).fails(1, &["the service did not register: UID"]);
}
