// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is said to a proxy before the connection is ours: SOCKS4 and 4a, SOCKS5 (RFC 1928, RFC 1929), HTTP CONNECT
//! (RFC 9110, section 9.3.6). Only `Read` and `Write` are asked of the connection.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::proxy::{Protocol, Proxy};
use crate::codec;

/// Where the proxy is to connect to.
pub(crate) enum Destination<'a> {
    /// A name that the proxy resolves.
    Name(&'a str, u16),
    /// An address, as it was given or as it was resolved here (SOCKS4).
    Address(IpAddr, u16),
}

/// The largest head that an HTTP proxy may answer with.
const MAX_HEAD: usize = 16 * 1024;

/// Asks the proxy to connect. After `Ok`, the next byte belongs to the destination.
pub(crate) fn ask(proxy: &Proxy, to: &Destination<'_>, io: &mut (impl Read + Write)) -> io::Result<()> {
    let asked = match proxy.protocol {
        Protocol::Socks4 | Protocol::Socks4a => socks4(proxy, to, io),
        Protocol::Socks5 => socks5(proxy, to, io),
        Protocol::Http => connect(proxy, to, io),
    };
    asked.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => refused("the proxy closed the connection"),
        _ => error,
    })
}

/// The proxy does not take the user or password: the same again is of no use.
fn denied(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

fn refused(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, why.into())
}

fn socks4(proxy: &Proxy, to: &Destination<'_>, io: &mut (impl Read + Write)) -> io::Result<()> {
    let (name, address, port) = match to {
        Destination::Name(name, port) => (Some(*name), Ipv4Addr::new(0, 0, 0, 1), *port),
        Destination::Address(IpAddr::V4(address), port) => (None, *address, *port),
        Destination::Address(IpAddr::V6(_), _) => {
            return Err(refused("SOCKS4 carries no IPv6 address: use SOCKS5"));
        }
    };
    let mut request = vec![4, 1];
    request.extend(port.to_be_bytes());
    request.extend(address.octets());
    request.extend(proxy.user.as_deref().unwrap_or("").bytes());
    request.push(0);
    if let Some(name) = name {
        request.extend(name.bytes());
        request.push(0);
    }
    io.write_all(&request)?;
    let mut reply = [0; 8];
    io.read_exact(&mut reply)?;
    match (reply[0], reply[1]) {
        (0, 90) => Ok(()),
        (0, 91) => Err(refused("the proxy could not connect to the host")),
        (0, 92 | 93) => Err(denied("the proxy does not know the user")),
        _ => Err(refused("this is not a SOCKS4 proxy")),
    }
}

fn socks5(proxy: &Proxy, to: &Destination<'_>, io: &mut (impl Read + Write)) -> io::Result<()> {
    let login = proxy.user.as_deref().map(|user| (user, proxy.password.as_deref().unwrap_or("")));
    io.write_all(if login.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] })?;
    let mut choice = [0; 2];
    io.read_exact(&mut choice)?;
    match (choice, login) {
        ([5, 0], _) => {}
        ([5, 2], Some((user, password))) => socks5_login(user, password, io)?,
        ([5, 2 | 255], _) => return Err(denied("the proxy wants another user or password")),
        _ => return Err(refused("this is not a SOCKS5 proxy")),
    }
    let mut request = vec![5, 1, 0];
    let port = match to {
        Destination::Name(name, port) => {
            request.push(3);
            push_counted(&mut request, name)?;
            port
        }
        Destination::Address(IpAddr::V4(address), port) => {
            request.push(1);
            request.extend(address.octets());
            port
        }
        Destination::Address(IpAddr::V6(address), port) => {
            request.push(4);
            request.extend(address.octets());
            port
        }
    };
    request.extend(port.to_be_bytes());
    io.write_all(&request)?;
    socks5_reply(io)
}

fn push_counted(request: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let count = u8::try_from(text.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "over 255 bytes"))?;
    request.push(count);
    request.extend(text.bytes());
    Ok(())
}

fn socks5_login(user: &str, password: &str, io: &mut (impl Read + Write)) -> io::Result<()> {
    let mut request = vec![1];
    push_counted(&mut request, user)?;
    push_counted(&mut request, password)?;
    io.write_all(&request)?;
    let mut reply = [0; 2];
    io.read_exact(&mut reply)?;
    if reply == [1, 0] { Ok(()) } else { Err(denied("the proxy refused the user or password")) }
}

fn socks5_reply(io: &mut (impl Read + Write)) -> io::Result<()> {
    let mut head = [0; 4];
    io.read_exact(&mut head)?;
    if head[0] != 5 {
        return Err(refused("this is not a SOCKS5 proxy"));
    }
    if head[1] != 0 {
        return Err(refused(match head[1] {
            1 => "the proxy failed",
            2 => "the proxy's rules do not allow it",
            3 => "the proxy says: network unreachable",
            4 => "the proxy says: host unreachable",
            5 => "the proxy says: connection refused",
            6 => "the proxy says: time to live expired",
            7 => "the proxy does not know CONNECT",
            8 => "the proxy does not know this type of address",
            _ => "the proxy refused without a known reason",
        }));
    }
    let length = match head[3] {
        1 => 4,
        4 => 16,
        3 => {
            let mut count = [0];
            io.read_exact(&mut count)?;
            usize::from(count[0])
        }
        _ => return Err(refused("this is not a SOCKS5 proxy")),
    };
    let mut bound = [0; 255 + 2];
    io.read_exact(&mut bound[..length + 2])
}

fn connect(proxy: &Proxy, to: &Destination<'_>, io: &mut (impl Read + Write)) -> io::Result<()> {
    let address = match to {
        Destination::Name(name, port) => format!("{name}:{port}"),
        Destination::Address(address, port) => SocketAddr::new(*address, *port).to_string(),
    };
    let mut request = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n");
    if let Some(user) = &proxy.user {
        let login = format!("{user}:{}", proxy.password.as_deref().unwrap_or(""));
        request.push_str(&format!("Proxy-Authorization: Basic {}\r\n", codec::to_base64(login.as_bytes())));
    }
    request.push_str("\r\n");
    io.write_all(request.as_bytes())?;
    let head = read_head(io)?;
    let status = head.split(|b| *b == b' ').nth(1).and_then(|status| std::str::from_utf8(status).ok());
    match status.and_then(|status| status.parse::<u16>().ok()) {
        Some(200..=299) if head.starts_with(b"HTTP/1.") => Ok(()),
        Some(401 | 407) => Err(denied("the proxy wants another user or password")),
        Some(403) => Err(denied("the proxy does not allow it (403)")),
        Some(status) if head.starts_with(b"HTTP/1.") => Err(refused(format!("the proxy answered {status}"))),
        _ => Err(refused("this is not an HTTP proxy")),
    }
}

/// Reads byte by byte, so that nothing of what follows the head is lost.
fn read_head(io: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_HEAD {
            return Err(refused("this is not an HTTP proxy"));
        }
        io.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    /// Plays the proxy's part from memory.
    struct Script {
        replies: io::Cursor<Vec<u8>>,
        sent: Vec<u8>,
    }

    impl Read for Script {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.replies.read(buf)
        }
    }

    impl Write for Script {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.sent.write(buf)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn play(url: &str, to: &Destination<'_>, replies: &[u8]) -> (io::Result<()>, Script) {
        let mut script = Script { replies: io::Cursor::new(replies.to_vec()), sent: Vec::new() };
        let result = ask(&Proxy::parse(url).unwrap(), to, &mut script);
        (result, script)
    }

    const NAME: Destination<'static> = Destination::Name("b.org", 443);
    const V4: Destination<'static> = Destination::Address(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 80);
    const V6: Destination<'static> = Destination::Address(IpAddr::V6(Ipv6Addr::LOCALHOST), 80);

    #[test]
    fn each_protocol_says_what_its_document_says() {
        let cases: &[(&str, &Destination<'_>, &[u8], &[u8])] = &[
            ("socks4://me@p", &V4, b"\x04\x01\x00\x50\x0a\x00\x00\x01me\0", b"\x00\x5a\0\0\0\0\0\0"),
            ("socks4a://me@p", &NAME, b"\x04\x01\x01\xbb\0\0\0\x01me\0b.org\0", b"\x00\x5a\0\0\0\0\0\0"),
            ("socks5://p", &NAME, b"\x05\x01\x00\x05\x01\x00\x03\x05b.org\x01\xbb", b"\x05\x00\x05\x00\x00\x01\0\0\0\0\0\0"),
            (
                "socks5://u:pw@p",
                &NAME,
                b"\x05\x02\x00\x02\x01\x01u\x02pw\x05\x01\x00\x03\x05b.org\x01\xbb",
                b"\x05\x02\x01\x00\x05\x00\x00\x03\x02ab\0\0",
            ),
            (
                "socks5://p",
                &V6,
                b"\x05\x01\x00\x05\x01\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50",
                b"\x05\x00\x05\x00\x00\x01\0\0\0\0\0\0",
            ),
            ("http://p", &V6, b"CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", b"HTTP/1.0 200 ok\r\n\r\n"),
            (
                "http://u:pw@p",
                &NAME,
                b"CONNECT b.org:443 HTTP/1.1\r\nHost: b.org:443\r\nProxy-Authorization: Basic dTpwdw==\r\n\r\n",
                b"HTTP/1.1 200 Connected\r\nVia: x\r\n\r\n",
            ),
        ];
        for (url, to, sent, replies) in cases {
            let (result, script) = play(url, to, &[*replies, b"data"].concat());
            result.unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(script.sent, *sent, "{url}");
            assert_eq!(
                script.replies.position() as usize,
                replies.len(),
                "{url}: nothing of the destination is taken"
            );
        }
    }

    #[test]
    fn refusals_and_cut_answers_are_errors() {
        let cases: &[(&str, &[u8], &str)] = &[
            ("socks4a://p", b"\x00\x5b\0\0\0\0\0\0", "could not connect"),
            ("socks4a://p", b"HTTP/1.1 400", "not a SOCKS4 proxy"),
            ("socks5://p", b"\x05\xff", "another user or password"),
            ("socks5://u:p@p", b"\x05\x02\x01\x01", "refused the user"),
            ("socks5://p", b"\x05\x00\x05\x05\x00\x01\0\0\0\0\0\0", "connection refused"),
            ("socks5://p", b"HTTP", "not a SOCKS5 proxy"),
            ("http://p", b"HTTP/1.1 407 x\r\n\r\n", "another user"),
            ("http://p", b"HTTP/1.1 502 x\r\n\r\n", "answered 502"),
            ("http://p", b"SSH-2.0-x\r\n\r\n", "not an HTTP proxy"),
            ("socks5://p", b"\x05", "closed the connection"),
            ("http://p", b"HTTP/1.1 200", "closed the connection"),
        ];
        for (url, replies, text) in cases {
            let error = play(url, &NAME, replies).0.unwrap_err();
            assert!(error.to_string().contains(text), "{url}: {error}");
        }
        let endless = vec![b'x'; 2 * MAX_HEAD];
        assert!(play("http://p", &NAME, &endless).0.is_err());
    }
}
