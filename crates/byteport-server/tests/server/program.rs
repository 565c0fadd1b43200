// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The program itself: arguments, exit status, start and stop.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::client::Client;
use crate::fixture::{KEY, PASSWORD, SEED, Server, USER, program, run};

#[test]
fn a_killed_process_leaves_no_lock() {
    let mut server = Server::start();
    server.kill();
    server.restart();
    assert_eq!(server.client().get("/healthz").status, 200);
}

#[test]
fn sigterm_and_sigint_end_it_cleanly() {
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start();
        let mut client = server.client();
        assert_eq!(client.login(USER, PASSWORD).status, 200);
        assert_eq!(client.store("my_garage/d", &[("v", "1")]), 200);
        assert_eq!(client.points("my_garage/d/v").len(), 1);
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(0), "{signal}");
        assert!(!server.data().join("byteport.sqlite3-wal").exists(), "one file is left");
    }
}

#[test]
fn a_stop_is_bounded_when_clients_hang() {
    let mut server = Server::with(SEED, &["--stop-timeout", "1"]);
    let mut half = TcpStream::connect(&server.address).expect("connects");
    let head = "POST /api/v1/timeseries/my_garage/h/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n_key=";
    half.write_all(head.as_bytes()).expect("sends");
    assert_eq!(server.client().store("my_garage/d", &[("v", "1")]), 200);
    assert_eq!(server.terminate().code(), Some(0));
    assert!(server.log().contains("cut off"), "{}", server.log());
    server.restart();
    assert_eq!(server.count("value"), 1);
}

#[test]
fn a_call_under_way_is_finished_before_the_stop() {
    let mut server = Server::start();
    let mut stream = TcpStream::connect(&server.address).expect("connects");
    let body = format!("_key={KEY}&_ts=1&v=1");
    let head = "POST /api/v1/timeseries/my_garage/h/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes()).expect("sends");
    // The word to go on shows that the call is under way.
    let mut line = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut line).expect("100");
    assert!(line.starts_with(b"HTTP/1.1 100"));
    server.signal("-TERM");
    server.wait_for_log("told to stop");
    stream.write_all(body.as_bytes()).expect("sends");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.wait().code(), Some(0));
    server.restart();
    assert_eq!(server.count("value"), 1);
}

#[test]
fn exit_codes_and_help() {
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["--data", "x", "--max-body", "0"]).status.code(), Some(2));
    assert_eq!(run(&["--data", "x", "--listen", "nowhere"]).status.code(), Some(2));
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    for word in
        ["--data", "--listen", "--seed", "--max-body", "--idle-timeout", "--stop-timeout", "--log-level"]
    {
        assert!(text.contains(word), "{word}");
    }
    assert!(text.contains("Exit status"));
}

#[test]
fn the_manual_page_is_sound() {
    let page = run(&["--man"]);
    assert_eq!(page.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&page.stdout).contains("\\-\\-stop\\-timeout"));
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&page.stdout).expect("writes");
    let groff = ["-man", "-Tutf8", "-ww", "-z", "-b"];
    let read = Command::new("groff").args(groff).arg(file.path()).output().expect("groff runs");
    assert!(read.status.success());
    assert_eq!(String::from_utf8_lossy(&read.stderr), "");
    assert_eq!(run(&["--man", "--data", "x"]).status.code(), Some(2));
}

#[test]
fn what_cannot_start_says_why_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = taken.local_addr().unwrap().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("writes");
    let cases = [
        (vec!["--data", data, "--listen", &address], "cannot listen"),
        (vec!["--data", file.to_str().unwrap()], "data folder"),
        (vec!["--data", data, "--seed", "/no/such/seed.toml"], "/no/such/seed.toml"),
    ];
    for (arguments, reason) in cases {
        let output = run(&arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        let errors: Vec<_> = text.lines().filter(|line| line.contains("ERROR")).collect();
        assert_eq!(errors.len(), 1, "{text}");
        assert!(errors[0].contains(reason), "{text}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn an_address_that_is_taken_changes_nothing() {
    let mut server = Server::start();
    server.kill();
    let users = server.count("user");
    let seed = server.folder.path().join("more.toml");
    std::fs::write(&seed, "[[users]]\nname = \"more\"\npassword = \"p\"\n").expect("writes");
    let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = taken.local_addr().unwrap().to_string();
    let (data, seed) = (server.place.as_str(), seed.to_str().unwrap());
    assert_eq!(run(&["--data", data, "--seed", seed, "--listen", &address]).status.code(), Some(1));
    assert_eq!(server.count("user"), users);
}

#[test]
fn a_log_that_nobody_reads_stops_nothing_and_tells_what_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let arguments = ["--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0", "--log-level", "debug"];
    let mut child =
        program(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("output")).read_line(&mut line).expect("a line");
    let address = line.trim_end().strip_prefix("byteport-server listening on http://").expect("an address");
    let client = Client::new(address);
    for _ in 0..4000 {
        assert_eq!(client.get("/healthz").status, 200);
    }
    let log = BufReader::new(child.stderr.take().expect("the log"));
    let told = log.lines().map(|line| line.expect("a line")).find(|line| line.contains("are lost"));
    assert!(told.is_some_and(|line| line.contains(" WARN ")));
    child.kill().expect("ends");
    child.wait().expect("ends");
}
