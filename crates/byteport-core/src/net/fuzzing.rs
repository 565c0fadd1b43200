// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What [`crate::fuzzing`] sees of connections: what is said to a proxy.

use std::io::{self, Read, Write};

use super::Proxy;
use super::handshake::{Destination, ask};

/// Asks a proxy at the other end of `io` to connect to a host.
///
/// # Errors
/// What the proxy's answer says, or why it is none.
pub fn handshake(proxy: &Proxy, host: &str, port: u16, io: &mut (impl Read + Write)) -> io::Result<()> {
    ask(proxy, &Destination::Name(host, port), io)
}
