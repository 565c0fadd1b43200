// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Opening: the lock, the look at what is there, a new file where there is none, the rescue of a damaged one, the checks.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::build::{self, Builder, Failure, Old};
use super::kind::{self, Kind};
use super::lock::Lock;
use super::place::{Identity, Place};
use super::reserve::Reserve;
use super::room::Room;
use super::totals::Kept;
use super::{File, MovedAside, Opened, Trouble, forks, read, rescue, rows, schema};
use crate::error::{Error, ErrorCode};
use crate::outbox::file::sum::uint;

/// A file up to this size is read through at each opening; a longer one only after an end that was not clean.
const ALWAYS_CHECKED: u64 = 32 << 20;

/// Why a file could not be opened.
#[derive(Debug)]
pub(in crate::outbox) enum OpenError {
    /// The caller named a file that cannot be an outbox, or one that another has.
    Refused(Error),
    /// The disk is full, cannot be written, or fails: later it may be otherwise.
    Unusable(String),
}

impl File {
    /// Opens the file, or makes one; what cannot be used as it is, is rescued and moved aside.
    pub fn open(path: &Path, max_disk: u64) -> Result<Opened, OpenError> {
        open(path, max_disk, false)
    }

    /// As [`File::open`], for a file that turned out damaged while it was in use: it is rescued whatever it looks like.
    pub fn open_damaged(path: &Path, max_disk: u64) -> Result<Opened, OpenError> {
        open(path, max_disk, true)
    }
}

fn open(path: &Path, max_disk: u64, is_suspect: bool) -> Result<Opened, OpenError> {
    let place = Place::of(path).map_err(OpenError::Refused)?;
    let lock = Lock::take(&place)?;
    let failed = |error: Failure| unusable(&place, &error);
    let mut aside = None;
    if build::is_waiting(&place) {
        build::install(&place, Old::Aside("damaged")).map_err(|error| failed(error.into()))?;
    }
    match kind::look(&place).map_err(|error| failed(error.into()))? {
        Kind::Foreign => return Err(foreign(&place)),
        Kind::Nothing => create(&place).map_err(failed)?,
        Kind::Ours if !is_suspect => {}
        Kind::Ours => {
            aside = Some(rescue::rescue(&place, "it turned out damaged in use", false).map_err(failed)?)
        }
        Kind::Damaged(why) => aside = Some(rescue::rescue(&place, why, false).map_err(failed)?),
        Kind::Newer(version) => {
            let why = format!("its version is {version}, this library knows {}", schema::VERSION);
            aside = Some(rescue::rescue(&place, &why, true).map_err(failed)?);
        }
    }
    let opened = match connect(&place, max_disk) {
        Err(Trouble::Damaged(why)) if aside.is_none() => {
            aside = Some(rescue::rescue(&place, &why, false).map_err(failed)?);
            connect(&place, max_disk)
        }
        opened => opened,
    };
    let connected = opened.map_err(|trouble| OpenError::Unusable(trouble.text().to_owned()))?;
    assemble(connected, place, lock, aside)
}

/// A connection, and what was read through it.
pub(super) struct Connected {
    pub connection: Connection,
    pub room: Room,
    pub identity: Identity,
    kept: Kept,
    quarantine_bytes: u64,
    clocks: HashMap<String, i64>,
}

fn assemble(
    from: Connected,
    place: Place,
    lock: Lock,
    moved_aside: Option<MovedAside>,
) -> Result<Opened, OpenError> {
    let mut reserve = Reserve::new(place.reserve(), from.room.reserve_bytes());
    reserve.make();
    let file = File {
        connection: from.connection,
        identity: from.identity,
        room: from.room,
        reserve,
        synchronous: false,
        commits: from.kept.commits,
        quarantine_bytes: from.quarantine_bytes,
        place,
        is_gone: false,
        lock,
    };
    Ok(Opened { file, clean: from.kept.clean, totals: from.kept.totals, clocks: from.clocks, moved_aside })
}

/// Opens the file, which has all of its tables, and checks it.
pub(super) fn connect(place: &Place, max_disk: u64) -> Result<Connected, Trouble> {
    let trouble = |error: rusqlite::Error| Trouble::of(&error, &place.path);
    let gone = |why: String| Trouble::Io(format!("{} cannot be read ({why})", place.path.display()));
    let room = Room { max_disk };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&place.path, flags).map_err(trouble)?;
    schema::tune_owner(&connection, &room).map_err(trouble)?;
    forks::look(&connection).map_err(trouble)?;
    let identity = Identity::at(&place.path).map_err(|error| gone(error.to_string()))?;
    let identity = identity.ok_or_else(|| gone("it was removed".to_owned()))?;
    let read = read_all(&connection).map_err(trouble)?;
    let (kept, quarantine_bytes, clocks) =
        read.map_err(|why| Trouble::Damaged(format!("{} is damaged ({why})", place.path.display())))?;
    Ok(Connected { connection, room, identity, kept, quarantine_bytes, clocks })
}

type Contents = (Kept, u64, HashMap<String, i64>);

/// What is kept in memory of a file, once it was checked; or what is wrong with it.
fn read_all(connection: &Connection) -> rusqlite::Result<Result<Contents, String>> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != schema::VERSION {
        return Ok(Err(format!("its version is {version}")));
    }
    if !schema::is_whole(connection)? {
        return Ok(Err("its tables are not what was written".to_owned()));
    }
    let Some(kept) = Kept::read(connection)? else {
        return Ok(Err("its totals are not what was written".to_owned()));
    };
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if !kept.clean || uint(pages) * schema::PAGE <= ALWAYS_CHECKED {
        if let Some(problem) = check(connection)?.pop() {
            return Ok(Err(problem));
        }
    }
    Ok(Ok((kept, rows::quarantine_bytes(connection)?, read::clocks(connection)?)))
}

/// What SQLite finds wrong with a file; one sentence for each problem, a few at the most.
pub(super) fn check(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA quick_check(4)")?;
    let found = statement.query_map([], |row| row.get::<_, String>(0))?;
    let found: Vec<String> = found.collect::<rusqlite::Result<_>>()?;
    let found = found.iter().flat_map(|text| text.lines()).map(str::trim);
    Ok(found.filter(|line| *line != "ok" && !line.is_empty()).map(str::to_owned).collect())
}

fn create(place: &Place) -> Result<(), Failure> {
    Builder::start(place)?.finish(place, &Kept::default())?;
    build::install(place, Old::Removed)?;
    Ok(())
}

fn foreign(place: &Place) -> OpenError {
    let message = format!(
        "{} is a database of another program, and is left as it is: name another file for the outbox",
        place.path.display()
    );
    OpenError::Refused(Error::new(ErrorCode::InvalidArgument, message))
}

fn unusable(place: &Place, error: &Failure) -> OpenError {
    OpenError::Unusable(match error {
        Failure::Sqlite(error) => Trouble::of(error, &place.path).text().to_owned(),
        Failure::Io(error) => format!(
            "{} cannot be read or made: see that its folder may be written and has room ({error})",
            place.path.display()
        ),
    })
}
