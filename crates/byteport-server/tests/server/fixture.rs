// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A running server: start, stop, kill, start again on the same folder.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use byteport_server::store::Connection;
use byteport_server::values;
use tempfile::TempDir;

use crate::client::Client;
use crate::engine;

pub const KEY: &str = "w-key-5ecret";
pub const DEVICE_KEY: &str = "d-key-5ecret";
pub const LEGACY_KEY: &str = "l-key-5ecret";
pub const READ_KEY: &str = "r-key-5ecret";
pub const USER: &str = "admin@example.org";
pub const PASSWORD: &str = "pass word&=5ecret";

/// A namespace of each kind, and a user who may see the first two.
pub const SEED: &str = r#"
[[users]]
name = "admin@example.org"
password = "pass word&=5ecret"
namespaces = ["my_garage", "test"]

[[users]]
name = "guest"
password = "guest-5ecret"

[[namespaces]]
name = "my_garage"
description = "The garage"
write_key = "w-key-5ecret"
read_key = "r-key-5ecret"
legacy_key = "l-key-5ecret"
http_write_method = "both"
data_survival_time = 180
[[namespaces.device_types]]
name = "thermometer"
[[namespaces.device_types.field_definitions]]
name = "temp"
data_type = "number"
[[namespaces.device_types.field_definitions]]
name = "label"
data_type = "string"
[[namespaces.device_types.firmware]]
version = "1.0"
[[namespaces.devices]]
uid = "reg1"
device_type = "thermometer"
access_key = "d-key-5ecret"

[[namespaces]]
name = "test"
write_key = "w-key-5ecret"

[[namespaces]]
name = "secluded"
write_key = "w-key-5ecret"
http_write_method = "both"

[[namespaces]]
name = "only_get"
write_key = "w-key-5ecret"
http_write_method = "get"

[[namespaces]]
name = "writes_off"
write_key = "w-key-5ecret"
legacy_key = "l-key-5ecret"
http_write_method = "off"

[[namespaces]]
name = "no_keys"
write_key = "w-key-5ecret"
legacy_key = "l-key-5ecret"
http_write_method = "both"
write_by_key = false

[[namespaces]]
name = "strict_one"
write_key = "w-key-5ecret"
legacy_key = "l-key-5ecret"
http_write_method = "both"
registered_only = true
[[namespaces.devices]]
uid = "known"
"#;

const DEADLINE: Duration = Duration::from_secs(60);

pub struct Server {
    pub folder: TempDir,
    pub address: String,
    /// What the server's `--data` is.
    pub place: String,
    child: Child,
    arguments: Vec<String>,
}

/// The program with these arguments, not started.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_byteport-server"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

impl Server {
    /// With the usual seed.
    pub fn start() -> Self {
        Self::with(SEED, &[])
    }

    /// With a seed of one's own and more arguments.
    pub fn with(seed: &str, arguments: &[&str]) -> Self {
        Self::within(tempfile::tempdir().expect("a folder"), seed, arguments)
    }

    /// The same in a folder that holds what the seed names.
    pub fn within(folder: TempDir, seed: &str, arguments: &[&str]) -> Self {
        let place = engine::place(folder.path());
        Self::at(place, folder, seed, arguments)
    }

    /// The same with a database that may be there already.
    pub fn at(place: String, folder: TempDir, seed: &str, arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        Self::spawned(place, folder, seed, arguments, program(&[]))
    }

    /// The same, started by a command of one's own; a restart is without it.
    pub fn spawned(
        place: String,
        folder: TempDir,
        seed: &str,
        arguments: Vec<String>,
        command: Command,
    ) -> Self {
        fs::write(folder.path().join(seed_name(seed)), seed).expect("the seed is written");
        let (child, address) = spawn(folder.path(), &place, &arguments, command);
        Self { folder, address, place, child, arguments }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// A client with the session of the usual user.
    pub fn logged_in(&self) -> Client {
        let mut client = self.client();
        assert_eq!(client.login(USER, PASSWORD).status, 200);
        client
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn database(&self) -> Connection {
        engine::connect(&self.place)
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM \"{table}\"");
        self.database().query_one(&sql, values![], |row| row.get(0)).expect("a count")
    }

    /// A table's rows, each as one text.
    pub fn rows(&self, table: &str) -> Vec<String> {
        engine::rows(&self.database(), table)
    }

    /// Everything that went to standard error, of all starts.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }

    /// Waits until a line is in the log, not for ever.
    pub fn wait_for_log(&self, text: &str) {
        let start = Instant::now();
        while !self.log().contains(text) {
            assert!(start.elapsed() < DEADLINE, "no {text:?} in the log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    /// Waits for the end, not for ever.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < DEADLINE {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server does not end; its log:\n{}", self.log());
    }

    pub fn terminate(&mut self) -> ExitStatus {
        self.signal("-TERM");
        self.wait()
    }

    pub fn kill(&mut self) {
        self.signal("-KILL");
        self.wait();
    }

    /// Starts again on the same folder; the old process must have ended.
    pub fn restart(&mut self) {
        (self.child, self.address) = spawn(self.folder.path(), &self.place, &self.arguments, program(&[]));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        engine::release(&self.place);
    }
}

fn seed_name(seed: &str) -> &'static str {
    if seed.starts_with('{') { "seed.json" } else { "seed.toml" }
}

fn spawn(folder: &Path, place: &str, arguments: &[String], mut command: Command) -> (Child, String) {
    let text = |name: &str| folder.join(name).to_str().expect("a plain path").to_owned();
    let log = File::options().create(true).append(true).open(folder.join("log")).expect("a log");
    let json = folder.join("seed.json").exists();
    let seed = text(if json { "seed.json" } else { "seed.toml" });
    command.args(["--data", place, "--seed", &seed, "--listen", "127.0.0.1:0"]);
    command.args(engine::arguments(folder));
    command.args(arguments).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().expect("the program starts");
    let mut line = String::new();
    let out = child.stdout.take().expect("standard output");
    BufReader::new(out).read_line(&mut line).expect("a line");
    let address = line.trim_end().strip_prefix("byteport-server listening on http://");
    let address = address.unwrap_or_else(|| {
        panic!("start line {line:?}; log:\n{}", fs::read_to_string(folder.join("log")).unwrap_or_default())
    });
    (child, address.to_owned())
}
