// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a callback works with. A callback that is kept beyond the call has a function that frees its userdata.
//!
//! Invariant: a userdata is freed once, when the callback that it belongs to is not called any more.

use std::ffi::c_void;

/// Frees a callback's userdata. It must neither throw nor jump out.
pub type byteport_free_callback_t = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// A userdata of the caller's, freed when this is dropped.
pub(crate) struct Userdata {
    pointer: *mut c_void,
    free: byteport_free_callback_t,
}

impl Userdata {
    pub(crate) fn new(pointer: *mut c_void, free: byteport_free_callback_t) -> Userdata {
        Userdata { pointer, free }
    }

    /// What a callback is called with; it lives as long as this does.
    pub(crate) fn pointer(&self) -> *mut c_void {
        self.pointer
    }

    /// Leaves it to the caller, where the callback was not taken after all.
    pub(crate) fn give_back(self) {
        std::mem::forget(self);
    }
}

impl Drop for Userdata {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the caller gave the two together, and no call with this userdata is under way, nor does one follow.
            unsafe { free(self.pointer) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn count(userdata: *mut c_void) {
        // SAFETY: the test's own counter.
        unsafe { *userdata.cast::<u32>() += 1 };
    }

    #[test]
    fn a_userdata_is_freed_once() {
        let mut freed = 0u32;
        let pointer = (&raw mut freed).cast();
        drop(Userdata::new(pointer, Some(count)));
        drop(Userdata::new(pointer, None));
        Userdata::new(pointer, Some(count)).give_back();
        assert_eq!(freed, 1);
    }
}
