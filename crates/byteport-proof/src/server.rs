// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A real `byteport-server` with a data folder of its own, which can be killed and started again.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::numbered::{KEY, LEGACY_KEY, NAMESPACE};

/// Who may read what was stored.
pub const USER: &str = "reader@example.org";
/// The reader's password.
pub const PASSWORD: &str = "Pw5-password-of-the-proof";

/// The server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    folder: TempDir,
    program: PathBuf,
    /// Where it listens now; another port after each start.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the program that lies beside `program`, one of this package's own: one workspace is built into one folder.
    pub fn start(program: &str) -> Server {
        let program = Path::new(program).with_file_name("byteport-server");
        assert!(program.exists(), "{}: run `cargo build -p byteport-server` first", program.display());
        let folder = TempDir::new().unwrap();
        let seed = folder.path().join("seed.toml");
        std::fs::write(&seed, seed_text()).unwrap();
        let (child, address) = launch(&program, folder.path(), &seed);
        Server { child, folder, program, address }
    }

    /// Ends it without warning (SIGKILL).
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same data.
    pub fn restart(&mut self) {
        (self.child, self.address) =
            launch(&self.program, self.folder.path(), &self.folder.path().join("seed.toml"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn seed_text() -> String {
    format!(
        r#"
[[users]]
name = "{USER}"
password = "{PASSWORD}"
namespaces = ["{NAMESPACE}"]

[[namespaces]]
name = "{NAMESPACE}"
write_key = "{KEY}"
legacy_key = "{LEGACY_KEY}"
http_write_method = "both"
"#
    )
}

fn launch(program: &Path, folder: &Path, seed: &Path) -> (Child, SocketAddr) {
    let mut command = Command::new(program);
    command.arg("--data").arg(folder.join("data")).args([
        "--listen",
        "127.0.0.1:0",
        "--log-level",
        "error",
        "--seed",
    ]);
    command.arg(seed);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("byteport-server listening on http://");
    let address = address.unwrap_or_else(|| panic!("byteport-server did not start: {line:?}"));
    (child, address.parse().unwrap())
}
