// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A copy of a damaged file, with its write-ahead log folded in and a first page that is sound.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::super::build::{self, Failure};
use super::super::place::Place;
use super::super::schema::{self, PAGE};

/// Where the first page says how it is written and read, and how many pages there are.
const WRITTEN_BY: usize = 18;
const PAGES: usize = 28;
/// By a write-ahead log, and by a journal.
const LOG: u8 = 2;
const JOURNAL: u8 = 1;

/// The copy, removed when dropped.
pub(super) struct Copy {
    path: PathBuf,
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = build::remove(&self.path);
    }
}

impl Copy {
    /// Copies; what makes the first page of a newer version is not known here, so it stays.
    pub fn make(place: &Place, is_newer: bool) -> Result<Copy, Failure> {
        let copy = Copy { path: place.with("-copy") };
        build::remove(&copy.path)?;
        copy_if_there(&place.path, &copy.path)?;
        copy_if_there(&place.log(), &copy.beside("-wal"))?;
        let first = (!is_newer).then(|| template(&copy.beside("-first"))).transpose()?;
        copy.mend(first.as_deref(), LOG)?;
        // A log that cannot be folded in is left out: what it would replace is still there.
        let _ = fold(&copy.path);
        for suffix in ["-wal", "-shm"] {
            build::remove(&copy.beside(suffix))?;
        }
        copy.mend(first.as_deref(), JOURNAL)?;
        Ok(copy)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    }

    /// Makes it whole pages long, and writes the first one.
    fn mend(&self, first: Option<&[u8]>, by: u8) -> io::Result<()> {
        let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&self.path)?;
        let pages = file.metadata()?.len().div_ceil(PAGE).max(1);
        file.set_len(pages * PAGE)?;
        if let Some(first) = first {
            file.write_all(first)?;
            file.seek(SeekFrom::Start(PAGES as u64))?;
            file.write_all(&u32::try_from(pages).unwrap_or(u32::MAX).to_be_bytes())?;
        }
        file.seek(SeekFrom::Start(WRITTEN_BY as u64))?;
        file.write_all(&[by, by])
    }
}

fn copy_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::copy(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::fs::File::create(to).map(drop),
        copied => copied.map(drop),
    }
}

/// The first page of a file without rows: the tables are the same in every file, and so are the pages where they begin.
fn template(path: &Path) -> Result<Vec<u8>, Failure> {
    build::remove(path)?;
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", PAGE as i64)?;
    schema::make(&connection)?;
    connection.close().map_err(|(_, error)| error)?;
    let mut page = std::fs::read(path)?;
    page.truncate(PAGE as usize);
    build::remove(path)?;
    Ok(page)
}

fn fold(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=0;")?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
