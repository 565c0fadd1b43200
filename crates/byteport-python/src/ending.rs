// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The outboxes and the brokers' clients that are open, and the end of the interpreter: it closes them, and after that no
//! thread of the core's comes into Python any more.
//!
//! Invariants: the lists are locked with the interpreter's lock held, and nothing of Python is done meanwhile; so no fork finds
//! one locked. An open outbox is kept here, too, so that one which its program has let go of uploads on; a broker's client is
//! kept only until the broker has answered for what was handed in.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use byteport_core::ErrorCode::InvalidArgument;
use byteport_core::broker::Broker;
use byteport_core::outbox::Outbox;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::outbox::canonical;
use crate::{error, interrupt};

/// How long the end of the interpreter waits for the last readings to be delivered, and then for functions of the program
/// that are still running.
const PATIENCE: Duration = Duration::from_secs(2);

/// An open outbox.
pub(crate) struct Kept {
    core: Outbox,
    file: PathBuf,
}

impl Kept {
    pub(crate) fn core(&self) -> &Outbox {
        &self.core
    }
}

static OPEN: Mutex<Vec<Arc<Kept>>> = Mutex::new(Vec::new());

/// Only with the interpreter's lock.
fn open(_: Python<'_>) -> MutexGuard<'static, Vec<Arc<Kept>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses to open what nobody would close.
pub(crate) fn check(py: Python<'_>, what: &str) -> PyResult<()> {
    let refused = |message: String| Err(error::refused(py, InvalidArgument, message));
    if SHUT.load(SeqCst) {
        return refused(format!("the program is ending: no {what} can be opened now"));
    }
    if !is_main_interpreter(py) {
        return refused(format!("no {what} can be opened in a subinterpreter: open it in the main one"));
    }
    Ok(())
}

static BROKERS: Mutex<Vec<Weak<Broker>>> = Mutex::new(Vec::new());

/// Only with the interpreter's lock.
fn brokers(_: Python<'_>) -> MutexGuard<'static, Vec<Weak<Broker>>> {
    BROKERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Those that their program has let go of.
static LEAVING: Mutex<Vec<Arc<Broker>>> = Mutex::new(Vec::new());

/// Only with the interpreter's lock.
fn leaving(_: Python<'_>) -> MutexGuard<'static, Vec<Arc<Broker>>> {
    LEAVING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nobody has this broker's client any more: it ends when the broker has answered, or soon.
pub(crate) fn leave(py: Python<'_>, core: &Arc<Broker>) {
    let mut all = leaving(py);
    if core.leave(PATIENCE).is_ok() {
        all.push(Arc::clone(core));
    }
    all.retain(|other| !matches!(other.wait_closed(Duration::ZERO), Ok(true)));
}

/// Has the end of the interpreter close a broker's client, if its program has not by then.
pub(crate) fn watch(py: Python<'_>, core: &Arc<Broker>) -> PyResult<()> {
    end_with_child(py)?;
    let mut all = brokers(py);
    all.retain(|other| other.strong_count() > 0);
    all.push(Arc::downgrade(core));
    Ok(())
}

/// Keeps an outbox until it is closed.
pub(crate) fn keep(py: Python<'_>, core: Outbox) -> PyResult<Arc<Kept>> {
    let kept = Arc::new(Kept { file: canonical(core.path()), core });
    end_with_child(py)?;
    open(py).push(Arc::clone(&kept));
    Ok(kept)
}

/// It is closed.
pub(crate) fn forget(py: Python<'_>, closed: &Arc<Kept>) {
    open(py).retain(|kept| !Arc::ptr_eq(kept, closed));
}

/// Closes what has this file open and cannot be reached by the program any more.
pub(crate) fn close_unreachable(py: Python<'_>, file: &Path) {
    let file = canonical(file);
    let mut all = open(py);
    let (closing, others) = std::mem::take(&mut *all)
        .into_iter()
        .partition::<Vec<_>, _>(|kept| Arc::strong_count(kept) == 1 && kept.file == file);
    *all = others;
    drop(all);
    py.detach(|| closing.iter().for_each(|kept| drop(kept.core.close(Duration::ZERO))));
}

/// Has the end of the interpreter close what is open.
pub(crate) fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let atexit = py.import(intern!(py, "atexit"))?;
    module.add_function(wrap_pyfunction!(close_all, module)?)?;
    if !is_main_interpreter(py) {
        return Ok(()); // its end is not that of what is open
    }
    let close = module.getattr(intern!(py, "close_all"))?;
    atexit.call_method1(intern!(py, "register"), (close,)).map(|_| ())
}

/// Whether it is the interpreter that the program began with.
fn is_main_interpreter(_: Python<'_>) -> bool {
    // SAFETY: the caller has an interpreter's lock, so that there is a current one, and it is asked for its number only.
    unsafe { pyo3::ffi::PyInterpreterState_GetID(pyo3::ffi::PyInterpreterState_Get()) == 0 }
}

/// A child of `multiprocessing` ends without what `atexit` knows, and with what that package knows.
fn end_with_child(py: Python<'_>) -> PyResult<()> {
    let loaded = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    let Ok(util) = loaded.get_item(intern!(py, "multiprocessing.util")) else { return Ok(()) };
    let process = py.import(intern!(py, "multiprocessing.process"))?;
    if process.call_method0(intern!(py, "parent_process"))?.is_none() {
        return Ok(());
    }
    let close = py.import(intern!(py, "byteport._byteport"))?.getattr(intern!(py, "close_all"))?;
    let options = PyDict::new(py);
    options.set_item(intern!(py, "exitpriority"), 0)?;
    util.call_method(intern!(py, "Finalize"), (py.None(), close), Some(&options)).map(|_| ())
}

/// Closes everything that is open: waits a little for the service and the broker, then leaves the rest in the files. What a
/// signal's handler raises ends the waiting only.
#[pyfunction]
pub(crate) fn close_all(py: Python<'_>) -> PyResult<()> {
    let outboxes = std::mem::take(&mut *open(py));
    let brokers: Vec<_> = std::mem::take(&mut *brokers(py)).iter().filter_map(Weak::upgrade).collect();
    let left = std::mem::take(&mut *leaving(py));
    let first = py.detach(move || {
        let (mut first, end) = (None, Instant::now() + PATIENCE);
        let mut close = |work: &dyn Fn(Duration)| {
            let left = end.saturating_duration_since(Instant::now());
            work(if first.is_some() { Duration::ZERO } else { left });
            let raised = interrupt::raised();
            first = first.take().or(raised);
        };
        // What is lost, the core logs.
        outboxes.iter().for_each(|kept| close(&|left| drop(kept.core.close(left))));
        brokers.iter().for_each(|broker| close(&|left| drop(broker.close(left))));
        shut();
        drop((brokers, left));
        first
    });
    first.map_or(Ok(()), Err)
}

/// Whether threads of the core's stay outside.
static SHUT: AtomicBool = AtomicBool::new(false);
/// How many of them are in Python, with the number of the process that they are in: a child has none of its parent's.
static INSIDE: AtomicU64 = AtomicU64::new(0);

fn process() -> u64 {
    u64::from(std::process::id()) << 32
}

/// How many are inside, in this process.
fn count(inside: u64) -> u64 {
    if inside >> 32 == process() >> 32 { inside & u64::from(u32::MAX) } else { 0 }
}

/// A thread of the core's that is in Python, or about to be.
struct Inside;

impl Inside {
    fn enter() -> Option<Inside> {
        let _ = INSIDE.fetch_update(SeqCst, SeqCst, |inside| Some(process() | (count(inside) + 1)));
        let inside = Inside;
        (!SHUT.load(SeqCst)).then_some(inside)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let _ =
            INSIDE.fetch_update(SeqCst, SeqCst, |inside| Some(process() | count(inside).saturating_sub(1)));
    }
}

/// Keeps the core's threads outside from now on, and waits for those that are inside; Python would end a thread there when
/// it goes down, which no Rust frame survives.
fn shut() {
    SHUT.store(true, SeqCst);
    let end = Instant::now() + PATIENCE;
    while count(INSIDE.load(SeqCst)) > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether Python knows this thread, as it does those that call into this module.
pub(crate) fn is_pythons_thread() -> bool {
    // SAFETY: reads the calling thread's own slot; allowed at any time, with and without the interpreter's lock.
    !unsafe { pyo3::ffi::PyGILState_GetThisThreadState() }.is_null()
}

/// Takes the interpreter's lock, in whichever thread; None where the interpreter is going down.
pub(crate) fn attach<T>(work: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    let _inside = if is_pythons_thread() { None } else { Some(Inside::enter()?) };
    Python::try_attach(work)
}
