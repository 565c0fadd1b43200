// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Where an outbox's file is, and the files beside it.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorCode, Result};

/// A path without symbolic links, so that everybody means the same neighbours.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub path: PathBuf,
}

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    pub fn of(metadata: &std::fs::Metadata) -> Identity {
        Identity { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Of the file at a path; `None` where there is none.
    pub fn at(path: &Path) -> io::Result<Option<Identity>> {
        match std::fs::metadata(path) {
            Ok(metadata) => Ok(Some(Identity::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The longest name of a file, in bytes: those beside it have up to 40 more, and a file system takes 255.
const LONGEST_NAME: usize = 200;

impl Place {
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a path that can never hold a file: its folder is missing, its name is too long, or
    /// there is a folder, a device, a pipe or a socket.
    pub fn of(path: &Path) -> Result<Place> {
        let bad = |why: String| Error::new(ErrorCode::InvalidArgument, why);
        let Some(name) = path.file_name().filter(|_| !path.is_dir()) else {
            return Err(bad(format!("{} is a folder: name a file for the outbox", path.display())));
        };
        if name.len() > LONGEST_NAME {
            let why =
                format!("the name of {} is too long: {LONGEST_NAME} bytes are the most", path.display());
            return Err(bad(why));
        }
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            return Err(bad(format!("{} is no file: name one for the outbox", path.display())));
        }
        if let Ok(path) = path.canonicalize() {
            return Ok(Place { path });
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // A link whose file is not there yet. Links that lead in a circle cannot be followed at all.
        if let (Ok(target), Err(error)) = (path.read_link(), path.metadata()) {
            return match error.kind() {
                io::ErrorKind::NotFound => Place::of(&folder.join(target)),
                _ => Err(bad(format!("the link {} leads nowhere", path.display())).because(error)),
            };
        }
        let folder = folder.canonicalize().map_err(|error| {
            let why = format!("the folder {} cannot be entered: make it, or name another", folder.display());
            bad(why).because(error)
        })?;
        Ok(Place { path: folder.join(name) })
    }

    /// The file beside it whose name ends so.
    pub fn with(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(self.path.as_os_str());
        name.push(suffix);
        PathBuf::from(name)
    }

    /// SQLite's write-ahead log.
    pub fn log(&self) -> PathBuf {
        self.with("-wal")
    }

    /// Who has the file.
    pub fn lock(&self) -> PathBuf {
        self.with("-lock")
    }

    /// Space that is kept for a full disk.
    pub fn reserve(&self) -> PathBuf {
        self.with("-reserve")
    }

    /// A file in the making.
    pub fn unfinished(&self) -> PathBuf {
        self.with("-new")
    }

    /// A whole file that is to take this one's place.
    pub fn finished(&self) -> PathBuf {
        self.with("-ready")
    }

    /// The folder of them all.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}
