// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The lock that keeps a second process out of a data folder.
//!
//! Invariant: the system releases the lock when the process ends, however it ends, so a stale
//! lock file stops nobody. The file's text is only for people.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::fatal::Fatal;

/// A held lock; dropping it releases the folder.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Makes the data folder if it is missing and locks it for this process.
pub fn take(folder: &Path) -> Result<FolderLock, Fatal> {
    let named = |what: &str, error: &dyn std::fmt::Display| {
        Fatal::new(format_args!("cannot {what} the data folder {}: {error}", folder.display()))
    };
    make_folder(folder).map_err(|error| named("make", &error))?;
    let path = folder.join("lock");
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(|error| named("lock", &error))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => {}
        Err(fs4::TryLockError::WouldBlock) => return Err(in_use(folder, &path)),
        Err(fs4::TryLockError::Error(error)) => return Err(named("lock", &error)),
    }
    let note = format!("{}\n", std::process::id());
    let written = file.set_len(0).and_then(|()| file.write_all(note.as_bytes()));
    written.map_err(|error| named("write in", &error))?;
    Ok(FolderLock { _file: file })
}

fn in_use(folder: &Path, path: &Path) -> Fatal {
    let owner = fs::read_to_string(path).unwrap_or_default();
    let owner = match owner.trim().parse::<u32>() {
        Ok(id) => format!(" (process {id})"),
        Err(_) => String::new(),
    };
    let folder = folder.display();
    Fatal::new(format_args!("the data folder {folder} is in use by another byteport-server{owner}"))
}

/// Makes the folder so that it survives a power cut, open to its owner only.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    if let Some(parent) = folder.canonicalize()?.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}
