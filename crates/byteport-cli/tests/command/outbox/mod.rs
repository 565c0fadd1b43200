// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing through an outbox, and looking into its file.

mod broker;
mod file;
mod lines;
mod output;
mod store;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::{Done, Server, run};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";
const NOT_FOUND: &str = "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n";

/// A server, and the path of an outbox.
struct Place {
    server: Server,
    file: PathBuf,
}

impl Place {
    fn new() -> Place {
        let server = Server::start();
        let file = server.home().join("readings.outbox");
        Place { server, file }
    }

    fn path(&self) -> &str {
        self.file.to_str().unwrap()
    }

    /// The command, at a host.
    fn at(&self, host: &str) -> Command {
        let mut command = self.server.command();
        command.env("BYTEPORT_HOST", host);
        command
    }

    /// Stores through the outbox.
    fn store(&self, host: &str, args: &[&str]) -> Done {
        run(self.at(host).args(["store", "--outbox", self.path()]).args(args))
    }

    /// A command about the outbox.
    fn about(&self, what: &str, args: &[&str]) -> Done {
        self.server.run(&[&["outbox", what, self.path()], args].concat())
    }

    fn stat(&self) -> Value {
        serde_json::from_str(&self.about("stat", &["--format", "json"]).ok()).unwrap()
    }

    /// The figures of `accepted = delivered + queued + quarantined + dropped`.
    #[track_caller]
    fn holds(&self, accepted: u64, delivered: u64, queued: u64, quarantined: u64) {
        let stat = self.stat();
        let figures =
            ["accepted", "delivered", "queued", "quarantined"].map(|name| stat[name].as_u64().unwrap());
        assert_eq!(figures, [accepted, delivered, queued, quarantined], "{stat}");
        assert_eq!(accepted - delivered - queued - quarantined, stat["dropped"]["total"].as_u64().unwrap());
    }

    fn series(&self, field: &str) -> Vec<String> {
        let args = ["read", &format!("cart.{field}"), "--from", "2015-05-01", "--to", "2015-05-02"];
        let text = self.server.ok(&[&args[..], &["--format", "csv"]].concat());
        text.lines().skip(1).map(str::to_owned).collect()
    }
}
