// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Threads of the library's own, held by who started them.

use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorCode, Result};

/// Enough for a TLS handshake and for SQLite.
const STACK: usize = 1 << 20;

/// The threads of one outbox, or of one client of a broker.
#[derive(Debug, Default)]
pub(crate) struct Threads(Mutex<Vec<JoinHandle<()>>>);

impl Threads {
    /// # Errors
    /// [`ErrorCode::File`] where no thread can be started.
    pub(crate) fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = Builder::new().name(name.to_owned()).stack_size(STACK).spawn(work).map_err(|error| {
            Error::new(ErrorCode::File, "no thread can be started: raise the limit on processes")
                .because(error)
        })?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Joins those that end in time; one that does not, because it waits for the network or is the caller itself, ends alone.
    pub(crate) fn join(&self, patience: Instant) {
        let threads = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let is_this = thread.thread().id() == std::thread::current().id();
            while !is_this && !thread.is_finished() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(1));
            }
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }

    /// In a forked child: a handle of a thread that is not here could be that of another by now, which dropping it would detach.
    pub(crate) fn forget(&mut self) {
        std::mem::forget(std::mem::take(self.0.get_mut().unwrap_or_else(PoisonError::into_inner)));
    }
}
