// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Host names to addresses, within a deadline.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::thread;
use std::time::Duration;

use super::{Deadline, interrupt};
use crate::threads::{self, Promise};

/// The addresses of a host, in the system's order of preference.
///
/// The system's resolver has no time-out of its own, so names are looked up on a short-lived thread; a literal address
/// needs none.
pub(crate) fn resolve(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (answer, answered) = Promise::new();
    let name = host.to_owned();
    let lookup = move || (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
    let builder = thread::Builder::new().name("byteport-dns".into()).stack_size(256 * 1024);
    let thread = threads::spawn(builder, move || {
        answer.keep(lookup()); // nobody waits any more when the deadline has passed
    })?;
    loop {
        let left = deadline.left()?;
        let wait = if interrupt::is_watched() { left.min(Duration::from_millis(100)) } else { left };
        let Some(found) = answered.wait(wait) else {
            interrupt::resolve_on()?;
            continue;
        };
        let _ = thread.join();
        let found = found?;
        return if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) };
    }
}
