// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The folder that images are put into. Everything in it is reached from its descriptor by one name.
//!
//! Invariant: no symbolic link in the folder is followed, and nothing but a regular file is opened.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use md5::{Digest as _, Md5};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::image::{Digest, Image};
use crate::error::{Error, ErrorCode, Result};
use crate::http::body::PIECE;
use crate::net::resolve_on;

pub(super) struct Folder {
    path: PathBuf,
    descriptor: OwnedFd,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Folder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let descriptor = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| {
            let message = format!("the folder {} for the image cannot be opened", path.display());
            Error::new(ErrorCode::File, message).because(std::io::Error::from(error))
        })?;
        Ok(Folder { path: path.to_owned(), descriptor })
    }

    /// Opens a regular file; `None` where there is none of that name.
    pub(super) fn file(&self, name: &str, flags: OFlags) -> Result<Option<File>> {
        // Not blocking: opening must not wait for the other end of a pipe.
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let mode = Mode::from_raw_mode(0o666); // less what the process's mask takes away
        let file = match rustix::fs::openat(&self.descriptor, name, flags, mode) {
            Ok(descriptor) => File::from(descriptor),
            Err(Errno::NOENT) if !flags.contains(OFlags::CREATE) => return Ok(None),
            Err(Errno::LOOP) => return Err(self.in_the_way(name)),
            Err(error) => return Err(self.failed(name, "cannot be opened", error)),
        };
        let is_file = file.metadata().is_ok_and(|there| there.is_file());
        if is_file { Ok(Some(file)) } else { Err(self.in_the_way(name)) }
    }

    /// Whether an image is there, whole.
    pub(super) fn holds(&self, image: &Image) -> Result<bool> {
        let Some(file) = self.file(&image.name, OFlags::RDONLY)? else { return Ok(false) };
        let length = self.length(&image.name, &file)?;
        if image.digest.is_none() || image.size.is_some_and(|size| size != length) {
            return Ok(false);
        }
        Ok(image.is(length, self.digest(&image.name, &file)?))
    }

    pub(super) fn length(&self, name: &str, file: &File) -> Result<u64> {
        file.metadata().map(|there| there.len()).map_err(|error| self.failed(name, "cannot be read", error))
    }

    /// The digest of a file's content, from its beginning; a signal can end it after each piece.
    pub(super) fn digest(&self, name: &str, mut file: &File) -> Result<Digest> {
        let unreadable = |error| self.failed(name, "cannot be read", error);
        std::io::Seek::rewind(&mut file).map_err(unreadable)?;
        let (mut digest, mut piece) = (Md5::new(), vec![0; PIECE]);
        loop {
            resolve_on().map_err(unreadable)?;
            let got = file.read(&mut piece).map_err(unreadable)?;
            match piece.get(..got) {
                Some(bytes) if got > 0 => digest.update(bytes),
                _ => return Ok(digest.finalize().into()),
            }
        }
    }

    /// Whether a name still leads to an open file.
    pub(super) fn leads_to(&self, name: &str, file: &File) -> bool {
        let there = rustix::fs::statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW);
        let open = rustix::fs::fstat(file);
        matches!((there, open), (Ok(a), Ok(b)) if (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<()> {
        rustix::fs::renameat(&self.descriptor, from, &self.descriptor, to)
            .map_err(|error| self.failed(to, "cannot be put in its place", error))
    }

    /// Removes a file, if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match rustix::fs::unlinkat(&self.descriptor, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.failed(name, "cannot be removed", error)),
        }
    }

    /// Brings the folder's names to the disk.
    pub(super) fn sync(&self) -> Result<()> {
        rustix::fs::fsync(&self.descriptor)
            .map_err(|error| self.failed("", "cannot be brought to the disk", error))
    }

    pub(super) fn failed(&self, name: &str, what: &str, error: impl Into<std::io::Error>) -> Error {
        let message = format!("{} {what}", self.path.join(name).display());
        Error::new(ErrorCode::File, message).because(error.into())
    }

    fn in_the_way(&self, name: &str) -> Error {
        let message =
            format!("{} is no regular file, and in the way: remove it", self.path.join(name).display());
        Error::new(ErrorCode::File, message)
    }
}
