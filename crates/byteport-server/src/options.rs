// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use crate::broker;
use crate::cors::Origin;
use crate::journal::Level;
use crate::store::place::Data;

/// A Byteport instance: HTTP API v1 over one SQLite file, or over a PostgreSQL database that any number
/// of servers share.
///
/// Prints one line on standard output when it serves ("byteport-server listening on
/// http://ADDRESS:PORT") and its log on standard error. SIGTERM and SIGINT stop it cleanly: calls
/// under way are finished, and what was answered with 200 is on disk in any case.
///
/// Exit status: 0 after a clean stop, 1 when it could not start or go on, 2 for a wrong command
/// line.
#[derive(Parser, Debug, Clone)]
#[command(name = "byteport-server", version)]
pub struct Options {
    /// The folder that holds the database, which is made if missing and used by one server at a time; or
    /// the address of a PostgreSQL database, postgres://USER:PASSWORD@HOST:PORT/DATABASE, where any number
    /// of servers may serve the same. Without a password in it, that of the variable PGPASSWORD is taken,
    /// which no list of processes shows. Beyond this machine the connection is encrypted and the
    /// certificate checked, by the system's authorities and those of ?sslrootcert=FILE, unless
    /// ?sslmode=disable is given.
    #[arg(long, value_name = "DIR|ADDRESS", value_parser = OsStringValueParser::new().map(Data::from))]
    pub data: Data,

    /// The folder that holds the files of firmwares; the folder `media` in the data folder if it is not
    /// given. Servers that share a database need the same files in it: from one seed, or one folder.
    #[arg(long, value_name = "DIR")]
    pub media: Option<PathBuf>,

    /// Address and port to serve on; port 0 takes any free one and the start line tells which.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,

    /// A TOML or JSON file with users, namespaces and devices to make or update before serving.
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,

    /// Brokers.
    #[command(flatten)]
    pub broker: broker::Ingest,

    /// The largest request body in bytes; a larger one is answered with 413.
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024 * 1024,
          value_parser = clap::value_parser!(u64).range(1..=MAX_BODY))]
    pub max_body: u64,

    /// Seconds after which a connection is closed whose next request's head is not complete, or
    /// whose client takes nothing of an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 75,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub idle_timeout: u64,

    /// Seconds that calls under way, and packets that a broker has handed over, get to finish when the
    /// server is told to stop, and then once more changes that wait to be written. What was answered is on disk before.
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub stop_timeout: u64,

    /// Scheme, host and port of other pages that may use the API with the session of whoever looks
    /// at them; give the option once for each. Without it only pages of this server may.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<Origin>,

    /// How much is logged on standard error. No level logs keys, passwords, cookies or values.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = Level::Info)]
    pub log_level: Level,
}

/// The largest `--max-body`: SQLite takes no single value over a billion bytes.
const MAX_BODY: u64 = 900_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Options::command().debug_assert();
    }
}
