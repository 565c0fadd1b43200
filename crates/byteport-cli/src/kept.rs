// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The session that `login` keeps for the commands after it: one file for each host, in the folder for state.
//!
//! Invariants: nobody but the user can read the file, or it is not used; it is replaced in one step; nothing of the session is
//! ever shown.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use byteport_core::http::SavedSession;
use byteport_core::{Error, ErrorCode};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::geteuid;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::config;
use crate::exit::Failure;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A session, and whose it is.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// Scheme, host and port.
    origin: String,
    pub user: String,
    pub session: SavedSession,
}

impl Kept {
    pub fn new(origin: &str, user: &str, session: SavedSession) -> Kept {
        Kept { origin: origin.to_owned(), user: user.to_owned(), session }
    }

    /// The session that is kept for a host.
    pub fn load(origin: &str) -> Result<Option<Kept>, Failure> {
        let Some(path) = path(origin) else { return Ok(None) };
        let Some(text) = read(&path).map_err(|why| not_used(&path, &why))? else { return Ok(None) };
        let kept: Kept = serde_json::from_str(&text).map_err(|_| not_used(&path, "it is damaged"))?;
        if kept.origin == origin { Ok(Some(kept)) } else { Err(not_used(&path, "it is another host's")) }
    }

    /// Keeps it, in place of any other of that host.
    pub fn save(&self) -> Result<(), Failure> {
        let Some(path) = path(&self.origin) else {
            return Err(unwritable("there is no folder for it: set HOME or XDG_STATE_HOME"));
        };
        self.write(&path).map_err(|error| unwritable(&format!("{}: {error}", path.display())))
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = NamedTempFile::new_in(folder)?; // of mode 0600
        serde_json::to_writer(&mut file, self)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }

    /// Forgets the session of a host, whatever its file is.
    pub fn forget(origin: &str) -> Result<(), Failure> {
        let Some(path) = path(origin) else { return Ok(()) };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let why = format!("the session in {} cannot be removed: {error}", path.display());
                Err(Error::new(ErrorCode::File, why).into())
            }
            _ => Ok(()),
        }
    }
}

/// Where the session of a host is kept.
fn path(origin: &str) -> Option<PathBuf> {
    let folder = config::folder("XDG_STATE_HOME", ".local/state")?;
    Some(folder.join("byteport").join(format!("{}.session", file_name(origin))))
}

/// A name of its own for each origin, such as `https-api.byteport.se`.
fn file_name(origin: &str) -> String {
    let mut name = String::new();
    for byte in origin.replacen("://", "-", 1).to_ascii_lowercase().bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02x}")),
        }
    }
    name
}

/// The text of a file that is the user's own and nobody else's; none where there is no file.
fn read(path: &Path) -> Result<Option<String>, String> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).map_err(|error| error.to_string())?;
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if Errno::from_io_error(&error) == Some(Errno::LOOP) => {
            return Err("it is a symbolic link".into());
        }
        Err(error) => return Err(error.to_string()),
    };
    check(&file.metadata().map_err(|error| error.to_string())?)?;
    text(file).map(Some).map_err(|error| error.to_string())
}

fn check(data: &Metadata) -> Result<(), String> {
    if !data.is_file() {
        return Err("it is no file".into());
    }
    if data.uid() != geteuid().as_raw() {
        return Err("it belongs to another user".into());
    }
    if data.mode() & 0o077 != 0 {
        return Err("other users may read it".into());
    }
    Ok(())
}

fn text(file: File) -> io::Result<String> {
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

fn not_used(path: &Path, why: &str) -> Failure {
    let path = path.display();
    let message = format!(
        "the session in {path} is not used, for {why}: remove it, and log in again with byteport login"
    );
    Error::new(ErrorCode::File, message).into()
}

fn unwritable(why: &str) -> Failure {
    Error::new(ErrorCode::File, format!("the session cannot be kept: {why}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_origin_has_a_file_of_its_own() {
        let origins = [
            "https://a",
            "http://a",
            "http://a:80",
            "http://a%3a80",
            "http://[::1]:8000",
            "http://a/../b",
            "https://A_b",
        ];
        let names: std::collections::BTreeSet<String> =
            origins.iter().map(|origin| file_name(origin)).collect();
        assert_eq!(names.len(), origins.len());
        assert!(names.iter().all(|name| !name.contains('/')));
        assert_eq!(file_name("https://api.byteport.se"), "https-api.byteport.se");
    }
}
