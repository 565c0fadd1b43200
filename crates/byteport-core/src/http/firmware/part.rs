// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What has come of an image, and beside it what image that is.
//!
//! Invariant: one process at a time has a part: it holds the lock on the file, and the name still leads to that file.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::image::{Digest, Image};
use crate::error::{Error, ErrorCode, Result};

/// What the names of a part and of its mark end with; an image's does not.
pub(super) const ENDINGS: [&str; 2] = [".part", ".part.json"];

/// The longest mark that is read, in bytes.
const LONGEST_MARK: usize = 4096;

/// Of which image a part is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    firmware: i64,
    md5_digest: Digest,
    filesize: Option<u64>,
    /// How the server names this state of the image: its entity tag or time.
    pub(super) validator: Option<String>,
}

impl Mark {
    /// An image without a digest has none: nothing would show that two parts of it belong together.
    pub(super) fn of(image: &Image) -> Option<Mark> {
        let (firmware, filesize) = (image.id, image.size);
        image.digest.map(|md5_digest| Mark { firmware, md5_digest, filesize, validator: None })
    }

    fn is_of_same(&self, other: &Mark) -> bool {
        Mark { validator: None, ..self.clone() } == Mark { validator: None, ..other.clone() }
    }
}

/// A file that grows to an image.
pub(super) struct Part<'a> {
    folder: &'a Folder,
    image: &'a str,
    name: String,
    mark: String,
    file: File,
    length: u64,
    /// Whether what has the mark's name is one.
    marked: bool,
}

impl<'a> Part<'a> {
    /// Opens the part of an image, or makes an empty one.
    pub(super) fn open(folder: &'a Folder, image: &'a str) -> Result<Part<'a>> {
        let [name, mark] = ENDINGS.map(|end| format!("{image}{end}"));
        let flags = OFlags::RDWR | OFlags::CREATE;
        for _ in 0..8 {
            let Some(file) = folder.file(&name, flags)? else { continue };
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => break,
                Err(error) => return Err(folder.failed(&name, "cannot be locked", error)),
            }
            // Whoever had the lock before may have finished, and taken the name away.
            if folder.leads_to(&name, &file) {
                let length = folder.length(&name, &file)?;
                return Ok(Part { folder, image, name, mark, file, length, marked: false });
            }
        }
        let message = format!("another process is just fetching {image:?} into this folder: try later");
        Err(Error::new(ErrorCode::File, message).retryable(true))
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// The mark, if it is of this image.
    pub(super) fn mark(&mut self, of: &Mark) -> Option<Mark> {
        let file = self.folder.file(&self.mark, OFlags::RDONLY).ok()??;
        let mut bytes = vec![0; LONGEST_MARK];
        let got = file.read_at(&mut bytes, 0).ok()?;
        self.marked = true;
        let mark: Mark = serde_json::from_slice(bytes.get(..got)?).ok()?;
        mark.is_of_same(of).then_some(mark)
    }

    /// Says of which image the part is.
    pub(super) fn set_mark(&mut self, mark: &Mark) -> Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC;
        let Some(file) = self.folder.file(&self.mark, flags)? else { return Ok(()) };
        self.marked = true;
        let text = serde_json::to_vec(mark).map_err(io::Error::from);
        text.and_then(|text| file.write_all_at(&text, 0))
            .map_err(|error| self.folder.failed(&self.mark, "cannot be written", error))
    }

    /// Throws away what has come.
    pub(super) fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).map_err(|error| self.folder.failed(&self.name, "cannot be written", error))?;
        self.length = 0;
        Ok(())
    }

    /// The digest of what has come, as the file holds it.
    pub(super) fn digest(&self) -> Result<Digest> {
        self.folder.digest(&self.name, &self.file)
    }

    /// Gives the whole image its name. The mark goes first: once the part's name is free, it may be another process's.
    pub(super) fn finish(self) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|error| self.folder.failed(&self.name, "cannot be brought to the disk", error))?;
        self.folder.remove(&self.mark)?;
        self.folder.rename(&self.name, self.image)?;
        self.folder.sync()
    }

    /// Leaves nothing of it.
    pub(super) fn remove(self) -> Result<()> {
        if self.marked {
            self.folder.remove(&self.mark)?;
        }
        self.folder.remove(&self.name)
    }
}

impl Write for Part<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.file.write_at(bytes, self.length)?;
        self.length += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
