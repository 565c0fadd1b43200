// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! TLS against a real rustls server: what is trusted, what is not, and that connections are kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

mod support;

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use byteport_core::{Client, ErrorCode, Options, Phase};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

/// What a test waits at most for something that must come.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    ca_file: PathBuf,
    /// A certificate of the same CA and its key, for a client.
    client_cert: PathBuf,
    connections: Arc<AtomicUsize>,
    _folder: TempDir,
}

/// A CA of its own, and a server whose certificate carries `name`.
fn start(name: &str) -> Server {
    start_with(name, false)
}

/// The same; `mutual`: it wants to see a certificate of that CA.
fn start_with(name: &str, mutual: bool) -> Server {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, ca.pem()).unwrap();
    let client_cert = folder.path().join("client.pem");
    let client_key = KeyPair::generate().unwrap();
    let client = CertificateParams::new(Vec::new()).unwrap().signed_by(&client_key, &issuer).unwrap();
    std::fs::write(&client_cert, client.pem() + &client_key.serialize_pem()).unwrap();

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
    let verifier = if mutual { verifier.build().unwrap() } else { WebPkiClientVerifier::no_client_auth() };
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let address = serve(Arc::new(config), Arc::clone(&connections));
    Server { address, ca_file, client_cert, connections, _folder: folder }
}

fn serve(config: Arc<ServerConfig>, connections: Arc<AtomicUsize>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            connections.fetch_add(1, Ordering::SeqCst);
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(session, socket.unwrap()));
            std::thread::spawn(move || {
                while let Some(seen) = support::read_request(&mut stream, 0) {
                    let body = "x".repeat(if seen.path() == "/large" { 100_000 } else { 2 });
                    let answer = support::json(&format!("\"{body}\""));
                    let answer = match seen.path() {
                        "/half" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec(),
                        "/closed" => b"HTTP/1.1 200 OK\r\n\r\nwhole".to_vec(),
                        _ => answer,
                    };
                    let stream = stream.get_mut();
                    if stream.write_all(&answer).is_err() {
                        break;
                    }
                    if matches!(seen.path(), "/half" | "/closed" | "/idle") {
                        stream.conn.send_close_notify();
                        stream.flush().unwrap();
                        continue; // TCP stays open
                    }
                    if seen.path() == "/last" {
                        stream.conn.send_close_notify();
                        stream.flush().unwrap();
                        stream.sock.write_all(b"more").unwrap(); // what nobody may read
                        break;
                    }
                }
            });
        }
    });
    address
}

impl Server {
    fn options(&self) -> Options {
        let host = format!("https://localhost:{}", self.address.port());
        Options::new().host(&host).namespace("n").key(support::KEY).device("d").no_proxy()
    }
}

#[test]
fn a_trusted_server_is_stored_to_over_one_connection() {
    let server = start("localhost");
    let client = Client::new(server.options().ca_file(&server.ca_file)).unwrap();
    for _ in 0..5 {
        client.heartbeat(None).unwrap();
        assert_eq!(client.get_json("/large", &[]).unwrap().len(), 100_002);
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_large_request_goes_through_tls() {
    let server = start("localhost");
    let client = Client::new(server.options().ca_file(&server.ca_file)).unwrap();
    let mut reading = byteport_core::model::Reading::new();
    reading.set("a", "x".repeat(3 << 20)).unwrap();
    client.store(&reading).unwrap();
}

#[test]
fn an_unknown_authority_is_refused() {
    let (server, other) = (start("localhost"), start("localhost"));
    let error = Client::new(server.options().ca_file(&other.ca_file)).unwrap().heartbeat(None).unwrap_err();
    assert_eq!(
        (error.code(), error.phase(), error.is_retryable()),
        (ErrorCode::Tls, Phase::Tls, false),
        "{error}"
    );
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let server = start("other.example");
    let error = Client::new(server.options().ca_file(&server.ca_file)).unwrap().heartbeat(None).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Tls, Phase::Tls), "{error}");
}

#[test]
fn a_handshake_that_breaks_off_is_worth_another_try() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            Read::read(&mut socket.unwrap(), &mut [0; 64]).unwrap();
        }
    });
    let server = start("localhost");
    let options =
        Options::new().host(&host).namespace("n").key(support::KEY).device("d").ca_file(&server.ca_file);
    let error = Client::new(options).unwrap().heartbeat(None).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Disconnected, Phase::Tls), "{error}");
    assert!(error.is_retryable());
}

#[test]
fn a_server_without_tls_and_a_bad_ca_file_are_told_apart() {
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("https://{}", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut socket, _) = plain.accept().unwrap();
        Read::read(&mut socket, &mut [0; 4096]).unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let server = start("localhost");
    let options =
        Options::new().host(&host).namespace("n").key(support::KEY).device("d").ca_file(&server.ca_file);
    let error = Client::new(options).unwrap().heartbeat(None).unwrap_err();
    assert_eq!((error.code(), error.phase()), (ErrorCode::Tls, Phase::Tls), "{error}");

    let empty = server.ca_file.with_file_name("empty.pem");
    std::fs::write(&empty, "no certificate here").unwrap();
    for path in [empty, "/does/not/exist.pem".into()] {
        let error = Client::new(server.options().ca_file(&path)).unwrap().heartbeat(None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Tls);
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_server_that_asks_for_a_certificate_gets_it() {
    let server = start_with("localhost", true);
    let options = server.options().ca_file(&server.ca_file);
    let store = |options: Options| Client::new(options).unwrap().heartbeat(None);
    store(options.clone().client_cert(&server.client_cert)).unwrap();
    assert!(store(options.clone()).is_err());
    for (path, says) in [(&server.ca_file, "private key"), (&PathBuf::from("/none.pem"), "/none.pem")] {
        let error = store(options.clone().client_cert(path)).unwrap_err();
        assert_eq!((error.code(), error.phase()), (ErrorCode::Tls, Phase::Tls));
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn what_comes_after_the_end_is_not_read() {
    let server = start("localhost");
    let client = Client::new(server.options().ca_file(&server.ca_file)).unwrap();
    let mut driver = support::Driver::new(&client);
    driver.perform(&client, client.get_call("/last", &[])).unwrap();
    let mut rest = Vec::new();
    driver.socket.set_nonblocking(false).unwrap();
    driver.socket.read_to_end(&mut rest).unwrap();
    for piece in [rest.as_slice(), b"more", b""] {
        assert!(driver.link.incoming(piece).unwrap().is_none());
    }
    assert!(!driver.link.is_idle());
}

/// What comes of a GET over a new link, reading until the link has its result or, `idle`, is over.
fn read_link(client: &Client, path: &str) -> (byteport_core::Result<Vec<u8>>, bool) {
    let (mut socket, mut link) = client.link().unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    let mut call = client.get_call(path, &[]);
    link.begin(client, &call).unwrap();
    socket.write_all(&link.outgoing(&mut call).unwrap()).unwrap();
    let mut buffer = vec![0; 1 << 16];
    let mut result = None;
    while result.is_none() || link.is_idle() {
        let got = socket.read(&mut buffer).expect("the link still waits");
        assert!(got > 0, "TCP stays open");
        match link.incoming(&buffer[..got]).transpose() {
            Some(answer) => result = Some(answer.map(|answer| answer.body)),
            None => continue,
        }
    }
    (result.unwrap(), link.is_idle())
}

#[test]
fn the_end_that_tls_tells_is_the_connections() {
    let server = start("localhost");
    let client = Client::new(server.options().ca_file(&server.ca_file)).unwrap();
    let (cut, _) = read_link(&client, "/half");
    assert_eq!(cut.unwrap_err().code(), ErrorCode::Disconnected);
    let (whole, idle) = read_link(&client, "/closed");
    assert_eq!((whole.unwrap().as_slice(), idle), (&b"whole"[..], false));
    let (answer, idle) = read_link(&client, "/idle");
    assert_eq!((answer.unwrap().as_slice(), idle), (&b"\"xx\""[..], false));
}

#[test]
fn a_link_goes_through_tls() {
    let server = start("localhost");
    let client = Client::new(server.options().ca_file(&server.ca_file)).unwrap();
    let mut driver = support::Driver::new(&client);
    let mut reading = byteport_core::model::Reading::new();
    reading.set("a", "x".repeat(3 << 20)).unwrap();
    for _ in 0..3 {
        driver.perform(&client, client.store_call(&reading).unwrap()).unwrap();
        let answer = driver.perform(&client, client.get_call("/large", &[])).unwrap();
        assert_eq!(answer.body.len(), 100_002);
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}
