// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker that a test starts, kills and starts again.
//!
//! It ends when it is dropped and in any case with the test's process, so a `static` may hold one for all tests of a program.
//! Ports, logins, passwords and data stay the same from start to start.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/brokers.sh");
const DEADLINE: Duration = Duration::from_secs(60);

/// Which broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// MQTT alone; it serves within a second.
    Mosquitto,
    /// MQTT and STOMP into the same queues; it takes ten seconds to start.
    RabbitMq,
}

/// A running broker with a folder of its own.
pub struct Broker {
    kind: Kind,
    folder: TempDir,
    lines: BTreeMap<String, String>,
}

/// The methods without arguments, each for a line of what the script tells.
macro_rules! lines {
    ($($(#[$about:meta])* $name:ident = $line:literal;)*) => {
        impl Broker {
            $($(#[$about])*
            #[must_use]
            pub fn $name(&self) -> &str {
                self.line($line)
            })*
        }
    };
}

lines! {
    /// `host:port` of MQTT.
    mqtt = "MQTT";
    /// `host:port` of MQTT over TLS.
    mqtts = "MQTTS";
    /// `host:port` of MQTT over TLS for clients that show a certificate, of a Mosquitto.
    mqtts_client = "MQTTS_CLIENT";
    /// `host:port` of STOMP, of a RabbitMQ.
    stomp = "STOMP";
    /// `host:port` of STOMP over TLS, of a RabbitMQ.
    stomps = "STOMPS";
    /// The file with the authority that signed the broker's certificate.
    ca = "CA";
    /// A file with a certificate for a client and its key.
    client_cert = "CLIENT_CERT";
    /// The number of the process that serves.
    pid = "PID";
    /// A login with all rights, by itself and after `/:` or [`vhost`](Self::vhost) and a colon.
    user = "USER";
    /// A login that may read all, and publish to `limited/#` alone.
    limited = "LIMITED";
    /// A login that may read all, and publish nothing.
    reader = "READER";
    /// A login without any rights.
    outsider = "OUTSIDER";
    /// The password of every login.
    password = "PASSWORD";
    /// The virtual host besides `/`.
    vhost = "VHOST";
    /// The queue of a RabbitMQ that takes what both protocols store, in both virtual hosts.
    queue = "QUEUE";
}

impl Broker {
    /// Starts one and waits until it serves.
    #[must_use]
    pub fn start(kind: Kind) -> Self {
        let mut broker = Self { kind, folder: TempDir::new().unwrap(), lines: BTreeMap::new() };
        broker.start_again();
        broker
    }

    /// Starts it where it was, after [`kill`](Self::kill) or [`stop`](Self::stop).
    pub fn start_again(&mut self) {
        let kind = match self.kind {
            Kind::Mosquitto => "mosquitto",
            Kind::RabbitMq => "rabbitmq",
        };
        let told = self.script("start", &[kind, "--with", &std::process::id().to_string()]);
        let pairs = told.lines().filter_map(|line| line.split_once('='));
        self.lines = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }

    /// Ends it in good order.
    pub fn stop(&self) {
        self.script("stop", &[]);
    }

    /// Ends all its processes by SIGKILL; what it had on the disk stays.
    pub fn kill(&self) {
        self.script("kill", &[]);
    }

    /// What `rabbitmqctl` prints.
    #[must_use]
    pub fn ctl(&self, arguments: &[&str]) -> String {
        self.script("ctl", arguments)
    }

    /// How many messages a queue of a RabbitMQ holds, with those that were delivered and are not acknowledged.
    #[must_use]
    pub fn depth(&self, queue: &str, vhost: &str) -> u64 {
        let rows = self.ctl(&["-q", "list_queues", "-p", vhost, "name", "messages"]);
        let depth = rows.lines().find_map(|row| row.strip_prefix(queue)?.strip_prefix('\t')?.parse().ok());
        depth.unwrap_or_else(|| panic!("no queue {queue} in {vhost}: {rows}"))
    }

    /// Its log since the last start.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.line("LOG")).unwrap()).into_owned()
    }

    /// Waits until a text is in the log, not for ever.
    pub fn wait_for_log(&self, text: &str) {
        let start = Instant::now();
        while !self.log().contains(text) {
            assert!(start.elapsed() < DEADLINE, "no {text:?} in the log:\n{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its folder, gone when this is dropped.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn line(&self, name: &str) -> &str {
        let line = self.lines.get(name);
        line.unwrap_or_else(|| panic!("a {:?} has no {name}", self.kind))
    }

    fn command(&self, action: &str) -> Command {
        let mut command = Command::new(SCRIPT);
        command.arg(action).arg(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn script(&self, action: &str, arguments: &[&str]) -> String {
        let done = self.command(action).args(arguments).output().expect("brokers.sh runs");
        let complaint = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "brokers.sh {action} {:?}: {complaint}", self.kind);
        String::from_utf8_lossy(&done.stdout).into_owned()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // in a test that fails, perhaps before anything was started
        let _ = self.command("kill").stderr(Stdio::null()).status();
    }
}
