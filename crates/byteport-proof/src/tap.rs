// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A way to a broker that can be cut, and keeps what passed it.
//!
//! Invariants: what is kept of an answer had come from the broker, whether or not the client got it; talks are in the order in
//! which they began.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// One connection.
#[derive(Debug, Clone, Default)]
pub struct Talk {
    /// How many times the broker had been started anew when the connection was made.
    pub life: u64,
    /// What the client sent.
    pub sent: Vec<u8>,
    /// What the broker answered.
    pub answered: Vec<u8>,
}

#[derive(Debug, Default)]
struct Shared {
    life: AtomicU64,
    talks: Mutex<Vec<Talk>>,
    sockets: Mutex<Vec<TcpStream>>,
}

/// See the module. Its threads end with the process.
#[derive(Debug)]
pub struct Tap {
    /// Where clients connect.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl Tap {
    /// Passes on to this `HOST:PORT`.
    pub fn start(broker: &str) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, shared) = (listener.local_addr().unwrap(), Arc::new(Shared::default()));
        let (taps, broker) = (Arc::clone(&shared), broker.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Without a broker the client sees its connection end.
                if let Ok(server) = TcpStream::connect(&broker) {
                    join(&taps, client, server);
                }
            }
        });
        Tap { address, shared }
    }

    /// Ends every connection.
    pub fn cut(&self) {
        for socket in self.shared.sockets.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    /// The broker is started anew.
    pub fn next_life(&self) {
        self.shared.life.fetch_add(1, Ordering::SeqCst);
    }

    /// What passed so far.
    pub fn talks(&self) -> Vec<Talk> {
        self.shared.talks.lock().unwrap().clone()
    }
}

fn join(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) {
    let mut talks = shared.talks.lock().unwrap();
    let number = talks.len();
    talks.push(Talk { life: shared.life.load(Ordering::SeqCst), ..Talk::default() });
    drop(talks);
    for (from, to) in [(&client, &server), (&server, &client)] {
        let is_answer = std::ptr::eq(from, &server);
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let shared = Arc::clone(shared);
        thread::spawn(move || pass(&shared, number, is_answer, from, to));
    }
    shared.sockets.lock().unwrap().extend([client, server]);
}

fn pass(shared: &Shared, number: usize, is_answer: bool, mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    while let Some(count) = from.read(&mut buffer).ok().filter(|count| *count > 0) {
        let piece = &buffer[..count];
        let mut talks = shared.talks.lock().unwrap();
        let talk = &mut talks[number];
        let kept = if is_answer { &mut talk.answered } else { &mut talk.sent };
        kept.extend_from_slice(piece);
        drop(talks);
        if to.write_all(piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// The bodies of what a client published over a connection by MQTT and the broker confirmed, in the order of its answers.
pub fn confirmed(talk: &Talk) -> Vec<Vec<u8>> {
    let mut sent: Vec<(u16, Vec<u8>)> = Vec::new();
    for (kind, body) in packets(&talk.sent).filter(|(kind, _)| kind >> 4 == 3) {
        let topic = usize::from(u16::from_be_bytes([body[0], body[1]])) + 2;
        assert_eq!(kind >> 1 & 3, 1, "QoS");
        let identifier = u16::from_be_bytes([body[topic], body[topic + 1]]);
        sent.push((identifier, body[topic + 2..].to_vec()));
    }
    let answers = packets(&talk.answered).filter(|(kind, _)| kind >> 4 == 4);
    let identifiers = answers.map(|(_, body)| u16::from_be_bytes([body[0], body[1]]));
    let bodies = identifiers.map(|identifier| {
        let place = sent.iter().position(|(sent, _)| *sent == identifier).expect("an answer to something");
        sent.remove(place).1
    });
    bodies.collect()
}

/// The whole MQTT packets in some bytes: the first byte of each, and what follows its length.
fn packets(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let kind = *bytes.first()?;
        let digits = bytes[1..].iter().position(|byte| byte & 0x80 == 0)? + 1;
        let length =
            bytes[1..=digits].iter().rev().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
        let body = bytes.get(1 + digits..1 + digits + length)?;
        bytes = &bytes[1 + digits + length..];
        Some((kind, body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_broker_answered_for_is_confirmed() {
        let publish = |identifier: u8, body: &[u8]| {
            let mut packet = vec![0x32, 5 + body.len() as u8, 0, 1, b't', 0, identifier];
            packet.extend(body);
            packet
        };
        let long = [b'x'; 120];
        let mut sent = vec![0x10, 2, 0, 0];
        sent.extend([publish(1, b"one"), publish(2, b"two"), publish(3, b"three")].concat());
        sent.extend([&[0x32, 0x80 | 125, 0, 0, 1, b't', 0, 4][..], &long].concat()); // 125 in two bytes
        sent.extend([0x32, 90, 0, 1]); // cut off
        let answered = vec![0x20, 2, 0, 0, 0x40, 2, 0, 2, 0x40, 2, 0, 1, 0x40, 2, 0, 4, 0x40, 2, 0];
        let talk = Talk { sent, answered, life: 0 };
        assert_eq!(confirmed(&talk), [b"two".to_vec(), b"one".to_vec(), long.to_vec()]);
    }
}
