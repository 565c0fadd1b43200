// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A proxy that does to a connection what networks do: cuts it at any place, holds answers back, sends things twice.
//!
//! Invariant: what it passes on is byte for byte what came. While it is honest, it passes everything on once.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::message;
use crate::random::Random;

/// The longest time that an answer is held back.
const DELAY_MS: u64 = 120;

/// The proxy; its port stays the same while the server behind it moves.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: Mutex<SocketAddr>,
    random: Mutex<Random>,
    honest: AtomicBool,
    tricks: [AtomicU64; Trick::ALL.len()],
}

/// What is done to one request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trick {
    CutRequest,
    DropAnswer,
    TruncateAnswer,
    DelayAnswer,
    DuplicateAnswer,
    DuplicateRequest,
}

impl Trick {
    const ALL: [Trick; 6] = [
        Self::CutRequest,
        Self::DropAnswer,
        Self::TruncateAnswer,
        Self::DelayAnswer,
        Self::DuplicateAnswer,
        Self::DuplicateRequest,
    ];
}

impl Proxy {
    /// A dishonest proxy before a server.
    pub fn start(server: SocketAddr, random: Random) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server: Mutex::new(server),
            random: Mutex::new(random),
            honest: AtomicBool::new(false),
            tricks: Default::default(),
        });
        let handed = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&handed);
                thread::spawn(move || shared.serve(client));
            }
        });
        Proxy { address, shared }
    }

    /// The server listens elsewhere now.
    pub fn move_to(&self, server: SocketAddr) {
        *self.shared.server.lock().unwrap() = server;
    }

    /// Passes everything on from now on.
    pub fn be_honest(&self) {
        self.shared.honest.store(true, Ordering::SeqCst);
    }

    /// How many times each trick was played.
    pub fn tricks(&self) -> Vec<u64> {
        self.shared.tricks.iter().map(|count| count.load(Ordering::SeqCst)).collect()
    }
}

impl Shared {
    /// What to do to the next request; most pass.
    fn trick(&self) -> Option<Trick> {
        let mut random = self.random.lock().unwrap();
        if self.honest.load(Ordering::SeqCst) || !random.chance(25) {
            return None;
        }
        let trick = *random.pick(&Trick::ALL);
        self.tricks[trick as usize].fetch_add(1, Ordering::SeqCst);
        Some(trick)
    }

    fn below(&self, bound: usize) -> usize {
        self.random.lock().unwrap().below(bound.max(1) as u64) as usize
    }

    /// One connection, until either side or a trick ends it.
    fn serve(&self, client: TcpStream) {
        let address = *self.server.lock().unwrap();
        let Ok(server) = TcpStream::connect(address) else { return };
        for socket in [&client, &server] {
            socket.set_nodelay(true).unwrap();
        }
        let mut from_client = BufReader::new(client.try_clone().unwrap());
        let mut from_server = BufReader::new(server.try_clone().unwrap());
        while let Some(request) = message::read(&mut from_client) {
            if self.exchange(&request, &mut from_server, &server, &client).is_none() {
                return;
            }
        }
    }

    /// One request and its answer; `None` where the connection is over.
    fn exchange(
        &self,
        request: &[u8],
        from_server: &mut BufReader<TcpStream>,
        mut server: &TcpStream,
        mut client: &TcpStream,
    ) -> Option<()> {
        let trick = self.trick();
        if trick == Some(Trick::CutRequest) {
            let part = self.below(request.len());
            server.write_all(&request[..part]).ok()?;
            return None;
        }
        server.write_all(request).ok()?;
        if trick == Some(Trick::DuplicateRequest) {
            server.write_all(request).ok()?;
            message::read(from_server)?;
        }
        let answer = message::read(from_server)?;
        match trick {
            Some(Trick::DropAnswer) => return None,
            Some(Trick::TruncateAnswer) => {
                client.write_all(&answer[..self.below(answer.len())]).ok()?;
                return None;
            }
            Some(Trick::DelayAnswer) => {
                thread::sleep(Duration::from_millis(self.below(DELAY_MS as usize) as u64))
            }
            Some(Trick::DuplicateAnswer) => return client.write_all(&answer.repeat(2)).ok(),
            _ => {}
        }
        client.write_all(&answer).ok()
    }
}
