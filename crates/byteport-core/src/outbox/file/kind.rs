// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is at a path, seen without changing a bit of it.

use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::place::Place;
use super::schema::{self, APPLICATION, VERSION};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    Ours,
    /// Ours, of a version that is not known here.
    Newer(u32),
    /// Not what this library wrote, or no longer.
    Damaged(&'static str),
    /// A database of another program.
    Foreign,
}

const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER: usize = 100;
/// Why a file is taken for damaged that does not begin as one.
pub(super) const NO_DATABASE: &str = "it is not a database";
/// What a write-ahead log without content is long at the most.
const EMPTY_LOG: u64 = 32;

/// Looks at the first bytes, and, where they are those of a database that is not marked as ours, at its tables.
pub(super) fn look(place: &Place) -> io::Result<Kind> {
    let header = header(&place.path)?;
    let has_log = std::fs::metadata(place.log()).is_ok_and(|log| log.len() > EMPTY_LOG);
    Ok(match header.as_slice() {
        [] if has_log => Kind::Damaged("only its write-ahead log is there"),
        [] => Kind::Nothing,
        short if short.len() < HEADER => Kind::Damaged("it is shorter than a header"),
        whole if !whole.starts_with(MAGIC) => Kind::Damaged(NO_DATABASE),
        whole if number(whole, 68) == APPLICATION => match number(whole, 60) {
            VERSION => Kind::Ours,
            0 => Kind::Damaged("its version is not what was written"),
            newer => Kind::Newer(newer),
        },
        _ => unmarked(place, has_log),
    })
}

fn header(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::with_capacity(HEADER);
    match std::fs::File::open(path) {
        Ok(file) => file.take(HEADER as u64).read_to_end(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(header)
}

fn number(header: &[u8], at: usize) -> u32 {
    header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// A database without our mark: another program's, or ours with damage in just that place.
fn unmarked(place: &Place, has_log: bool) -> Kind {
    match tables(&place.path) {
        Ok(names) if names == schema::NAMES => Kind::Damaged("its mark is not what was written"),
        Ok(names) if names.is_empty() && !has_log => Kind::Nothing,
        Ok(_) => Kind::Foreign,
        Err(_) => Kind::Damaged("it is a damaged database without the mark of an outbox"),
    }
}

/// The names of the tables; the write-ahead log is left out, for reading it would leave traces.
fn tables(path: &Path) -> rusqlite::Result<Vec<String>> {
    let connection = open_still(path)?;
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema ORDER BY rowid")?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}

/// Opens a database that nobody writes, without a lock, a log or anything else beside it.
pub(super) fn open_still(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(still_uri(path), flags)
}

fn still_uri(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let path =
        percent_encoding::percent_encode(path.as_os_str().as_bytes(), percent_encoding::NON_ALPHANUMERIC);
    format!("file:{path}?immutable=1").replace("%2F", "/")
}
