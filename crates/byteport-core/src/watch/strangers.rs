// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Files whose names are no field names: told once each, and never sent. Only a full look meets them: a file that is written
//! under another name and renamed when it is whole comes and goes between two looks.
//!
//! Invariant: what is remembered is what is in the directory, and at most [`MOST_GONE`] names besides.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::folder;
use crate::model::name;

/// The field that a file of this name holds, if it can hold one.
pub(super) fn field(name: &OsStr) -> Option<&str> {
    name.to_str().filter(|name| name::is_valid(name))
}

/// So many names are remembered that are gone: they may come back, as those do that are used again and again.
const MOST_GONE: usize = 1000;

/// The names that were told, each with the full look that found it last.
#[derive(Default)]
pub(super) struct Strangers {
    told: HashMap<OsString, u64>,
    round: u64,
}

impl Strangers {
    /// Begins a full look, in which all that is there is met.
    pub(super) fn begin_round(&mut self) {
        self.round += 1;
    }

    /// Tells of a regular file, unless that was done.
    pub(super) fn meet(&mut self, directory: &Path, name: &OsStr) {
        if let Some(round) = self.told.get_mut(name) {
            *round = self.round;
            return;
        }
        let path = directory.join(name);
        if let Ok(Some(_)) = folder::look_at(&path) {
            tell(&path, name);
            self.told.insert(name.to_owned(), self.round);
        }
    }

    /// Forgets those that the full look did not find, if they are many.
    pub(super) fn end_round(&mut self) {
        let this = self.round;
        let gone = self.told.values().filter(|round| **round != this).count();
        if gone > MOST_GONE {
            self.told.retain(|_, round| *round == this);
        }
    }
}

fn tell(path: &Path, name: &OsStr) {
    let name = name.as_bytes();
    // Hidden files and what editors leave: no one wants them sent.
    let level =
        if name.starts_with(b".") || name.ends_with(b"~") { log::Level::Debug } else { log::Level::Warn };
    log::log!(target: "byteport::watch", level, "{path:?} is ignored: its name is no field name");
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_files_are_remembered_and_few_that_are_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::write(path.join("read.me"), "").unwrap();
        fs::create_dir(path.join("a.folder")).unwrap();
        let bad = OsStr::from_bytes(b"\xff");
        fs::write(path.join(bad), "").unwrap();
        let mut strangers = Strangers::default();
        strangers.begin_round();
        for name in ["read.me", "a.folder", "gone.txt"] {
            strangers.meet(path, OsStr::new(name));
        }
        strangers.meet(path, bad);
        strangers.end_round();
        assert_eq!(strangers.told.len(), 2);
        strangers.begin_round();
        strangers.meet(path, bad);
        strangers.end_round();
        assert_eq!(strangers.told.len(), 2, "it may come back");
        strangers.told.extend((0..MOST_GONE).map(|n| (format!("{n}.tmp").into(), 0)));
        strangers.begin_round();
        strangers.meet(path, bad);
        strangers.end_round();
        assert_eq!(strangers.told.len(), 1);
    }

    #[test]
    fn fields_are_told_from_others() {
        assert_eq!(field(OsStr::new("speed1")), Some("speed1"));
        assert_eq!(field(OsStr::new("read.me")), None);
        assert_eq!(field(OsStr::from_bytes(b"\xff")), None);
    }
}
