// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Keys and passwords: never on the command line unless insisted on, never in what is printed.

use std::io::{Read as _, Write as _};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};

use rustix::termios::{LocalModes, SpecialCodeIndex, tcgetattr};

use crate::support::{BYTEPORT, Done, KEY, PASSWORD, Server, run, stranger, terminal};

#[test]
fn a_key_on_the_command_line_is_refused_unless_insisted_on() {
    let server = Server::start();
    let store =
        |args: &[&str]| run(server.command().env_remove("BYTEPORT_KEY").args(["store", "a=1"]).args(args));
    let refused = store(&["--key", KEY]);
    assert!(!refused.err.contains(KEY), "{}", refused.err);
    refused.fails(2, &["--key is not taken", "BYTEPORT_KEY", "--allow-key-on-command-line"]);
    server.run(&["read", "cart.a"]).fails(1, &["404"]); // nothing came
    assert_eq!(store(&["--key", KEY, "--allow-key-on-command-line"]).ok(), "");
    store(&["--key", "wrong", "--allow-key-on-command-line"]).fails(1, &["403"]);
}

#[test]
fn no_secret_is_ever_printed() {
    let server = Server::start();
    let page = stranger(Some("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<html"));
    let away =
        stranger(Some("HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n"));
    let cases: &[(&[&str], i32)] = &[
        (&["store", "a=1"], 0),
        (&["store", "a=1", "--get"], 0),
        (&["store"], 0),
        (&["store", "a=1", "--namespace", "nowhere"], 1),
        (&["store", "_key=1"], 2),
        (&["store", "a=1", "--get", "--host", &away], 4),
        (&["store", "a=1", "--host", "http://127.0.0.1:9"], 3),
        (&["read", "cart.a"], 0),
        (&["read", "cellar.cart.a"], 1),
        (&["read", "cart.a", "--host", &page], 1),
        (&["read", "cart.a", "--user", "nobody"], 1),
        (&["store", "a=1", "--key", KEY], 2),
        (&["store", "a=1", "--kee", KEY], 2),
        (&["login"], 0),
        (&["namespaces"], 0),
        (&["read", "cart.a", "--format", "service"], 0),
        (&["devices", "cellar"], 1),
        (&["logout"], 0),
        (&["login", "--host", &page], 1),
        (&["--help"], 0),
        (&["store", "--help"], 0),
    ];
    for (args, status) in cases {
        let Done { status: ended, out, err } = run(server.command().arg("-vvv").args(*args));
        assert_eq!(ended, *status, "{args:?}: {err}");
        for secret in [KEY, PASSWORD] {
            assert!(!out.contains(secret) && !err.contains(secret), "{args:?}: {out}{err}");
        }
    }
}

#[test]
fn a_key_that_is_nowhere_is_asked_for_without_echo() {
    let server = Server::start();
    let key = format!("wrong\u{15}{KEY}x\u{7f}\n"); // Ctrl-U and backspace
    let (status, screen) = on_terminal(&server, "BYTEPORT_KEY", &["store", "a=1"], &key);
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.contains("API key of garage: ") && !screen.contains(KEY), "{screen}");
    let read = &["read", "cart.a", "--format", "csv"];
    let (status, screen) = on_terminal(&server, "BYTEPORT_PASSWORD", read, &format!("{PASSWORD}\n"));
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.contains("Password of tester@example.org: ") && !screen.contains(PASSWORD), "{screen}");
    assert!(screen.contains("time,value"), "{screen}");
    let (status, screen) = on_terminal(&server, "BYTEPORT_PASSWORD", &["login"], &format!("{PASSWORD}\n"));
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(!screen.contains(PASSWORD), "{screen}");
    assert!(run(server.command().env_remove("BYTEPORT_PASSWORD").arg("namespaces")).ok().contains("garage"));
}

#[test]
fn a_question_can_be_left() {
    let server = Server::start();
    for (variable, args) in
        [("BYTEPORT_KEY", &["store", "a=1"][..]), ("BYTEPORT_PASSWORD", &["read", "cart.a"][..])]
    {
        let (status, screen) = on_terminal(&server, variable, args, "half\u{3}");
        assert_eq!(status.signal(), Some(2), "{status}: {screen}");
        let (status, screen) = on_terminal(&server, variable, args, "\u{4}");
        assert_eq!(status.code(), Some(2), "{screen}");
        assert!(screen.contains("\nbyteport: the question was not answered: "), "{screen}");
    }
    server.run(&["read", "cart.a"]).fails(1, &["404"]); // nothing came
}

/// Runs on a terminal of its own and types an answer after the question. How it ended and what the terminal shows; the
/// terminal's settings must be then what they were.
fn on_terminal(server: &Server, without: &str, args: &[&str], answer: &str) -> (ExitStatus, String) {
    let (mut terminal, side) = terminal();
    let ours = server.command();
    // Only a new session can have the terminal as its own.
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait", BYTEPORT]).args(args).env_clear();
    command.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env_remove(without);
    let before = modes(&terminal);
    let mut child = command.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
    drop(command);
    let (mut screen, mut answered) = (String::new(), false);
    let mut bytes = [0; 4096];
    // Reading fails when the last of the other side is closed.
    while let Ok(got @ 1..) = terminal.read(&mut bytes) {
        screen.push_str(&String::from_utf8_lossy(&bytes[..got]));
        if !answered && screen.contains(": ") {
            answered = true;
            assert!(!modes(&terminal).0.contains(LocalModes::ECHO), "{screen}");
            terminal.write_all(answer.as_bytes()).unwrap();
        }
    }
    let ended = child.wait().unwrap();
    assert_eq!(modes(&terminal), before, "{screen}");
    (ended, screen)
}

fn modes(terminal: &impl AsFd) -> (LocalModes, u8, u8) {
    let modes = tcgetattr(terminal).unwrap();
    let codes = &modes.special_codes;
    (modes.local_modes, codes[SpecialCodeIndex::VMIN], codes[SpecialCodeIndex::VTIME])
}
