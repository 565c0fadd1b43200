// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Bytes of a connection before anybody made sense of them: HTTP answers, and what a proxy says.

use std::io::{self, Read, Write};

use byteport_core::http::{Answer, Call, Form};
use byteport_core::model::Reading;
use byteport_core::{Client, Error, ErrorCode, Options, Proxy, fuzzing};

use crate::pieces;

/// What stands between the answers to one request and the next.
const NEXT: &[u8] = b"\n--\n";

const KEY: &str = "a-key-that-nobody-tells";

/// A script of answers, [`NEXT`] between them, to a call that follows redirects and logs in; the first byte chooses the call.
pub fn link(data: &[u8]) {
    let Some((kind, script)) = pieces::short(data).split_first() else { return };
    let said: Vec<String> = (0..3).map(|way| converse(*kind, script, way)).collect();
    assert_eq!(said[0], said[1], "in one piece, and byte by byte");
    assert_eq!(said[0], said[2], "in one piece, and in uneven ones");
    assert!(!said[0].contains(KEY) && !said[0].contains("pass word"));
}

/// What comes of the call, as text, where each answer is cut in this way.
fn converse(kind: u8, script: &[u8], way: usize) -> String {
    let options = Options::new().host("127.0.0.1:1").namespace("n").key(KEY).device("d").no_proxy();
    let client = Client::new(options).unwrap();
    let mut call = match kind % 4 {
        0 => client.get_call("/x/", &[("a", "b")]),
        1 => client.store_call(Reading::unstamped().set("a", 1).unwrap()).unwrap(),
        2 => client.login_call("/login/", "user", "pass word"),
        _ => client.post_call("/x/", Form::new()),
    };
    let is_early = kind & 4 != 0; // answers come before the whole request was sent
    let mut said = Vec::new();
    for answer in split(script, NEXT) {
        let answered = exchange(&client, &mut call, &pieces::ways(answer).swap_remove(way), is_early)
            .and_then(|answer| {
                said.push(shown(&answer, kind % 4 == 1));
                client.answered(&mut call, answer)
            });
        match answered {
            Ok(Some(_)) => said.push("done".to_owned()),
            Ok(None) => continue,
            Err(error) => said.push(refused(&error)),
        }
        break;
    }
    said.push(format!("{}", client.save_session().is_some()));
    said.join("\n")
}

fn exchange(client: &Client, call: &mut Call, pieces: &[&[u8]], is_early: bool) -> Result<Answer, Error> {
    let mut link = fuzzing::link(client);
    link.begin(client, call)?;
    while !is_early && !link.outgoing(call)?.is_empty() {}
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        if let Some(answer) = link.incoming(piece)? {
            return Ok(answer);
        }
        assert!(!link.is_idle());
    }
    let answer = link.incoming(b"")?;
    assert!(!link.is_idle());
    Ok(answer.expect("an answer or an error at the connection's end"))
}

/// An answer as text; of what is answered to a store, only the status counts.
fn shown(answer: &Answer, stores: bool) -> String {
    if stores {
        answer.status.to_string()
    } else {
        format!("{} {:?} {:?}", answer.status, answer.headers, answer.body)
    }
}

fn refused(error: &Error) -> String {
    assert!(error.code() != ErrorCode::Internal, "{error:?}");
    format!("{:?} {:?} {:?} {error}", error.code(), error.phase(), error.status())
}

fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    match bytes.windows(mark.len()).position(|window| window == mark) {
        Some(at) => [vec![&bytes[..at]], split(&bytes[at + mark.len()..], mark)].concat(),
        None => vec![bytes],
    }
}

/// Proxies of every kind, with and without a login.
const PROXIES: [&str; 6] = [
    "socks4://p",
    "socks4a://user@p",
    "socks5://p",
    "socks5://user:pass%20word@p",
    "http://p",
    "http://user:pass%20word@p",
];

/// What a proxy says; the first byte chooses its kind.
pub fn handshake(data: &[u8]) {
    let Some((kind, replies)) = pieces::short(data).split_first() else { return };
    let proxy = Proxy::parse(PROXIES[usize::from(*kind) % PROXIES.len()]).unwrap();
    let said: Vec<_> = [1, 7, usize::MAX].into_iter().map(|most| ask(&proxy, replies, most)).collect();
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0], said[2]);
    assert!(!said[0].0.contains("pass word"));
}

/// What comes of it where each read gives so many bytes, how many were read and what was written.
fn ask(proxy: &Proxy, replies: &[u8], most: usize) -> (String, Option<usize>, Vec<u8>) {
    let mut io = Peer { replies, read: 0, most, written: Vec::new() };
    let asked = fuzzing::handshake(proxy, "host.example", 443, &mut io);
    let read = asked.is_ok().then_some(io.read); // the next byte is the host's
    (format!("{asked:?}"), read, io.written)
}

struct Peer<'a> {
    replies: &'a [u8],
    read: usize,
    most: usize,
    written: Vec<u8>,
}

impl Read for Peer<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.replies[self.read..];
        let got = (&rest[..rest.len().min(self.most)]).read(buffer)?;
        self.read += got;
        Ok(got)
    }
}

impl Write for Peer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
