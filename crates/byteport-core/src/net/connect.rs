// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A TCP connection within a deadline. The standard library's own waits on through every signal.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with, sockopt};

use super::Deadline;
use super::interrupt::wait_on;

/// Tries the addresses in order; each gets half of the time that is left, the last all of it.
pub(super) fn connect_to_any(addresses: &[SocketAddr], deadline: Deadline) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for (i, address) in addresses.iter().enumerate() {
        let left = deadline.left()?;
        let share = if i + 1 == addresses.len() { left } else { left / 2 };
        match connect_to(address, Deadline::after(share)) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn connect_to(address: &SocketAddr, deadline: Deadline) -> io::Result<TcpStream> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = TcpStream::from(socket_with(family, SocketType::STREAM, flags, None)?);
    match connect(&socket, address) {
        Ok(()) => {}
        Err(Errno::INPROGRESS) => wait_until_connected(&socket, deadline)?,
        Err(error) => return Err(error.into()),
    }
    socket.set_nonblocking(false)?;
    Ok(socket)
}

fn wait_until_connected(socket: &TcpStream, deadline: Deadline) -> io::Result<()> {
    loop {
        // Rounded up, so that the last wait does not end just before the deadline, time and again.
        let left = deadline.left()? + Duration::from_millis(1);
        let left = Timespec::try_from(left).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        match poll(&mut [PollFd::new(socket, PollFlags::OUT)], Some(&left)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => return Ok(sockopt::socket_error(socket)??),
            Err(Errno::INTR) => wait_on(&Errno::INTR.into())?,
            Err(error) => return Err(error.into()),
        }
    }
}
