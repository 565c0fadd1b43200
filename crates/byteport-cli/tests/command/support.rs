// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Starting the programs.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use rustix::process::{Pid, Signal};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tempfile::TempDir;

pub const BYTEPORT: &str = env!("CARGO_BIN_EXE_byteport");
pub const KEY: &str = "Kq7-write-key-of-the-test";
pub const USER: &str = "tester@example.org";
pub const PASSWORD: &str = "Pw5-password-of-the-test";

const SEED: &str = r#"
[[users]]
name = "tester@example.org"
password = "Pw5-password-of-the-test"
namespaces = ["garage"]

[[namespaces]]
name = "garage"
write_key = "Kq7-write-key-of-the-test"
http_write_method = "both"

[[namespaces.device_types]]
name = "thermometer"
description = "Measures the air"

[[namespaces.device_types.field_definitions]]
name = "temperature"
data_type = "number"
unit = "degree Celsius"
unit_symbol = "°C"

[[namespaces.device_types.firmware]]
version = "1.0"
enabled = false
file = "old.bin"

[[namespaces.device_types.firmware]]
version = "2.0"
enabled = true
file = "new.bin"

[[namespaces.devices]]
uid = "wall-1"
device_type = "thermometer"
access_key = "Ak9-access-key-of-the-test"

[[namespaces]]
name = "cellar"
write_key = "Kq7-write-key-of-the-test"
"#;

pub const ACCESS_KEY: &str = "Ak9-access-key-of-the-test";

/// The newest firmware of the type that the seed has.
pub fn image() -> Vec<u8> {
    (0..300_000_u32).map(|i| (i % 251) as u8).collect()
}

/// A server of this test's own, on a free port, with the namespaces `garage`, which the user may see, and `cellar`.
pub struct Server {
    child: Child,
    folder: TempDir,
    pub url: String,
}

impl Server {
    pub fn start() -> Server {
        let folder = TempDir::new().unwrap();
        let seed = folder.path().join("seed.toml");
        std::fs::write(&seed, SEED).unwrap();
        std::fs::write(folder.path().join("old.bin"), b"old").unwrap();
        std::fs::write(folder.path().join("new.bin"), image()).unwrap();
        let mut command = Command::new(server_program());
        command.arg("--data").arg(folder.path().join("data")).arg("--seed").arg(&seed);
        command.args(["--listen", "127.0.0.1:0", "--log-level", "error"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("byteport-server listening on ").map(str::to_owned);
        let url = url.unwrap_or_else(|| panic!("byteport-server did not start: {line:?}"));
        Server { child, folder, url }
    }

    /// A folder that only this test uses: the command's home.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// The command, set up for this server and for nothing of the machine that runs the test.
    pub fn command(&self) -> Command {
        let mut command = bare(self.folder.path());
        command
            .env("BYTEPORT_HOST", &self.url)
            .env("BYTEPORT_NAMESPACE", "garage")
            .env("BYTEPORT_DEVICE", "cart");
        command.env("BYTEPORT_KEY", KEY).env("BYTEPORT_USER", USER).env("BYTEPORT_PASSWORD", PASSWORD);
        command
    }

    pub fn run(&self, args: &[&str]) -> Done {
        run(self.command().args(args))
    }

    /// Runs what must succeed and gives its standard output.
    pub fn ok(&self, args: &[&str]) -> String {
        self.run(args).ok()
    }

    pub fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command without any setting, at home in a folder of the test's.
pub fn bare(home: &Path) -> Command {
    let mut command = Command::new(BYTEPORT);
    command.env_clear().env("HOME", home).stdin(Stdio::null());
    command
}

/// The server's program lies beside ours, for one workspace is built into one folder.
fn server_program() -> PathBuf {
    let program = Path::new(BYTEPORT).with_file_name("byteport-server");
    assert!(program.exists(), "{} is missing: run `cargo build -p byteport-server` first", program.display());
    program
}

/// What a command has done.
pub struct Done {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Done {
    pub fn ok(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// The command failed with this status, printed nothing, and said why in one line that holds each of the parts.
    #[track_caller]
    pub fn fails(self, status: i32, parts: &[&str]) {
        assert_eq!((self.status, self.out.as_str()), (status, ""), "{}", self.err);
        assert!(self.err.starts_with("byteport: ") && self.err.lines().count() == 1, "{}", self.err);
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in: {}", self.err);
        }
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Done {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done {
            status: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

pub fn run(command: &mut Command) -> Done {
    command.output().unwrap().into()
}

/// Runs with a text on standard input.
pub fn run_with(command: &mut Command, input: &str) -> Done {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

/// Something that is no Byteport service: gives every caller these bytes, or, without bytes, never answers. Its URL.
pub fn stranger(answer: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming().map_while(Result::ok) {
            match answer {
                Some(answer) => reply(stream, answer),
                None => silent.push(stream),
            }
        }
    });
    url
}

/// As [`stranger`], that answers with JSON text to every call, the login's too.
pub fn service(json: &str) -> String {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nSet-Cookie: csrftoken=x\r\nSet-Cookie: sessionid=y\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{json}",
        json.len()
    );
    stranger(Some(answer.leak()))
}

/// As [`stranger`], that says each time when it has given its answer, and then keeps the connection as it is.
pub fn halting(answer: &'static str) -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, halts) = mpsc::channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(answer.as_bytes());
            open.push(stream);
            let _ = told.send(());
        }
    });
    (url, halts)
}

/// A terminal: our side of it, and what opens the other.
pub fn terminal() -> (File, impl Fn() -> Stdio) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    let side = move || Stdio::from(File::options().read(true).write(true).open(&name).unwrap());
    (File::from(terminal), side)
}

/// What a terminal shows until the other side is closed, which makes reading fail.
pub fn screen(mut terminal: File) -> String {
    let (mut screen, mut bytes) = (Vec::new(), [0; 4096]);
    while let Ok(got @ 1..) = terminal.read(&mut bytes) {
        screen.extend_from_slice(&bytes[..got]);
    }
    String::from_utf8(screen).unwrap()
}

/// Sends a signal to a command that runs.
pub fn signal(child: &Child, signal: Signal) {
    rustix::process::kill_process(Pid::from_child(child), signal).unwrap();
}

/// Where the session of a host is kept, below a home.
pub fn session_file(home: &Path, url: &str) -> PathBuf {
    let name = url.replacen("://", "-", 1).replace(':', "%3a");
    home.join(".local/state/byteport").join(format!("{name}.session"))
}

/// Keeps a session of somebody's that no login has brought.
pub fn keep_session(home: &Path, url: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = session_file(home, url);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let session = r#""session":{"csrftoken":"Ct3-of-the-test","sessionid":"Si3-of-the-test"}"#;
    std::fs::write(&file, format!(r#"{{"origin":"{url}","user":"{USER}",{session}}}"#)).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn reply(mut stream: TcpStream, answer: &str) {
    let mut request = [0; 8192];
    if stream.read(&mut request).is_ok_and(|got| got > 0) {
        let _ = stream.write_all(answer.as_bytes());
    }
}
