// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The tables, and the steps from one version of them to the next.
//!
//! Invariants: only the owner may read a file that is made here; `PRAGMA user_version` counts the steps
//! that were taken ([`pg::schema`](super::pg::schema) is the same for PostgreSQL); steps are only ever
//! appended; a file that a newer server made is refused. A value's row is found by field and
//! microsecond, so that writing it again replaces it. `field.texts` counts the field's values that
//! are not numbers; whoever writes values keeps it.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use super::FILE_NAME;
use crate::fatal::Fatal;
use crate::series::number;

/// What brings the tables one version further.
pub struct Step {
    /// For either engine, in SQLite's words.
    pub tables: &'static str,
    /// What SQLite has to do besides; PostgreSQL came later.
    sqlite: &'static str,
}

/// Statements that a connection keeps prepared.
pub const STATEMENTS: usize = 64;

/// All steps.
pub const STEPS: &[Step] = &[
    Step {
        tables: "
CREATE TABLE namespace (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    data_survival_time TEXT,
    http_write_method TEXT NOT NULL DEFAULT 'post'
        CHECK (http_write_method IN ('off', 'get', 'post', 'both')),
    write_by_key INTEGER NOT NULL DEFAULT 1,
    write_key TEXT,
    read_by_key INTEGER NOT NULL DEFAULT 0,
    read_key TEXT,
    legacy_key TEXT,
    registered_only INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE device_type (
    id INTEGER PRIMARY KEY,
    namespace_id INTEGER NOT NULL REFERENCES namespace (id),
    name TEXT NOT NULL,
    description TEXT,
    timeout_limit INTEGER,
    accepts_children INTEGER NOT NULL DEFAULT 0,
    command_channel TEXT,
    command_support INTEGER NOT NULL DEFAULT 0,
    internet_connection INTEGER NOT NULL DEFAULT 1,
    photo TEXT,
    UNIQUE (namespace_id, name)
) STRICT;
CREATE TABLE field_definition (
    id INTEGER PRIMARY KEY,
    device_type_id INTEGER NOT NULL REFERENCES device_type (id),
    name TEXT NOT NULL,
    data_type TEXT NOT NULL,
    object_type TEXT,
    encoding_type TEXT,
    unit TEXT,
    unit_symbol TEXT,
    role TEXT,
    list_separator TEXT,
    automation TEXT,
    default_processor TEXT,
    description TEXT,
    UNIQUE (device_type_id, name)
) STRICT;
CREATE TABLE firmware (
    id INTEGER PRIMARY KEY,
    device_type_id INTEGER NOT NULL REFERENCES device_type (id),
    version TEXT NOT NULL,
    filesize INTEGER,
    md5_digest TEXT,
    image TEXT,
    comment TEXT,
    uploader TEXT,
    uploaded INTEGER,
    enabled INTEGER NOT NULL DEFAULT 1,
    UNIQUE (device_type_id, version)
) STRICT;
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    namespace_id INTEGER NOT NULL REFERENCES namespace (id),
    uid TEXT NOT NULL,
    registered INTEGER NOT NULL DEFAULT 0,
    access_key TEXT,
    device_type_id INTEGER REFERENCES device_type (id),
    active INTEGER NOT NULL DEFAULT 1,
    alias TEXT,
    serial TEXT,
    description TEXT,
    last_contact INTEGER,
    UNIQUE (namespace_id, uid)
) STRICT;
CREATE TABLE field (
    id INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL REFERENCES device (id),
    name TEXT NOT NULL,
    UNIQUE (device_id, name)
) STRICT;
CREATE TABLE value (
    field_id INTEGER NOT NULL REFERENCES field (id),
    micros INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (field_id, micros)
) STRICT, WITHOUT ROWID;
CREATE TABLE \"user\" (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
) STRICT;
CREATE TABLE user_namespace (
    user_id INTEGER NOT NULL REFERENCES \"user\" (id),
    namespace_id INTEGER NOT NULL REFERENCES namespace (id),
    PRIMARY KEY (user_id, namespace_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES \"user\" (id),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user_id);
",
        sqlite: "",
    },
    Step {
        tables: "
ALTER TABLE field ADD COLUMN texts INTEGER NOT NULL DEFAULT 0;
",
        sqlite: "
UPDATE field SET texts = (
    SELECT count(*) FROM value WHERE field_id = field.id AND NOT is_number(text));
",
    },
    Step {
        tables: "
ALTER TABLE device ADD COLUMN parent_id INTEGER REFERENCES device (id);
ALTER TABLE device ADD COLUMN reg_code TEXT;
ALTER TABLE device ADD COLUMN lat REAL;
ALTER TABLE device ADD COLUMN lon REAL;
ALTER TABLE device ADD COLUMN location_hint TEXT;
ALTER TABLE device ADD COLUMN timeout_limit INTEGER;
ALTER TABLE device ADD COLUMN offline_alarm INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN alarm_interval INTEGER;
ALTER TABLE device ADD COLUMN alarm_repeat_times INTEGER;
CREATE INDEX device_by_contact ON device (namespace_id, last_contact);
CREATE INDEX device_by_parent ON device (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id INTEGER NOT NULL REFERENCES device (id),
    user_name TEXT NOT NULL,
    send_time INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX message_by_device ON message (device_id, id);
CREATE TABLE control (
    device_id INTEGER NOT NULL REFERENCES device (id),
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (device_id, path)
) STRICT, WITHOUT ROWID;
",
        sqlite: "",
    },
    Step {
        tables: "
ALTER TABLE message ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL,
    broker TEXT NOT NULL,
    destination TEXT NOT NULL,
    namespace TEXT,
    reason TEXT NOT NULL,
    length INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX dead_letter_by_namespace ON dead_letter (namespace, id);
",
        sqlite: "",
    },
];

/// Opens SQLite's database for writing, makes or updates its tables.
pub fn open(folder: &Path) -> Result<Connection, Fatal> {
    let path = folder.join(FILE_NAME);
    let named = |error: rusqlite::Error| Fatal::new(format_args!("cannot open {}: {error}", path.display()));
    make_private(&path)
        .map_err(|error| Fatal::new(format_args!("cannot open {}: {error}", path.display())))?;
    let connection = Connection::open(&path).map_err(named)?;
    prepare(&connection).map_err(named)?;
    migrate(&connection, &path)?;
    Ok(connection)
}

/// Makes the file, if it is missing, for its owner only; SQLite's files beside it follow it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(super::log::BUSY)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("is_number", 1, flags, |arguments| {
        Ok(arguments.get_raw(0).as_str().is_ok_and(number::is_number))
    })?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = 67108864;",
    )
}

fn migrate(connection: &Connection, path: &Path) -> Result<(), Fatal> {
    let path = path.display();
    let named = |error| Fatal::new(format_args!("cannot prepare {path}: {error}"));
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    let version = usize::try_from(version.map_err(named)?).unwrap_or(usize::MAX);
    if version > STEPS.len() {
        return Err(Fatal::new(format_args!("{path} was made by a newer byteport-server")));
    }
    for (index, step) in STEPS.iter().enumerate().skip(version) {
        let Step { tables, sqlite } = step;
        let sql = format!("BEGIN; {tables} {sqlite} PRAGMA user_version = {}; COMMIT;", index + 1);
        connection.execute_batch(&sql).map_err(named)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = open(folder.path()).expect("opens");
        connection.pragma_update(None, "user_version", 999).expect("sets");
        drop(connection);
        let error = open(folder.path()).expect_err("refused").to_string();
        assert!(error.contains("newer"), "{error}");
    }

    #[test]
    fn an_older_file_gets_its_texts_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE_NAME);
        let old = Connection::open(&path).expect("opens");
        old.execute_batch(STEPS[0].tables).expect("the first tables");
        old.execute_batch(
            "INSERT INTO namespace (id, name) VALUES (1, 'ns');
             INSERT INTO device (id, namespace_id, uid) VALUES (1, 1, 'd');
             INSERT INTO field (id, device_id, name) VALUES (1, 1, 'n'), (2, 1, 't'), (3, 1, 'none');
             INSERT INTO value VALUES (1, 1, '1'), (1, 2, ' 2.5'), (2, 1, '1'), (2, 2, 'x'), (2, 3, 'nan');
             PRAGMA user_version = 1;",
        )
        .expect("rows");
        drop(old);
        let connection = open(folder.path()).expect("opens");
        let sql = "SELECT group_concat(texts) FROM (SELECT texts FROM field ORDER BY id)";
        let texts: String = connection.query_row(sql, [], |row| row.get(0)).expect("counts");
        assert_eq!(texts, "0,2,0");
    }
}
