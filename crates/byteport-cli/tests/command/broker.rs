// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Brokers that the tests share, and the command set up for them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use byteport_core::broker::{Broker as Client, BrokerOptions};
use byteport_testing::{Broker, MOSQUITTO, RABBITMQ};
use tempfile::TempDir;

use crate::support::{Done, bare, run};

static HOME: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().unwrap());

/// Longer than anything takes that a test waits for.
pub const LONG: Duration = Duration::from_secs(60);

/// A way to talk to a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Mosquitto,
    RabbitMqtt,
    RabbitStomp,
}

pub const WAYS: [Way; 3] = [Way::Mosquitto, Way::RabbitMqtt, Way::RabbitStomp];

impl Way {
    pub fn broker(self) -> &'static Broker {
        if self == Self::Mosquitto { &MOSQUITTO } else { &RABBITMQ }
    }

    pub fn url(self) -> String {
        match self {
            Self::RabbitStomp => format!("stomp://{}", self.broker().stomp()),
            _ => format!("mqtt://{}", self.broker().mqtt()),
        }
    }

    /// Where the messages of a device are sent to; for one who keeps them, too.
    pub fn destination(self, uid: &str, keeps: bool) -> String {
        let kind = if keeps { "queue" } else { "topic" };
        match self {
            Self::RabbitStomp => format!("/{kind}/device_messages_my_garage.{uid}"),
            _ => format!("my_garage.{uid}"),
        }
    }

    /// The command with all settings for this broker.
    pub fn command(self) -> Command {
        command(self.broker(), &self.url())
    }

    pub fn run(self, args: &[&str]) -> Done {
        run(self.command().args(args))
    }

    /// A client of the test's own.
    pub fn client(self) -> Client {
        let options =
            BrokerOptions::from_url(&self.url()).unwrap().vhost(self.broker().vhost()).timeout(LONG);
        let options = options.clean_session(true).client_id(&unique("test"));
        Client::open(options.login(self.broker().user(), self.broker().password())).unwrap()
    }
}

/// The command with all settings for a broker, and without those for a service.
pub fn command(broker: &Broker, url: &str) -> Command {
    let mut command = bare(HOME.path());
    command.env("BYTEPORT_BROKER", url).env("BYTEPORT_BROKER_USER", broker.user());
    command.env("BYTEPORT_BROKER_PASSWORD", broker.password()).env("BYTEPORT_BROKER_VHOST", broker.vhost());
    command.env("BYTEPORT_NAMESPACE", "my_garage").env("BYTEPORT_TIMEOUT", "60");
    command
}

/// A name that no other test has.
pub fn unique(name: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}-{}", std::process::id() % 100_000, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A command that listens.
pub struct Listener {
    pub child: Child,
    out: BufReader<ChildStdout>,
}

impl Listener {
    /// Has listened since it came back: a table's header says so.
    pub fn start(mut command: Command, args: &[&str]) -> Listener {
        let mut child =
            command.arg("listen").args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut listener = Listener { child, out };
        let header = listener.line();
        assert!(header.starts_with("received"), "{header:?}: {}", listener.end().err);
        listener
    }

    /// The next line.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    /// What else it prints until it ends, and how that is.
    pub fn end(mut self) -> Done {
        let rest: Vec<String> =
            std::iter::from_fn(|| Some(self.line()).filter(|line| !line.is_empty())).collect();
        let mut done = Done::from(self.child.wait_with_output().unwrap());
        done.out = rest.join("\n");
        done
    }
}
