// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A new file, made beside the path and renamed when it is whole and on the disk.
//!
//! Invariants: under the name of a finished file there is only ever a whole one. It takes the path's place only after what was
//! there, the write-ahead log first, is out of the way; a crash in between is made up for by [`install`] at the next opening.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::place::Place;
use super::totals::Kept;
use super::{NewBlock, Refused, rows, schema};
use crate::model::Timestamp;

/// So many files that were moved aside are kept; older ones are removed, for they would fill the disk in time.
const ASIDE: usize = 3;

/// A failure of SQLite or of the file system.
#[derive(Debug)]
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Io(io::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Sqlite(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// A file in the making.
pub(super) struct Builder {
    connection: Connection,
}

impl Builder {
    pub fn start(place: &Place) -> Result<Builder, Failure> {
        let path = place.unfinished();
        remove(&path)?;
        let connection = Connection::open(&path)?;
        // Nobody reads it before it is whole, and then it is forced onto the disk at once.
        connection.execute_batch(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=OFF; PRAGMA cache_size=-256;",
        )?;
        connection.pragma_update(None, "page_size", schema::PAGE as i64)?;
        connection.pragma_update(None, "journal_mode", "MEMORY")?;
        connection.execute_batch("BEGIN")?;
        schema::make(&connection)?;
        Ok(Builder { connection })
    }

    pub fn block(&self, block: &NewBlock) -> Result<(), Failure> {
        Ok(rows::put_block(&self.connection, block)?)
    }

    pub fn refused(&self, refused: &Refused) -> Result<(), Failure> {
        Ok(rows::put_refused(&self.connection, refused)?)
    }

    pub fn clock(&self, boot: &str, offset: i64) -> Result<(), Failure> {
        Ok(rows::put_clock(&self.connection, boot, offset)?)
    }

    /// The file is whole, on the disk, and has its finished name.
    pub fn finish(self, place: &Place, kept: &Kept) -> Result<(), Failure> {
        kept.put(&self.connection)?;
        self.connection.execute_batch("COMMIT")?;
        self.connection.pragma_update(None, "journal_mode", "WAL")?;
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(publish(place)?)
    }
}

/// Forces the file in the making onto the disk and gives it its finished name.
pub(super) fn publish(place: &Place) -> io::Result<()> {
    std::fs::File::open(place.unfinished())?.sync_all()?;
    std::fs::rename(place.unfinished(), place.finished())?;
    sync(place.folder())
}

/// Removes a database with what SQLite has beside it.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    ["", "-wal", "-shm", "-journal"].iter().try_for_each(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        remove_if_there(Path::new(&name))
    })
}

/// Removes the write-ahead log and its index.
pub(super) fn remove_log(place: &Place) -> io::Result<()> {
    remove_if_there(&place.log())?;
    remove_if_there(&place.with("-shm"))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Whether a finished file waits to take the path's place.
pub(super) fn is_waiting(place: &Place) -> bool {
    place.finished().exists()
}

/// What becomes of the file whose place is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Old {
    /// It is moved aside, under a name with this word and the time.
    Aside(&'static str),
    /// All of it is in the new one: it is removed.
    Removed,
}

/// Puts the finished file at the path; returns what the old one is called now, if there was any and it is kept.
pub(super) fn install(place: &Place, old: Old) -> io::Result<Option<PathBuf>> {
    let aside = match old {
        Old::Aside(word) => Some(aside_name(place, word)),
        Old::Removed => None,
    };
    let mut kept = clear(&place.log(), aside.as_deref(), "-wal")?;
    // The index of the write-ahead log is made anew from it.
    remove_if_there(&place.with("-shm"))?;
    imitate(&place.path, &place.finished());
    kept |= clear(&place.path, aside.as_deref(), "")?;
    std::fs::rename(place.finished(), &place.path)?;
    sync(place.folder())?;
    tidy(place);
    Ok(aside.filter(|_| kept))
}

/// The new file is open to the same people as the one whose place it takes, and to its owner in any case.
fn imitate(old: &Path, new: &Path) {
    let Ok(old) = std::fs::metadata(old) else { return };
    // What cannot be is not needed: only root can give files away.
    let _ = std::os::unix::fs::chown(new, Some(old.uid()), Some(old.gid()));
    let _ = std::fs::set_permissions(new, Permissions::from_mode(old.mode() & 0o777 | 0o600));
}

/// Moves a file aside, or removes it where it is empty or not to be kept; whether it is kept.
fn clear(path: &Path, aside: Option<&Path>, suffix: &str) -> io::Result<bool> {
    let is_empty = std::fs::metadata(path).map_or(0, |metadata| metadata.len()) == 0;
    let Some(aside) = aside.filter(|_| !is_empty) else {
        return remove_if_there(path).map(|()| false);
    };
    let mut to = aside.as_os_str().to_owned();
    to.push(suffix);
    std::fs::rename(path, to).map(|()| true)
}

/// A name that is not taken: `PATH.damaged-20260102T030405Z`, with a number where that is.
fn aside_name(place: &Place, word: &str) -> PathBuf {
    let now = Timestamp::now().to_iso8601();
    let second: String = now.chars().take(19).filter(|c| !matches!(c, '-' | ':')).collect();
    let name = format!(".{word}-{second}Z");
    let numbered = (2..100).map(|n| place.with(&format!("{name}-{n}")));
    let mut names = std::iter::once(place.with(&name)).chain(numbered);
    names.find(|path| !path.exists()).unwrap_or_else(|| place.with(&name))
}

/// Removes the oldest of those that were moved aside: names that tell when sort by time.
fn tidy(place: &Place) {
    let Some(name) = place.path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return };
    let Ok(entries) = std::fs::read_dir(place.folder()) else { return };
    let mut aside: Vec<(String, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let other = entry.file_name().to_string_lossy().into_owned();
            let rest = other.strip_prefix(&name)?;
            let when = rest.strip_prefix(".damaged-").or_else(|| rest.strip_prefix(".newer-"))?;
            (!when.ends_with("-wal")).then(|| (when.to_owned(), entry.path()))
        })
        .collect();
    while aside.len() > ASIDE {
        let Some((place, _)) = aside.iter().enumerate().min_by_key(|(_, named)| *named) else { return };
        let (_, path) = aside.swap_remove(place);
        log::warn!(target: "byteport::outbox", "{} is removed: {ASIDE} later ones are kept", path.display());
        let _ = remove(&path);
    }
}
