// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A server that records what it is asked and answers as each test says: the one place for answers that a real Byteport
//! never gives. Tests of what it does give run against `byteport-server`.
#![allow(dead_code)] // each test file uses a part of it

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use byteport_core::http::{Answer, Call, Link};
use byteport_core::{Client, ErrorCode, Options, Result};

pub const KEY: &str = "f00b4s3cretk3y";

/// One request as it came.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// The number of the connection, from 0.
    pub connection: usize,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub fn query(&self) -> Vec<(String, String)> {
        pairs(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    pub fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    pairs.sort();
    pairs
}

/// The raw bytes of an answer; the connection is closed after an answer that does not say its length.
pub type Script = dyn Fn(&Seen) -> Vec<u8> + Send + Sync;

pub struct Recorder {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Recorder {
    pub fn start(script: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        thread::spawn(move || {
            for (number, socket) in listener.incoming().enumerate() {
                let (log, script, socket) = (Arc::clone(&log), Arc::clone(&script), socket.unwrap());
                thread::spawn(move || serve(socket, number, &log, &*script));
            }
        });
        Recorder { address, seen }
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The settings with which the vectors were recorded, for this server.
    pub fn options(&self) -> Options {
        Options::new().host(&self.host()).namespace("myownspace").key(KEY).device("barDev1").no_proxy()
    }

    pub fn client(&self) -> Client {
        Client::new(self.options()).unwrap()
    }
}

fn serve(socket: TcpStream, connection: usize, log: &Mutex<Vec<Seen>>, script: &Script) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let mut socket = socket;
    while let Some(seen) = read_request(&mut reader, connection) {
        log.lock().unwrap().push(seen.clone());
        let answer = script(&seen);
        let keeps = answer.windows(16).any(|part| part.eq_ignore_ascii_case(b"content-length: "));
        if socket.write_all(&answer).is_err() || !keeps {
            return;
        }
    }
}

pub fn read_request(reader: &mut impl BufRead, connection: usize) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|got| *got > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut seen = Seen { method: words.next()?, target: words.next()?, connection, ..Seen::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => seen.headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let length = seen.headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    seen.body = String::from_utf8(body).unwrap();
    Some(seen)
}

/// An answer with a body of known length.
pub fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub fn json(body: &str) -> Vec<u8> {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}

/// What is no answer or half a one, the error that it makes, and the status that had come by then.
pub const NO_ANSWERS: [(&[u8], ErrorCode, Option<u16>); 8] = [
    (b"\x00\x01\x02 garbage\r\n\r\n", ErrorCode::InvalidAnswer, None),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ErrorCode::InvalidAnswer, None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ErrorCode::InvalidAnswer, None),
    (b"", ErrorCode::Disconnected, None),
    (b"HTTP/1.1 200 OK\r\nDate", ErrorCode::Disconnected, None),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ErrorCode::Disconnected, Some(200)),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ErrorCode::InvalidAnswer, Some(200)),
    (b"HTTP/1.1 200 OK\r\nContent-Length:100\r\n\r\nhalf", ErrorCode::Disconnected, Some(200)),
];

/// Answers as the server did that recorded the vectors.
pub fn vectors_server() -> Recorder {
    Recorder::start(|seen| match (seen.path(), seen.method.as_str()) {
        ("/api/v1/login/", "GET") => answer("200 OK", "Set-Cookie: csrftoken=CSRF123; Path=/\r\n", "{}"),
        ("/api/v1/login/", _) => {
            answer("200 OK", "Set-Cookie: sessionid=SESS456; Path=/; HttpOnly\r\n", "{}")
        }
        ("/api/v1/namespace/", _) => json("[]"),
        ("/api/v1/timeseries/test/6000/temp/", _) => json(r#"{"data":{"ts_data":[]}}"#),
        _ => json("{}"),
    })
}

/// A file of conformance vectors. A missing or empty folder fails.
pub fn vectors(name: &str) -> serde_json::Value {
    let path = root().join("tests/vectors").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(!value["cases"].as_array().unwrap().is_empty(), "{name} has no cases");
    value
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A socket and its link. Reads at most `piece` bytes at once.
pub struct Driver {
    pub socket: TcpStream,
    pub link: Link,
    pub piece: usize,
}

impl Driver {
    pub fn new(client: &Client) -> Driver {
        let (socket, link) = client.link().unwrap();
        socket.set_nonblocking(true).unwrap();
        Driver { socket, link, piece: 1 << 16 }
    }

    /// Takes a call to its end on this one connection.
    pub fn perform(&mut self, client: &Client, mut call: Call) -> Result<Answer> {
        loop {
            let answer = self.exchange(client, &mut call)?;
            if let Some(answer) = client.answered(&mut call, answer)? {
                return Ok(answer);
            }
        }
    }

    fn exchange(&mut self, client: &Client, call: &mut Call) -> Result<Answer> {
        self.link.begin(client, call)?;
        let mut pending = Vec::new();
        let mut buffer = vec![0; self.piece];
        loop {
            if pending.is_empty() {
                pending = self.link.outgoing(call)?;
            }
            match self.socket.write(&pending) {
                Ok(sent) => drop(pending.drain(..sent)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => pending.clear(), // the end comes with the next read
            }
            let got = match self.socket.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    thread::yield_now();
                    continue;
                }
                got => got.unwrap_or(0),
            };
            if let Some(answer) = self.link.incoming(&buffer[..got])? {
                return Ok(answer);
            }
        }
    }
}
