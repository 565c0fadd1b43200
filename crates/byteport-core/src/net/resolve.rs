// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Host names to addresses, within a deadline.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::{Deadline, interrupt};

/// The addresses of a host, in the system's order of preference.
///
/// The system's resolver has no time-out of its own, so names are looked up on a short-lived thread; a literal address
/// needs none.
pub(crate) fn resolve(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (send, receive) = mpsc::sync_channel(1);
    let name = host.to_owned();
    let lookup = move || (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
    let thread =
        thread::Builder::new().name("byteport-dns".into()).stack_size(256 * 1024).spawn(move || {
            let _ = send.send(lookup()); // nobody listens any more when the deadline has passed
        })?;
    loop {
        let left = deadline.left()?;
        let wait = if interrupt::is_watched() { left.min(Duration::from_millis(100)) } else { left };
        match receive.recv_timeout(wait) {
            Ok(found) => {
                let _ = thread.join();
                let found = found?;
                return if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) };
            }
            Err(RecvTimeoutError::Timeout) => interrupt::resolve_on()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("the look-up ended without an answer"));
            }
        }
    }
}
