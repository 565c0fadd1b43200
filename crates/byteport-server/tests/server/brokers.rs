// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Brokers that all tests of this program share, and what a server needs to take packets from them.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use byteport_core::broker::{Broker as Client, BrokerOptions};
use byteport_testing::Broker;
pub use byteport_testing::{MOSQUITTO, RABBITMQ};
use serde_json::Value;

use crate::engine;
use crate::fixture::{SEED, Server};

/// Longer than anything takes that a test waits for.
pub const LONG: Duration = Duration::from_secs(120);

/// A place of packets at a broker, the test's own.
pub struct Source<'a> {
    broker: &'a Broker,
    /// What `--ingest` is.
    pub address: String,
    /// The virtual host.
    vhost: String,
    /// What `--ingest-from` is.
    pub destination: String,
}

impl<'a> Source<'a> {
    pub fn mqtt(broker: &'a Broker) -> Self {
        let address = format!("mqtt://{}", broker.mqtt());
        Self { broker, address, vhost: "/".into(), destination: unique("packets") }
    }

    pub fn stomp(broker: &'a Broker) -> Self {
        let address = format!("stomp://{}", broker.stomp());
        Self { broker, address, vhost: "/".into(), destination: format!("/queue/{}", unique("packets")) }
    }

    /// The same in a virtual host.
    pub fn within(mut self, vhost: &str) -> Self {
        self.address = format!("{}/{vhost}", self.address);
        vhost.clone_into(&mut self.vhost);
        self
    }

    /// The same at this destination.
    pub fn at(mut self, destination: &str) -> Self {
        destination.clone_into(&mut self.destination);
        self
    }

    /// The arguments of a server that takes packets from here.
    pub fn arguments(&self) -> Vec<String> {
        let file = self.broker.folder().join("ingest.password");
        fs::write(&file, format!("{}\n", self.broker.password())).expect("a file");
        let file = file.to_str().expect("a plain path");
        let id = unique("server");
        let arguments = [
            ["--ingest", &self.address],
            ["--ingest-from", &self.destination],
            ["--ingest-login", self.broker.user()],
            ["--ingest-password-file", file],
            ["--ingest-client-id", &id],
        ];
        arguments.concat().into_iter().map(str::to_owned).collect()
    }

    /// A server with the usual seed that takes packets from here, and is ready to.
    pub fn server(&self) -> Server {
        self.server_with(SEED)
    }

    pub fn server_with(&self, seed: &str) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let place = engine::place(folder.path());
        let arguments = self.arguments();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let server = Server::at(place, folder, seed, &arguments);
        self.wait_for_server(&server);
        server
    }

    /// Waits until the server has its subscription: what is published before nobody keeps.
    pub fn wait_for_server(&self, server: &Server) {
        server.wait_for_log(&format!("takes packets from {}", self.address));
    }

    /// A client that publishes in the same virtual host.
    pub fn client(&self) -> Client {
        let scheme = self.address.split_once("://").expect("a scheme").0;
        let host = if scheme == "mqtt" { self.broker.mqtt() } else { self.broker.stomp() };
        let options = BrokerOptions::from_url(&format!("{scheme}://{host}")).expect("an address");
        self.open(options)
    }

    /// The same by MQTT, whatever the server's protocol is.
    pub fn mqtt_client(&self) -> Client {
        self.open(BrokerOptions::from_url(&format!("mqtt://{}", self.broker.mqtt())).expect("an address"))
    }

    fn open(&self, options: BrokerOptions) -> Client {
        let options = options.vhost(&self.vhost).client_id(&unique("test")).timeout(LONG);
        let login = options.login(self.broker.user(), self.broker.password());
        let client = Client::open(login).expect("a client");
        client.wait_open(LONG).expect("connects");
        client
    }

    /// How many messages a STOMP queue holds.
    pub fn depth(&self) -> u64 {
        self.broker.depth(self.destination.trim_start_matches("/queue/"), &self.vhost)
    }

    /// Waits until nothing is in the queue, and nothing waits for being acknowledged.
    pub fn wait_until_empty(&self) {
        until("the queue is empty", || self.depth() == 0);
    }
}

/// A name that no other test has.
pub fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}-{}", std::process::id() % 100_000, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A list of packets of one device, each with its time for the value of `v`.
pub fn list(uid: &str, seconds: impl Iterator<Item = u32>) -> String {
    let packet = |second| {
        format!(r#"{{"uid":"{uid}","namespace":"my_garage","timestamp":"{second}","data":"v={second};"}}"#)
    };
    format!("[{}]", seconds.map(packet).collect::<Vec<_>>().join(","))
}

/// Waits until a series has so many points, and asserts that it has each second once.
pub fn assert_series(server: &Server, uid: &str, count: u32) {
    let client = server.logged_in();
    let path = format!("/api/v1/timeseries/my_garage/{uid}/v/?from=1970-01-01T00:00:00");
    let length = || {
        let reply = client.get(&path);
        if reply.status == 200 { reply.json()["data"]["ts_meta"]["len"].clone() } else { Value::Null }
    };
    let (start, whole) = (Instant::now(), Value::from(count.to_string()));
    while length() != whole {
        assert!(start.elapsed() < LONG, "{uid} has {} of {count} values:\n{}", length(), server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    let points = client.points(&format!("my_garage/{uid}/v"));
    let expected: Vec<_> = (0..count).map(|second| i64::from(second) * 1_000_000).collect();
    assert_eq!(points.iter().map(|(time, _)| *time).collect::<Vec<_>>(), expected);
}
