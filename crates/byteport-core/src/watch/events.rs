// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The kernel's notification of changes in one directory.
//!
//! Invariants: the descriptor is made once, closes on exec and never blocks. Events of an earlier watch are dropped: each
//! watch has its own number. One call takes in a bounded number of events.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

use super::file::Event;
use super::folder;

/// More than the kernel keeps unless it is told otherwise (16,384).
const MOST_EVENTS: usize = 32_768;

/// One thing that happened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// To the file of this name.
    File(OsString, Event),
    /// The file of this name is gone; `renamed` if it stayed in the directory.
    Gone { name: OsString, renamed: bool },
    /// Some events were lost.
    Overflow,
    /// The directory is watched no longer.
    Lost,
}

/// The watch that the kernel keeps, if it does.
#[derive(Debug, Default)]
pub(super) struct Events {
    descriptor: Option<OwnedFd>,
    watch: Option<KernelWatch>,
    refused: bool,
}

/// The watch's number, and the directory that it is on.
#[derive(Debug, PartialEq, Eq)]
struct KernelWatch {
    number: i32,
    directory: (u64, u64),
}

impl Events {
    /// Readable when something happened; `None` while the kernel does not watch.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.watch.as_ref().and(self.descriptor.as_ref()).map(AsFd::as_fd)
    }

    /// Sees to it that the directory which is at `path` now is watched. Says whether its history is known: `false` after a
    /// watch was made anew or refused.
    pub(super) fn ensure(&mut self, path: &Path) -> bool {
        let Ok(directory) = folder::identity(path) else {
            self.remove();
            return false;
        };
        if self.watch.as_ref().is_some_and(|watch| watch.directory == directory) {
            return true;
        }
        self.remove();
        match self.add(path) {
            Ok(number) => {
                self.watch = Some(KernelWatch { number, directory });
                self.refused = false;
            }
            Err(error) => self.tell_refusal(path, &error),
        }
        false
    }

    fn add(&mut self, path: &Path) -> io::Result<i32> {
        let descriptor = match self.descriptor.take() {
            Some(descriptor) => descriptor,
            None => inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?,
        };
        let flags = WatchFlags::CREATE
            | WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::MOVE
            | WatchFlags::DELETE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR
            | WatchFlags::EXCL_UNLINK;
        let number = inotify::add_watch(&descriptor, path, flags);
        self.descriptor = Some(descriptor);
        Ok(number?)
    }

    fn tell_refusal(&mut self, path: &Path, error: &io::Error) {
        if !self.refused {
            log::info!(
                target: "byteport::watch",
                "the system does not tell of changes in {path:?}, so it is looked at from time to time: {error}"
            );
        }
        self.refused = true;
    }

    fn remove(&mut self) {
        if let (Some(descriptor), Some(watch)) = (&self.descriptor, self.watch.take()) {
            let _ = inotify::remove_watch(descriptor, watch.number); // it may be gone already
        }
    }

    /// Takes in what happened since the last call.
    pub(super) fn drain(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        if let Some(descriptor) = &self.descriptor {
            let number = self.watch.as_ref().map(|watch| watch.number);
            read(descriptor, number, &mut news);
        }
        if news.contains(&News::Lost) {
            self.remove();
        }
        news
    }
}

fn read(descriptor: &OwnedFd, watch: Option<i32>, news: &mut Vec<News>) {
    let mut buffer = [MaybeUninit::<u8>::uninit(); 16 * 1024];
    let mut reader = Reader::new(descriptor, &mut buffer);
    let mut moved = None; // the last event, if it was a move out: its number
    for _ in 0..MOST_EVENTS {
        let event = match reader.next() {
            Ok(event) => event,
            Err(Errno::INTR) => continue,
            Err(_) => return, // no more for now
        };
        let flags = event.events();
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            news.push(News::Overflow);
        } else if Some(event.wd()) == watch {
            let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
            let within = flags.contains(ReadFlags::MOVED_TO) && moved == Some(event.cookie());
            if let (true, Some(News::Gone { renamed, .. })) = (within, news.last_mut()) {
                *renamed = true;
            }
            moved = flags.contains(ReadFlags::MOVED_FROM).then_some(event.cookie());
            news.extend(sense(flags, name));
        }
    }
    news.push(News::Overflow); // what is left is read next time, and no one knows how much that is
}

/// What an event means.
fn sense(flags: ReadFlags, name: Option<&OsStr>) -> Option<News> {
    let lost = ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::IGNORED | ReadFlags::UNMOUNT;
    if flags.intersects(lost) {
        return Some(News::Lost);
    }
    let name = name?.to_owned();
    if flags.contains(ReadFlags::ISDIR) {
        return None;
    }
    if flags.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM) {
        return Some(News::Gone { name, renamed: false });
    }
    let event = if flags.contains(ReadFlags::MOVED_TO) {
        Event::MovedIn
    } else if flags.contains(ReadFlags::CLOSE_WRITE) {
        Event::Closed
    } else {
        Event::Written
    };
    Some(News::File(name, event))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn closed(name: &str) -> News {
        News::File(name.into(), Event::Closed)
    }

    #[test]
    fn tells_what_happened_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let mut events = Events::default();
        assert!(events.descriptor().is_none());
        assert!(!events.ensure(path), "what happened before is unknown");
        assert!(events.ensure(path));
        assert!(events.descriptor().is_some());
        fs::create_dir(path.join("folder")).unwrap();
        fs::write(path.join("a"), "1").unwrap();
        fs::rename(path.join("a"), path.join("b")).unwrap();
        fs::remove_file(path.join("b")).unwrap();
        let news = events.drain();
        assert_eq!(news[0], News::File("a".into(), Event::Written));
        assert!(news.contains(&closed("a")));
        let end = &news[news.len() - 3..];
        assert_eq!(end[0], News::Gone { name: "a".into(), renamed: true });
        assert_eq!(end[1], News::File("b".into(), Event::MovedIn));
        assert_eq!(end[2], News::Gone { name: "b".into(), renamed: false });
        assert!(events.drain().is_empty());
    }

    #[test]
    fn a_lost_directory_is_told_once_and_its_place_taken() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("inner");
        fs::create_dir(&path).unwrap();
        let mut events = Events::default();
        events.ensure(&path);
        fs::rename(&path, directory.path().join("other")).unwrap();
        assert_eq!(events.drain(), [News::Lost]);
        assert!(events.descriptor().is_none());
        assert!(!events.ensure(&path));
        fs::create_dir(&path).unwrap();
        assert!(!events.ensure(&path) && events.ensure(&path));
        fs::write(directory.path().join("other").join("a"), "1").unwrap();
        assert!(events.drain().is_empty(), "the old directory is of no interest");
        fs::write(path.join("b"), "1").unwrap();
        assert!(events.drain().contains(&closed("b")));
    }

    #[test]
    fn a_directory_that_was_replaced_unseen_is_found_out() {
        let root = tempfile::tempdir().unwrap();
        let (outer, path) = (root.path().join("outer"), root.path().join("outer/inner"));
        fs::create_dir_all(&path).unwrap();
        let mut events = Events::default();
        assert!(!events.ensure(&path) && events.ensure(&path));
        fs::rename(&outer, root.path().join("old")).unwrap();
        fs::create_dir_all(&path).unwrap();
        assert!(!events.ensure(&path) && events.ensure(&path));
    }
}
