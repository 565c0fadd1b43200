// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is told of a transfer as it goes on.

use std::ffi::{c_int, c_void};
use std::ops::ControlFlow;

use crate::userdata::Userdata;

/// A size that is not known.
pub const BYTEPORT_SIZE_UNKNOWN: u64 = u64::MAX;

/// Is told how many bytes of a transfer have come, and how many there will be, or BYTEPORT_SIZE_UNKNOWN. It returns 0 to go on,
/// and anything else to end the call with BYTEPORT_ERROR_STOPPED. It is called on the thread of the call; it must not use the
/// handle for which it was set, and must neither throw nor jump out.
pub type byteport_progress_callback_t =
    Option<unsafe extern "C" fn(so_far: u64, total: u64, userdata: *mut c_void) -> c_int>;

/// A callback and what belongs to it, if there is one.
#[derive(Default)]
pub(crate) struct Progress(Option<(Callback, Userdata)>);

type Callback = unsafe extern "C" fn(u64, u64, *mut c_void) -> c_int;

impl Progress {
    /// Keeps a callback with its userdata; without one, the userdata is freed at once.
    pub(crate) fn new(callback: byteport_progress_callback_t, userdata: Userdata) -> Progress {
        Progress(callback.map(|callback| (callback, userdata)))
    }

    /// Calls the callback.
    pub(crate) fn tell(&self, so_far: u64, total: Option<u64>) -> ControlFlow<()> {
        let Some((callback, userdata)) = &self.0 else { return ControlFlow::Continue(()) };
        let total = total.unwrap_or(BYTEPORT_SIZE_UNKNOWN);
        // SAFETY: callback and userdata were given together, and the userdata lives as long as `self`.
        match unsafe { callback(so_far, total, userdata.pointer()) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}
