// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Real proxies from Debian's packages: microsocks (SOCKS5), dante-server (SOCKS4; it does not
//! resolve for 4a, whose bytes the handshake's own tests check) and tinyproxy (HTTP CONNECT).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use byteport_core::broker::{BrokerOptions, Protocol};
use byteport_core::{Client, ErrorCode, Phase, Proxy};
use support::{Recorder, vectors_server};
use tempfile::{NamedTempFile, TempDir};

/// A proxy's process, stopped at the end of the test.
struct Running {
    child: Child,
    port: u16,
    _config: Option<(NamedTempFile, TempDir)>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // TERM, not KILL: danted then stops its own children, too
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(program: &str, args: &[&str], port: u16, config: Option<(NamedTempFile, TempDir)>) -> Running {
    let places = ["/usr/bin/", "/usr/sbin/"].map(|folder| format!("{folder}{program}"));
    let program = places
        .iter()
        .find(|path| Path::new(path).exists())
        .unwrap_or_else(|| panic!("{program} is missing: scripts/setup.sh installs it"));
    let child = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let running = Running { child, port, _config: config };
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "{program} does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    running
}

fn microsocks(login: &[&str]) -> Running {
    let port = free_port();
    run("microsocks", &[&["-i", "127.0.0.1", "-p", &port.to_string()], login].concat(), port, None)
}

fn configured(program: &str, args: impl Fn(&str) -> Vec<String>, port: u16, text: &str) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.replace("FOLDER", folder.path().to_str().unwrap()).as_bytes()).unwrap();
    let args = args(file.path().to_str().unwrap());
    run(program, &args.iter().map(String::as_str).collect::<Vec<_>>(), port, Some((file, folder)))
}

fn tinyproxy() -> Running {
    let port = free_port();
    let text = format!("Port {port}\nListen 127.0.0.1\nBasicAuth user pass\nMaxClients 10\nTimeout 60\n");
    configured("tinyproxy", |file| vec!["-d".into(), "-c".into(), file.into()], port, &text)
}

fn danted() -> Running {
    let port = free_port();
    let text = format!(
        "internal: 127.0.0.1 port = {port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\nlogoutput: FOLDER/log\n\
         client pass {{\n from: 0.0.0.0/0 to: 0.0.0.0/0\n}}\n\
         socks pass {{\n from: 0.0.0.0/0 to: 0.0.0.0/0\n protocol: tcp\n proxyprotocol: socks_v4\n}}\n"
    );
    configured("danted", |file| vec!["-f".into(), file.into()], port, &text)
}

fn through(server: &Recorder, host: &str, proxy: &str) -> byteport_core::Result<()> {
    let host = format!("{host}:{}", server.address.port());
    let client = Client::new(server.options().host(&host).proxy(Proxy::parse(proxy)?)).unwrap();
    client.heartbeat(None)?;
    client.heartbeat(None)
}

/// Two heartbeats, over one connection that came through the proxy, to a name and to an address.
fn passes(proxy: &str) {
    for host in ["localhost", "127.0.0.1"] {
        let server = vectors_server();
        through(&server, host, proxy).unwrap_or_else(|error| panic!("{proxy}: {error}"));
        let connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
        assert_eq!(connections, [0, 0], "{proxy}");
    }
}

fn is_refused(proxy: &str, retryable: bool) {
    let server = vectors_server();
    let error = through(&server, "127.0.0.1", proxy).unwrap_err();
    assert_eq!(
        (error.code(), error.phase(), error.is_retryable()),
        (ErrorCode::Proxy, Phase::Connect, retryable),
        "{error}"
    );
    assert!(!error.to_string().contains("wrong-secret"), "{error}");
    assert!(server.seen().is_empty());
}

#[test]
fn socks5_without_and_with_password() {
    let open = microsocks(&[]);
    passes(&format!("socks5://127.0.0.1:{}", open.port));
    let closed = microsocks(&["-u", "user", "-P", "pass"]);
    passes(&format!("socks5h://user:pass@127.0.0.1:{}", closed.port));
    is_refused(&format!("socks5://user:wrong-secret@127.0.0.1:{}", closed.port), false);
    is_refused(&format!("socks5://127.0.0.1:{}", closed.port), false);
}

#[test]
fn socks4() {
    let proxy = danted();
    passes(&format!("socks4://user@127.0.0.1:{}", proxy.port));
    is_refused(&format!("socks5://127.0.0.1:{}", proxy.port), true);
}

#[test]
fn http_connect_with_password() {
    let proxy = tinyproxy();
    passes(&format!("http://user:pass@127.0.0.1:{}", proxy.port));
    is_refused(&format!("http://user:wrong-secret@127.0.0.1:{}", proxy.port), false);
    is_refused(&format!("http://127.0.0.1:{}", proxy.port), false);
}

#[test]
fn a_broker_is_reached_through_each_of_them() {
    let broker = byteport_testing::Broker::start(byteport_testing::Kind::Mosquitto);
    let (socks, http) = (microsocks(&["-u", "user", "-P", "pass"]), tinyproxy());
    for proxy in [
        format!("socks5://user:pass@127.0.0.1:{}", socks.port),
        format!("http://user:pass@127.0.0.1:{}", http.port),
    ] {
        let options = BrokerOptions::new(Protocol::Mqtt).host(&format!("mqtts://{}", broker.mqtts()));
        let options =
            options.ca_file(broker.ca()).vhost(broker.vhost()).login(broker.user(), broker.password());
        let options = options.clean_session(true).reconnect(false).proxy(Proxy::parse(&proxy).unwrap());
        let client = byteport_core::broker::Broker::open(options).unwrap();
        client.publish("through", b"a proxy").unwrap_or_else(|error| panic!("{proxy}: {error}"));
    }
}

/// Something that is no proxy and says so at once.
fn no_proxy() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.write_all(b"220 mail.example ESMTP ready\r\n\r\n").unwrap();
        let _ = std::io::Read::read(&mut socket, &mut [0; 512]);
    });
    address
}

#[test]
fn a_proxy_that_is_gone_or_no_proxy() {
    is_refused(&format!("socks5://127.0.0.1:{}", free_port()), true);
    for scheme in ["socks4a", "socks5", "http"] {
        is_refused(&format!("{scheme}://{}", no_proxy()), true);
    }
    let slow = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = vectors_server();
    let proxy = Proxy::parse(&format!("socks5://{}", slow.local_addr().unwrap())).unwrap();
    let options = server.options().proxy(proxy).connect_timeout(Duration::from_millis(100));
    let error = Client::new(options).unwrap().heartbeat(None).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Timeout, Phase::Connect), "{error}");
}
