// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Making a connection: resolve, connect, ask the proxy, TLS. Each step's failure says which step it was.

use std::io;
use std::net::{SocketAddr, TcpStream};

use super::connect::connect_to_any;
use super::handshake::{self, Destination};
use super::proxy::{Protocol, Proxy};
use super::resolve::resolve;
use super::{Deadline, Stream, Tls};
use crate::error::{Error, ErrorCode, Phase, Result};

/// A host to connect to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

impl Target {
    /// # Errors
    /// [`ErrorCode::NotConfigured`] for TLS where the library was built without it: nothing goes out in the clear instead.
    pub(crate) fn new(host: String, port: u16, tls: bool) -> Result<Target> {
        if tls && !cfg!(feature = "tls") {
            return Err(Target::without_tls());
        }
        Ok(Target { host, port, tls })
    }

    /// What a target that asks for TLS comes to, where there is none.
    pub(crate) fn without_tls() -> Error {
        Error::left_out("TLS", "tls")
    }
}

#[derive(Debug)]
pub(crate) struct Dialer {
    pub(crate) proxy: Option<Proxy>,
    pub(crate) tls: Tls,
}

fn failed(code: ErrorCode, phase: Phase, what: String, error: io::Error) -> Error {
    let (code, retryable) = match error.kind() {
        io::ErrorKind::TimedOut => (ErrorCode::Timeout, true),
        // A refused password is refused again; a server that starts anew breaks handshakes and is up soon.
        io::ErrorKind::PermissionDenied => (code, false),
        io::ErrorKind::InvalidData => (code, code.is_retryable()),
        _ if code == ErrorCode::Tls => (ErrorCode::Disconnected, true),
        _ => (code, code.is_retryable()),
    };
    Error::new(code, what).in_phase(phase).retryable(retryable).because(error)
}

impl Dialer {
    /// A connection to the target that has passed every step.
    pub(crate) fn dial(&self, to: &Target, deadline: Deadline) -> Result<Stream> {
        let stream = match &self.proxy {
            Some(proxy) => through(proxy, to, deadline)?,
            None => Stream::plain(open(&to.host, to.port, deadline)?),
        };
        if !to.tls {
            return Ok(stream);
        }
        let session = self.tls.session(&to.host)?;
        let what = || format!("no TLS connection to {}:{}", to.host, to.port);
        stream.secure(session, deadline).map_err(|error| failed(ErrorCode::Tls, Phase::Tls, what(), error))
    }
}

/// A TCP connection to the first of the host's addresses that answers.
fn open(host: &str, port: u16, deadline: Deadline) -> Result<TcpStream> {
    let addresses = addresses(host, port, deadline)?;
    connect_to_any(&addresses, deadline).map_err(|error| {
        failed(ErrorCode::Connect, Phase::Connect, format!("no connection to {host}:{port}"), error)
    })
}

fn addresses(host: &str, port: u16, deadline: Deadline) -> Result<Vec<SocketAddr>> {
    resolve(host, port, deadline).map_err(|error| {
        failed(ErrorCode::Dns, Phase::Dns, format!("host name {host:?} cannot be resolved"), error)
    })
}

fn through(proxy: &Proxy, to: &Target, deadline: Deadline) -> Result<Stream> {
    let what = || format!("no connection to {}:{} through {proxy}", to.host, to.port);
    let in_proxy = |error| failed(ErrorCode::Proxy, Phase::Connect, what(), error);
    let destination = match (to.host.parse(), proxy.protocol) {
        (Ok(address), _) => Destination::Address(address, to.port),
        (Err(_), Protocol::Socks4) => first_v4(to, deadline)?,
        (Err(_), _) => Destination::Name(&to.host, to.port),
    };
    let socket = open(&proxy.host, proxy.port, deadline).map_err(|error| {
        let code = if error.code() == ErrorCode::Timeout { ErrorCode::Timeout } else { ErrorCode::Proxy };
        Error::new(code, what()).in_phase(error.phase()).because(error)
    })?;
    let mut stream = Stream::plain(socket);
    handshake::ask(proxy, &destination, &mut stream.by(deadline)).map_err(in_proxy)?;
    Ok(stream)
}

fn first_v4(to: &Target, deadline: Deadline) -> Result<Destination<'_>> {
    let found = addresses(&to.host, to.port, deadline)?;
    let v4 = found.iter().find(|address| address.is_ipv4());
    v4.map(|address| Destination::Address(address.ip(), to.port)).ok_or_else(|| {
        let what = format!("{} has no IPv4 address, and SOCKS4 carries no other: use SOCKS5", to.host);
        Error::new(ErrorCode::Proxy, what).in_phase(Phase::Dns)
    })
}
