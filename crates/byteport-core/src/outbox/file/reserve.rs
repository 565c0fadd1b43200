// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Space on the disk that is kept for the day when it is full: then deletes and marks still need some.
//!
//! Invariant: the reserve is really allocated, and it is made only where that does not fill the disk.

use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate, statvfs};

/// The file that is in the way until room is needed.
#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    bytes: u64,
    is_there: bool,
}

impl Reserve {
    pub fn new(path: PathBuf, bytes: u64) -> Reserve {
        let is_there = std::fs::metadata(&path)
            .is_ok_and(|there| there.is_file() && there.len() == bytes && there.blocks() * 512 >= bytes);
        Reserve { path, bytes, is_there }
    }

    /// Makes it unless it is there; where that cannot be, it is tried again later.
    pub fn make(&mut self) {
        if self.is_there || !self.disk_has_room() {
            return;
        }
        self.is_there = allocate(&self.path, self.bytes).is_ok();
        if !self.is_there {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Gives its space back; whether there was any.
    pub fn give_up(&mut self) -> bool {
        std::mem::take(&mut self.is_there) && std::fs::remove_file(&self.path).is_ok()
    }

    /// Whether it would leave as much again.
    fn disk_has_room(&self) -> bool {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        statvfs(folder).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) >= 2 * self.bytes)
    }
}

fn allocate(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    if fallocate(&file, FallocateFlags::empty(), 0, bytes).is_ok() {
        return Ok(());
    }
    // A file system that cannot promise space has to be given bytes.
    let page = [0x5A; 4096];
    (0..bytes.div_ceil(page.len() as u64)).try_for_each(|_| file.write_all(&page))?;
    file.set_len(bytes)?;
    file.sync_all()
}
