// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The database of a test's server: here a folder of its own.

use std::path::Path;

use byteport_server::store::Connection;

/// What `--data` is for the server of this folder.
pub fn place(folder: &Path) -> String {
    folder.join("data").to_str().expect("a plain path").to_owned()
}

/// What else is said on the command line.
pub fn arguments(_: &Path) -> Vec<String> {
    vec![]
}

/// Takes back what a server had beside its folder.
pub fn release(_: &str) {}

/// A connection of the test's own.
pub fn connect(place: &str) -> Connection {
    rusqlite::Connection::open(Path::new(place).join("byteport.sqlite3")).expect("the database").into()
}

/// A table's rows, each as one text.
pub fn rows(connection: &Connection, table: &str) -> Vec<String> {
    let database = connection.sqlite().expect("SQLite");
    let mut statement = database.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
    let columns = statement.column_count();
    let mut rows = statement.query([]).expect("rows");
    let mut all = vec![];
    while let Some(row) = rows.next().expect("a row") {
        let cells: Vec<_> = (0..columns).map(|index| format!("{:?}", row.get_ref(index).unwrap())).collect();
        all.push(format!("{table}: {}", cells.join("|")));
    }
    all
}
