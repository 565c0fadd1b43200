// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Whether SQLite leaves a forked child locks that nobody gives back. As `.cargo/config.toml` has it built, it takes none that is
//! common to the process while it works on a file; a build that does not see that file, or that links the system's library, may.
//!
//! Invariant: no child of a process that used such an SQLite uses it too, for it could wait for ever.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rusqlite::Connection;

use crate::error::{Error, ErrorCode, Result};

/// What SQLite says of itself where it takes no common lock for its statistics and its pages.
const NEEDED: [&str; 2] = ["DEFAULT_MEMSTATUS=0", "DISABLE_PAGECACHE_OVERFLOW_STATS"];
const HARMFUL: &str = "ENABLE_MEMORY_MANAGEMENT";

/// Whether this process, or one that it was forked from, used an SQLite that leaves locks.
static LEAVES_LOCKS: AtomicBool = AtomicBool::new(false);

/// Looks how the SQLite of a connection was built, for those that are forked later.
pub(super) fn look(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("PRAGMA compile_options")?;
    let options = statement.query_map([], |row| row.get::<_, String>(0))?;
    let options: Vec<String> = options.collect::<rusqlite::Result<_>>()?;
    if !is_safe(&options) {
        LEAVES_LOCKS.store(true, Relaxed);
    }
    Ok(())
}

fn is_safe(options: &[String]) -> bool {
    let has = |wanted: &str| options.iter().any(|option| option == wanted);
    NEEDED.into_iter().all(has) && !has(HARMFUL)
}

/// # Errors
/// [`ErrorCode::Forked`] in a child of a process that used an SQLite which leaves locks.
pub(super) fn check(is_child: bool) -> Result<()> {
    if is_child && LEAVES_LOCKS.load(Relaxed) {
        let message = "the SQLite in this build may leave a forked child waiting for ever: build it with the flags in .cargo/config.toml, or open the outbox in a program of its own";
        return Err(Error::new(ErrorCode::Forked, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_build_leaves_no_locks() {
        look(&Connection::open_in_memory().unwrap()).unwrap();
        assert!(!LEAVES_LOCKS.load(Relaxed), "built without the flags in .cargo/config.toml");
        assert!(check(true).is_ok());
    }

    #[test]
    fn other_builds_are_told_from_it() {
        let options = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let [first, second] = NEEDED;
        assert!(is_safe(&options(&["THREADSAFE=1", first, second])));
        for other in [&[][..], &[first], &[second], &[first, second, HARMFUL]] {
            assert!(!is_safe(&options(other)), "{other:?}");
        }
    }
}
