// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! More than anybody takes: what goes on meanwhile.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use byteport_core::broker::{Broker, Protocol};

use crate::support::*;

/// So many messages are too many to wait in memory.
const FLOOD: usize = 600;

const PINGREQ: &[u8] = &[0xc0, 0];

/// Answers signs of life and publications, until the client has said goodbye.
fn answer(socket: &mut TcpStream, tell: impl Fn(&[u8])) {
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = socket.read(&mut piece) {
        let piece = &piece[..count];
        tell(piece);
        if piece.contains(&0xc0) {
            socket.write_all(&[0xd0, 0]).unwrap(); // PINGRESP
        }
        if let Some(at) = piece.iter().position(|byte| *byte == 0x32) {
            socket.write_all(&[&[0x40, 2][..], &piece[at + 5..at + 7]].concat()).unwrap(); // PUBACK
        }
        if piece.ends_with(&[0xe0, 0]) {
            return;
        }
    }
}

/// A client to which its broker sends more than may wait, what the broker hears from it, and how the connection ended.
fn flooded(keep_alive: Duration) -> (Broker, Receiver<Vec<u8>>, Receiver<io::Result<usize>>) {
    let (tell, heard) = channel();
    let (end, ended) = channel();
    let options = scripted(Protocol::Mqtt, move |mut socket| {
        hear(&mut socket);
        let message = [&[0x30, 0x88, 0x07, 0, 1, b't'][..], &[b'x'; 901]].concat(); // QoS 0
        socket.write_all(&[CONNACK, &message.repeat(FLOOD)].concat()).unwrap();
        answer(&mut socket, |piece| drop(tell.send(piece.to_vec())));
        socket.shutdown(Shutdown::Write).unwrap();
        end.send(socket.read_to_end(&mut Vec::new())).unwrap();
    });
    let client = Broker::open(options.max_message(1000).keep_alive(keep_alive)).unwrap();
    client.wait_open(LONG).unwrap();
    (client, heard, ended)
}

#[test]
fn one_that_takes_nothing_for_long_stays_connected() {
    let (client, heard, _ended) = flooded(Duration::from_secs(1));
    let mut asked = 0;
    while asked < 3 {
        let piece = heard.recv_timeout(LONG).expect("signs of life go on");
        asked += piece.chunks(2).filter(|packet| *packet == PINGREQ).count();
    }
    for _ in 0..FLOOD {
        next(&client);
    }
    client.publish("t", b"x").unwrap();
    assert_eq!(client.stats().unwrap().connections, 1);
}

#[test]
fn one_that_takes_nothing_hears_of_what_it_publishes() {
    let (client, _heard, _ended) = flooded(Duration::ZERO);
    client.publish("t", b"x").unwrap();
    assert!(client.receive(Duration::ZERO).unwrap().is_some());
}

#[test]
fn one_that_took_nothing_still_leaves_without_a_reset() {
    let (client, _heard, ended) = flooded(Duration::ZERO);
    until("too much came", || client.stats().unwrap().received > 400);
    client.close(LONG).unwrap();
    assert_eq!(ended.recv_timeout(LONG).unwrap().unwrap(), 0);
}
