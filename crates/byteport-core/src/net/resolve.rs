// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Host names to addresses, within a deadline.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::Deadline;

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
    match receive.recv_timeout(deadline.left()?) {
        Ok(found) => {
            let _ = thread.join();
            found.and_then(
                |found| if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) },
            )
        }
        Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
        Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the look-up ended without an answer")),
    }
}
