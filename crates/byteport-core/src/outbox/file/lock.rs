// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Who has a file: a POSIX record lock on a file beside it, which the system gives back when its owner dies.
//!
//! Invariants: such a lock does not exclude within a process, so a list of what this process has does; and it is lost when the
//! process closes any descriptor of the file, so nobody opens the file while this process has it. A forked child begins with
//! a list of its own, and waits for no lock that a thread of the parent could have held. The file itself stays for ever:
//! removing it would let two processes lock two files of one name.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;
use rustix::process::{Flock, FlockType, fcntl_getlk};

use super::forks;
use super::open::OpenError;
use super::place::{Identity, Place};
use crate::error::{Error, ErrorCode};

static REGISTRY: ArcSwapOption<Registry> = ArcSwapOption::const_empty();

/// Which lock files this process has.
#[derive(Debug)]
struct Registry {
    process: u32,
    /// Whether it was forked from one that had such a list.
    is_child: bool,
    taken: Mutex<HashSet<Identity>>,
}

impl Registry {
    fn of_this_process() -> Arc<Registry> {
        let process = std::process::id();
        loop {
            let there = REGISTRY.load_full();
            match there {
                Some(there) if there.process == process => return there,
                _ => {
                    let is_child = there.is_some();
                    let fresh = Registry { process, is_child, taken: Mutex::default() };
                    REGISTRY.compare_and_swap(&there, Some(Arc::new(fresh)));
                }
            }
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashSet<Identity>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to a file, given back when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: Option<std::fs::File>,
    identity: Identity,
    registry: Arc<Registry>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let mut taken = self.registry.taken();
        self.file = None;
        taken.remove(&self.identity);
    }
}

impl Lock {
    /// Takes the lock; a dead owner's is free.
    ///
    /// # Errors
    /// [`ErrorCode::InUse`] while another has it; [`ErrorCode::Forked`] where SQLite was not built for a forked child.
    pub fn take(place: &Place) -> Result<Lock, OpenError> {
        let registry = Registry::of_this_process();
        forks::check(registry.is_child).map_err(OpenError::Refused)?;
        let mut taken = registry.taken();
        let path = place.lock();
        loop {
            if Identity::at(&path).ok().flatten().is_some_and(|there| taken.contains(&there)) {
                return Err(in_use(place, Some(std::process::id())));
            }
            let (file, identity) = open(&path).map_err(|error| unusable(&path, &error))?;
            lock(place, &file)?;
            // Somebody may have removed or replaced it in between: then this lock would exclude nobody.
            if Identity::at(&path).ok().flatten() != Some(identity) {
                continue;
            }
            sign(&file);
            taken.insert(identity);
            drop(taken);
            return Ok(Lock { file: Some(file), identity, registry });
        }
    }

    /// Whether others find it where they look for it; they may have removed it.
    pub fn is_there(&self, place: &Place) -> bool {
        Identity::at(&place.lock()).ok().flatten() == Some(self.identity)
    }
}

fn open(path: &Path) -> std::io::Result<(std::fs::File, Identity)> {
    let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let identity = Identity::of(&file.metadata()?);
    Ok((file, identity))
}

fn lock(place: &Place, file: &std::fs::File) -> Result<(), OpenError> {
    match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(()),
        Err(Errno::AGAIN | Errno::ACCESS) => Err(in_use(place, holder(file))),
        Err(error) => Err(unusable(&place.lock(), &error.into())),
    }
}

/// Writes who has it, for people; a full disk is no reason not to begin.
fn sign(mut file: &std::fs::File) {
    let text = format!("{}\n", std::process::id());
    if file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).is_err() {
        log::debug!(target: "byteport::outbox", "the lock file of an outbox could not be signed");
    }
}

/// The process that has a file; `None` where none has.
pub(in crate::outbox) fn owner(path: &Path) -> Option<u32> {
    let path = Place::of(path).ok()?.lock();
    let registry = Registry::of_this_process();
    let taken = registry.taken();
    let there = Identity::at(&path).ok().flatten()?;
    if taken.contains(&there) {
        return Some(registry.process);
    }
    holder(&std::fs::File::open(&path).ok()?)
}

/// Whom the system names; where it cannot, for that process is in another container, what that process wrote.
fn holder(mut file: &std::fs::File) -> Option<u32> {
    let other = fcntl_getlk(file, &Flock::from(FlockType::WriteLock)).ok().flatten()?;
    if let Some(pid) = other.pid {
        return u32::try_from(pid.as_raw_nonzero().get()).ok();
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    Some(text.trim().parse().unwrap_or(0))
}

fn in_use(place: &Place, owner: Option<u32>) -> OpenError {
    let who = match owner {
        Some(own) if own == std::process::id() => "another outbox of this process".to_owned(),
        Some(other) => format!("process {other}"),
        None => "another process".to_owned(),
    };
    let message = format!(
        "the outbox {} is in use by {who}: close it there, or give this one a file of its own",
        place.path.display()
    );
    OpenError::Refused(Error::new(ErrorCode::InUse, message))
}

fn unusable(path: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Unusable(format!(
        "{} cannot be made or locked: see that its folder may be written and has room ({error})",
        path.display()
    ))
}
