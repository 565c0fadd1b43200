// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A file that is read as it was at one moment.
//!
//! Invariants: nothing but a regular file is read, and opening never waits. A file that says how long it is gives that many
//! bytes and no more, however fast it grows. The kernel's own files are taken as they are: some say 0 bytes and hold more,
//! some say a page and hold less.

use std::fs::{File, Metadata, OpenOptions};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read, Seek};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::body::PIECE;
use crate::error::{Error, ErrorCode, Result};
use crate::net::resolve_on;

/// A file that is being read.
pub(super) struct Steady {
    file: File,
    path: PathBuf,
    before: Metadata,
    taken: u64,
    grew: bool,
    /// Of what was taken, where growing is allowed.
    digest: Option<DefaultHasher>,
}

impl Steady {
    /// Opens a regular file; anything else could keep the caller waiting. `may_grow`: [`Steady::is_good`] allows that
    /// something is added at its end.
    pub(super) fn open(path: &Path, may_grow: bool) -> Result<Steady> {
        let failed = |error| unreadable(path, error);
        check_kind(path, &std::fs::metadata(path).map_err(failed)?)?; // opening a device may have effects
        Steady::open_unseen(path, may_grow)
    }

    /// Opens what is there now, which may have taken a regular file's place: a pipe is opened without waiting, and refused.
    fn open_unseen(path: &Path, may_grow: bool) -> Result<Steady> {
        let failed = |error| unreadable(path, error);
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file =
            OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path).map_err(failed)?;
        let before = file.metadata().map_err(failed)?;
        check_kind(path, &before)?;
        let digest = may_grow.then(DefaultHasher::new);
        Ok(Steady { file, path: path.to_owned(), before, taken: 0, grew: false, digest })
    }

    /// Whether what was read is what the file held at one moment: it did not change since it was opened, or, where that is
    /// allowed, it only grew, and its beginning reads the same a second time.
    pub(super) fn is_good(&mut self) -> Result<bool> {
        let after = self.file.metadata().map_err(|error| unreadable(&self.path, error))?;
        let marks = |file: &Metadata| (file.len(), file.mtime(), file.mtime_nsec());
        if !self.grew && marks(&self.before) == marks(&after) {
            return Ok(true);
        }
        let Some(digest) = self.digest.take() else { return Ok(false) };
        if self.taken != self.before.len() || after.len() < self.taken {
            return Ok(false);
        }
        let again = self.read_again().map_err(|error| unreadable(&self.path, error))?;
        Ok(again.is_some_and(|again| again == digest.finish()))
    }

    /// The digest of as much as was taken, if there still is as much.
    fn read_again(&mut self) -> io::Result<Option<u64>> {
        self.file.rewind()?;
        let mut digest = DefaultHasher::new();
        let (mut piece, mut left) = (vec![0; PIECE], self.taken);
        while left > 0 {
            resolve_on()?;
            let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            match self.file.read(&mut piece[..most]) {
                Ok(0) => return Ok(None),
                Ok(got) => {
                    digest.write(&piece[..got]);
                    left -= got as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(digest.finish()))
    }

    /// Whether there is more than the file said that it held.
    fn has_grown(&mut self) -> io::Result<bool> {
        match self.before.len() {
            0 if self.taken > 0 => Ok(self.file.metadata()?.len() > 0), // the kernel's own still say 0
            length if length > 0 && self.taken == length => Ok(self.file.read(&mut [0])? > 0),
            _ => Ok(false),
        }
    }
}

impl Read for Steady {
    /// Ends early where the file grows.
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.grew = self.grew || self.has_grown()?;
        if self.grew {
            return Ok(0);
        }
        let left = match self.before.len() {
            0 => buf.len(),
            length => usize::try_from(length - self.taken).unwrap_or(usize::MAX).min(buf.len()),
        };
        let got = self.file.read(&mut buf[..left])?;
        self.taken += got as u64;
        if let Some(digest) = &mut self.digest {
            digest.write(&buf[..got]);
        }
        Ok(got)
    }
}

fn check_kind(path: &Path, file: &Metadata) -> Result<()> {
    if file.is_file() {
        return Ok(());
    }
    let what = if file.is_dir() { "it is a directory" } else { "it is no regular file" };
    Err(Error::new(ErrorCode::File, format!("file {}: {what}", path.display())))
}

/// The file cannot be read. Worth another try unless it is the file that must change for that.
pub(super) fn unreadable(path: &Path, error: io::Error) -> Error {
    let lasts = is_lasting(&error);
    Error::new(ErrorCode::File, format!("file {}: cannot be read", path.display()))
        .because(error)
        .retryable(!lasts)
}

/// Whether the reason lies with the file or its name, and not with the state that the system is in just now.
fn is_lasting(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied};
    let odd = [Errno::LOOP, Errno::NAMETOOLONG, Errno::NXIO]; // the last one: a socket
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied | IsADirectory | InvalidInput) // the last: NUL
        || Errno::from_io_error(error).is_some_and(|errno| odd.contains(&errno))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn start(text: &str) -> (tempfile::TempDir, PathBuf, File) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, text).unwrap();
        let writer = OpenOptions::new().append(true).open(&path).unwrap();
        (folder, path, writer)
    }

    fn read(file: &mut Steady) -> String {
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn what_is_added_while_it_is_read_is_not_read() {
        for (may_grow, text, took) in [(false, "one", "one"), (true, "one", "one"), (true, "", "")] {
            let (_folder, path, mut writer) = start(text);
            let mut file = Steady::open(&path, may_grow).unwrap();
            let mut first = [0; 2];
            let got = file.read(&mut first).unwrap();
            writer.write_all(&[b'x'; 100_000]).unwrap();
            let rest = read(&mut file);
            assert!(rest.len() <= 100_000 && file.grew);
            if !text.is_empty() {
                assert_eq!(String::from_utf8_lossy(&first[..got]).into_owned() + &rest, took);
            }
            assert_eq!(file.is_good().unwrap(), may_grow && !text.is_empty());
        }
    }

    #[test]
    fn a_pipe_that_took_a_files_place_keeps_nobody_waiting() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::from(0o600), 0).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(Steady::open_unseen(&pipe, false).map(|_| ()).unwrap_err()));
        let error = told.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
        assert!(error.to_string().ends_with("it is no regular file") && !error.is_retryable());
    }

    #[test]
    fn a_file_may_hold_less_than_it_says() {
        let (_folder, path, writer) = start("a page");
        let mut file = Steady::open(&path, false).unwrap();
        writer.set_len(6).unwrap();
        let (_other, longer, _writer) = start(&"x".repeat(4096));
        file.before = longer.metadata().unwrap();
        assert_eq!(read(&mut file), "a page");
        assert!(!file.grew);
    }

    #[test]
    fn what_is_written_over_is_no_growth() {
        let (_folder, path, _writer) = start("one");
        let mut file = Steady::open(&path, true).unwrap();
        assert_eq!(read(&mut file), "one");
        std::fs::write(&path, "two and more").unwrap();
        assert!(!file.is_good().unwrap());
        let mut file = Steady::open(&path, true).unwrap();
        read(&mut file);
        std::fs::write(&path, "two").unwrap();
        assert!(!file.is_good().unwrap());
    }

    #[test]
    fn the_state_of_the_system_passes_and_that_of_a_file_does_not() {
        let error = |errno: Errno| unreadable(Path::new("x"), errno.into());
        for errno in [Errno::MFILE, Errno::NFILE, Errno::IO, Errno::NOMEM, Errno::STALE, Errno::AGAIN] {
            assert!(error(errno).is_retryable(), "{errno}");
        }
        for errno in [Errno::NOENT, Errno::ACCESS, Errno::PERM, Errno::ISDIR, Errno::LOOP, Errno::NXIO] {
            assert!(!error(errno).is_retryable(), "{errno}");
        }
    }
}
