// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The database of a test's server: here one of its own on PostgreSQL.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use byteport_server::store::Connection;
use byteport_server::store::pg::link::Use;
use byteport_server::store::pg::{Address, Link};
use byteport_server::values;

use crate::starter;

/// What `--data` is for the server of this folder, which holds other things.
pub fn place(folder: &Path) -> String {
    fs::create_dir_all(folder.join("data")).expect("a folder");
    starter::shared().database()
}

/// What else is said on the command line.
pub fn arguments(folder: &Path) -> Vec<String> {
    vec!["--media".into(), folder.join("data/media").to_str().expect("a plain path").into()]
}

/// Takes back what a server had beside its folder.
pub fn release(place: &str) {
    if let Some(name) = place.strip_prefix(starter::shared().address()) {
        starter::shared().run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name.trim_matches('/')));
    }
}

/// A connection of the test's own.
pub fn connect(place: &str) -> Connection {
    let address = Address::parse(place).expect("an address");
    Link::open(Arc::new(address), Use::Write).expect("connects").into()
}

/// A table's rows, each as one text.
pub fn rows(connection: &Connection, table: &str) -> Vec<String> {
    let sql = format!("SELECT one::text FROM \"{table}\" AS one");
    connection.query_all(&sql, values![], |row| row.get(0)).expect("rows")
}
