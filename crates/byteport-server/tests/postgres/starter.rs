// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A running PostgreSQL: one for all tests, and one each for those that kill it. It ends with this
//! process, however that ends.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres.sh");

/// A running PostgreSQL.
pub struct Postgres {
    pub folder: PathBuf,
    /// Without the database's name.
    address: String,
    made: AtomicU32,
}

/// The one that all tests share.
pub fn shared() -> &'static Postgres {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    SHARED.get_or_init(Postgres::start)
}

impl Postgres {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let mut postgres = Self { folder, address: String::new(), made: AtomicU32::new(0) };
        postgres.restart();
        postgres
    }

    /// Starts it again on what it has on the disk.
    pub fn restart(&mut self) {
        let said = self.script(&["start"], &["--with", &std::process::id().to_string()]);
        let address = said.trim().strip_prefix("BYTEPORT_POSTGRES=").expect("an address");
        self.address = address.strip_suffix("/postgres").expect("a database").to_owned();
    }

    pub fn kill(&self) {
        self.script(&["kill"], &[]);
    }

    pub fn stop(&self) {
        self.script(&["stop"], &[]);
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Makes a new database; gives its address.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name}"));
        format!("{}/{name}", self.address)
    }

    /// Runs a statement in the database that is always there.
    pub fn run(&self, sql: &str) {
        let mut client = postgres::Client::connect(&format!("{}/postgres", self.address), postgres::NoTls)
            .expect("connects");
        client.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    fn script(&self, action: &[&str], more: &[&str]) -> String {
        let output = Command::new(SCRIPT).args(action).arg(&self.folder).args(more).output().expect("runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{action:?}: {error}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
