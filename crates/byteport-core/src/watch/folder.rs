// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is in the watched directory, as the disk tells it.
//!
//! Invariant: no entry is opened. What a pipe or a device would do then is unknown.

use std::ffi::OsString;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds and nanoseconds since 1970.
type Time = (i64, i64);

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    inode: u64,
    size: u64,
    modified: Time,
    changed: Time,
}

impl Signature {
    fn new(metadata: &Metadata) -> Signature {
        Signature {
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    #[cfg(test)]
    pub(super) fn of_size(size: u64) -> Signature {
        Signature { inode: 1, size, modified: (0, 0), changed: (0, 0) }
    }

    /// When the content was changed last.
    pub(super) fn modified(&self) -> Time {
        self.modified
    }

    /// Whether the content was changed before `time`.
    pub(super) fn is_older_than(&self, time: Time) -> bool {
        self.modified < time
    }
}

/// The clock of files, one second ago.
pub(super) fn one_second_ago() -> Time {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (i64::try_from(now.as_secs()).unwrap_or(i64::MAX) - 1, i64::from(now.subsec_nanos()))
}

/// The regular file at `path`, links followed; `None` if there is none, or something else.
pub(super) fn look_at(path: &Path) -> io::Result<Option<Signature>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file().then(|| Signature::new(&metadata))),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the error says that nothing is there.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What tells one directory from another that takes its place.
pub(super) fn identity(directory: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::metadata(directory)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// The names of all that is in the directory and may be a regular file, or a link to one.
pub(super) fn list(directory: &Path) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if may_be_file(&entry) {
            names.push(entry.file_name());
        }
    }
    Ok(names)
}

/// The kind that the directory itself holds; where it holds none, the file is looked at.
fn may_be_file(entry: &DirEntry) -> bool {
    entry.file_type().map_or(true, |kind| kind.is_file() || kind.is_symlink())
}
