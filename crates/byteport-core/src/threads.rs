// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Threads of the library's own, held by who started them.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use crate::error::{Error, ErrorCode, Result};

/// Enough for a TLS handshake and for SQLite.
const STACK: usize = 1 << 20;

/// A thread that has not begun by then is not waited for.
const BEGIN: Duration = Duration::from_secs(1);

static AROUND: OnceLock<fn(&mut dyn FnMut())> = OnceLock::new();

/// Has every thread of this library be started inside a function, which calls what it is given, or does not where there should be
/// no further thread: for a language whose threads must begin in a certain state, such as with signals blocked. The first
/// function stays.
pub fn start_threads_inside(around: fn(&mut dyn FnMut())) {
    let _ = AROUND.set(around);
}

/// Does in the calling thread what must be done at its end, as far as this library goes, with nothing yet to be done: the C
/// library notes such a thing when it is first used, and ends the program where there is no memory for the note.
pub fn settle() {
    static NONE: ArcSwapOption<()> = ArcSwapOption::const_empty();
    drop(NONE.load());
    #[cfg(feature = "outbox")]
    crate::outbox::settle();
}

/// A value that one thread gives and one waits for. A channel would note something for the end of the thread that waits.
#[derive(Debug)]
pub(crate) struct Promise<T>(Arc<(Mutex<Option<T>>, Condvar)>);

impl<T> Promise<T> {
    /// The promise, and a copy for the thread that keeps it.
    pub(crate) fn new() -> (Promise<T>, Promise<T>) {
        let shared = Arc::new((Mutex::new(None), Condvar::new()));
        (Promise(Arc::clone(&shared)), Promise(shared))
    }

    pub(crate) fn keep(&self, value: T) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.0.1.notify_one();
    }

    /// The value, if it comes in time.
    pub(crate) fn wait(&self, most: Duration) -> Option<T> {
        let value = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(value, most, |value| value.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }
}

/// Starts a thread, inside what [`start_threads_inside`] was given, and waits until it runs: then it has got all that it needs
/// to begin.
pub(crate) fn spawn<T: Send + 'static>(
    builder: Builder,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let (begins, began) = Promise::new();
    let work = move || {
        settle();
        begins.keep(());
        work()
    };
    let (mut parts, mut thread) = (Some((builder, work)), None);
    let mut start = || thread = parts.take().map(|(builder, work)| builder.spawn(work));
    match AROUND.get() {
        Some(around) => around(&mut start),
        None => start(),
    }
    let thread = thread.unwrap_or_else(|| Err(io::ErrorKind::OutOfMemory.into()))?;
    began.wait(BEGIN);
    Ok(thread)
}

/// The threads of one outbox, or of one client of a broker.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    started: Mutex<Vec<JoinHandle<()>>>,
    gate: Arc<Mutex<()>>,
}

impl Threads {
    /// Has those that are started wait with their work until this is dropped: one that works may take the memory that the next
    /// needs to begin.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// [`ErrorCode::File`] where no thread can be started.
    pub(crate) fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let builder = Builder::new().name(name.to_owned()).stack_size(STACK);
        let gate = Arc::clone(&self.gate);
        let work = move || {
            drop(gate.lock());
            work();
        };
        let thread = spawn(builder, work).map_err(|error| {
            Error::new(ErrorCode::File, "no thread can be started: raise the limit on processes")
                .because(error)
        })?;
        self.started.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Joins those that end in time; one that does not, because it waits for the network or is the caller itself, ends alone.
    pub(crate) fn join(&self, patience: Instant) {
        let threads = std::mem::take(&mut *self.started.lock().unwrap_or_else(PoisonError::into_inner));
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
        std::mem::forget(std::mem::take(self.started.get_mut().unwrap_or_else(PoisonError::into_inner)));
    }
}
