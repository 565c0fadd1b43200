// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The library's memory: the system's, and a reserve for when the system has none.
//!
//! Rust ends the program when it cannot get memory for something small. So that a program which runs into its limit gets an
//! error instead, small requests that the system refuses are met from a reserve inside the library, and a call that begins
//! while the reserve is in use, and the system still refuses, is `BYTEPORT_ERROR_OUT_OF_MEMORY`. The calls that are under
//! way then end on the reserve. Untouched, it costs addresses and no memory.
//!
//! Invariants: a piece of the reserve is a run of units that are marked in the map and belong to one allocation; only the
//! thread that holds the lock reads or changes the map; nothing here allocates, panics or waits without end.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::hint::black_box;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use byteport_core::{Error, ErrorCode, Result};

/// The parts in which the reserve is given out, in bytes; also the largest alignment that it serves.
const UNIT: usize = 256;
const UNITS: usize = 4096;
/// What is larger is not met from the reserve: it would take what the small ones need.
const LARGEST: usize = 128 << 10;
/// As much as a call needs at most at once, besides what the caller's data takes.
const PROBE: usize = 64 << 10;
/// A thread's stack, what it needs to begin, and what others may take meanwhile.
const THREAD: usize = 4 << 20;

#[global_allocator]
static MEMORY: Memory = Memory { reserve: Reserve::new() };

/// Refuses to begin something while memory is short.
///
/// The C library ends the program where it has no memory to note what a thread must run at its end. So that is settled in the
/// first call of each thread, when there is enough.
pub(crate) fn check() -> Result<()> {
    let is_new = IS_NEW.get();
    if (is_new || MEMORY.reserve.is_used()) && !has_probe() {
        return Err(short());
    }
    if is_new && AT_END.try_with(|_| IS_NEW.set(false)).is_ok() {
        byteport_core::settle();
    }
    Ok(())
}

thread_local! {
    static IS_NEW: Cell<bool> = const { Cell::new(true) };
    static AT_END: AtEnd = const { AtEnd };
}

/// Something to drop when the thread ends.
struct AtEnd;

impl Drop for AtEnd {
    fn drop(&mut self) {
        IS_NEW.set(true);
    }
}

/// Starts a thread, unless it would find no memory. Rust's library makes a thread's description without asking the reserve.
pub(crate) fn start_thread(start: &mut dyn FnMut()) {
    if has_probe() && has_room(THREAD) {
        start();
    }
}

/// Refuses data of the caller's for whose copies there is no memory. A small copy is not asked for in advance.
pub(crate) fn check_room(bytes: usize) -> Result<()> {
    if bytes > PROBE && !has_room(bytes.saturating_mul(COPIES)) { Err(short()) } else { Ok(()) }
}

/// A text is held as it is, as it is encoded, and in a buffer that grows by doubling.
const COPIES: usize = 6;

fn short() -> Error {
    Error::new(
        ErrorCode::OutOfMemory,
        "memory is short: free some, raise the limit of this process, or ask for less",
    )
}

/// Whether the system, not the reserve, has memory to begin something.
fn has_probe() -> bool {
    const LAYOUT: Layout = Layout::new::<[u8; PROBE]>();
    // SAFETY: the size is not zero; what was got is given back with the same layout.
    unsafe {
        // Out of the compiler's sight: what is got and given back unused, it may leave out.
        let place = black_box(System.alloc(LAYOUT));
        if !place.is_null() {
            System.dealloc(place, LAYOUT);
        }
        !place.is_null()
    }
}

/// Whether the process may have so many bytes more. The C library is not asked: it would keep what it got for that.
fn has_room(bytes: usize) -> bool {
    // SAFETY: a new mapping at a place of the system's choice, which nobody reads, taken away at once.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let place = libc::mmap(ptr::null_mut(), bytes, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
        place != libc::MAP_FAILED && libc::munmap(place, bytes) == 0
    }
}

struct Memory {
    reserve: Reserve,
}

// SAFETY: memory is the system's or a run of the reserve, each given back to where it came from; no method unwinds.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout is the system's.
        let place = unsafe { System.alloc(layout) };
        if place.is_null() { self.reserve.take(layout) } else { place }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout is the system's.
        let place = unsafe { System.alloc_zeroed(layout) };
        if !place.is_null() {
            return place;
        }
        let place = self.reserve.take(layout);
        if !place.is_null() {
            // SAFETY: a run of the reserve that is as long as the layout says, and belongs to this call.
            unsafe { ptr::write_bytes(place, 0, layout.size()) };
        }
        place
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if !self.reserve.give_back(place, layout) {
            // SAFETY: not the reserve's, so the system's.
            unsafe { System.dealloc(place, layout) };
        }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.reserve.holds(place) {
            // SAFETY: not the reserve's, so the system's.
            let moved = unsafe { System.realloc(place, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: by the caller's word, the size fits a layout of this alignment; what is copied is in both places, which are
        // apart, and the old one is given back once, and only after a new one was found.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(place, moved, layout.size().min(size));
                self.dealloc(place, layout);
            }
            moved
        }
    }
}

#[repr(align(256))]
struct Units(UnsafeCell<[u8; UNIT * UNITS]>);

struct Reserve {
    units: Units,
    /// A bit for each unit that is given out.
    map: UnsafeCell<[u64; UNITS / 64]>,
    locked: AtomicBool,
    used: AtomicUsize,
}

// SAFETY: the map is under the lock; a run of units is only its owner's.
unsafe impl Sync for Reserve {}

impl Reserve {
    const fn new() -> Reserve {
        Reserve {
            units: Units(UnsafeCell::new([0; UNIT * UNITS])),
            map: UnsafeCell::new([0; UNITS / 64]),
            locked: AtomicBool::new(false),
            used: AtomicUsize::new(0),
        }
    }

    fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed) > 0
    }

    fn start(&self) -> *mut u8 {
        self.units.0.get().cast()
    }

    fn holds(&self, place: *mut u8) -> bool {
        (place as usize).wrapping_sub(self.start() as usize) < UNIT * UNITS
    }

    /// Memory for a layout; NULL where it is too large, or no run is free.
    fn take(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LARGEST || layout.align() > UNIT {
            return ptr::null_mut();
        }
        let count = layout.size().div_ceil(UNIT).max(1);
        let first = self.with_map(|map| {
            let first = free_run(map, count)?;
            mark(map, first, count, true);
            Some(first)
        });
        let Some(first) = first.flatten() else { return ptr::null_mut() };
        self.used.fetch_add(count, Ordering::Relaxed);
        self.start().wrapping_add(first * UNIT)
    }

    /// Takes a run back; false for memory that is not the reserve's.
    fn give_back(&self, place: *mut u8, layout: Layout) -> bool {
        if !self.holds(place) {
            return false;
        }
        let first = (place as usize - self.start() as usize) / UNIT;
        let count = layout.size().div_ceil(UNIT).max(1);
        if self.with_map(|map| mark(map, first, count, false)).is_some() {
            self.used.fetch_sub(count, Ordering::Relaxed);
        }
        true
    }

    /// Runs something that has the map to itself; not at all where another thread keeps it for ever, which is so in a child
    /// that was forked just then.
    fn with_map<T>(&self, body: impl FnOnce(&mut [u64; UNITS / 64]) -> T) -> Option<T> {
        let mut tries = 0;
        while self.locked.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            tries += 1;
            if tries > 100_000 {
                return None;
            }
            std::thread::yield_now();
        }
        // SAFETY: this thread has the lock, and the reference ends with the body, which does not come back here.
        let result = body(unsafe { &mut *self.map.get() });
        self.locked.store(false, Ordering::Release);
        Some(result)
    }
}

/// The first of so many units in a row that are free.
fn free_run(map: &[u64; UNITS / 64], count: usize) -> Option<usize> {
    let mut length = 0;
    for unit in 0..UNITS {
        let is_free = map[unit / 64] & (1 << (unit % 64)) == 0;
        length = if is_free { length + 1 } else { 0 };
        if length == count {
            return Some(unit + 1 - count);
        }
    }
    None
}

fn mark(map: &mut [u64; UNITS / 64], first: usize, count: usize, given: bool) {
    for unit in first..first + count {
        let bit = 1 << (unit % 64);
        if given { map[unit / 64] |= bit } else { map[unit / 64] &= !bit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[test]
    fn runs_do_not_overlap_and_come_back() {
        static RESERVE: Reserve = Reserve::new();
        let reserve = &RESERVE;
        let sizes = [1, UNIT, UNIT + 1, 5000, 0];
        let places = sizes.map(|size| reserve.take(layout(size)));
        let ends = places.iter().zip(sizes).map(|(place, size)| *place as usize + size);
        assert!(ends.zip(&places[1..]).all(|(end, next)| end <= *next as usize));
        assert!(reserve.is_used());
        for (place, size) in places.into_iter().zip(sizes) {
            assert!(reserve.give_back(place, layout(size)));
        }
        assert!(!reserve.is_used());
        assert_eq!(reserve.take(layout(LARGEST)), places[0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        static RESERVE: Reserve = Reserve::new();
        let reserve = &RESERVE;
        assert!(reserve.take(layout(LARGEST + 1)).is_null());
        assert!(reserve.take(Layout::from_size_align(8, 2 * UNIT).unwrap()).is_null());
        let whole = UNIT * UNITS / LARGEST;
        let places: Vec<_> = (0..whole).map(|_| reserve.take(layout(LARGEST))).collect();
        assert!(places.iter().all(|place| !place.is_null()));
        assert!(reserve.take(layout(1)).is_null());
        reserve.give_back(places[3], layout(LARGEST));
        assert_eq!(reserve.take(layout(1)), places[3]);
        assert!(!reserve.give_back(ptr::dangling_mut(), layout(1)));
    }

    #[test]
    fn threads_share_the_reserve() {
        static RESERVE: Reserve = Reserve::new();
        let reserve = &RESERVE;
        std::thread::scope(|scope| {
            for mark in 1..=4u8 {
                let reserve = &reserve;
                scope.spawn(move || {
                    for round in 0..500 {
                        let wanted = layout(1 + round % 3000);
                        let place = reserve.take(wanted);
                        // SAFETY: a run as long as the layout, this thread's alone.
                        let run = unsafe { std::slice::from_raw_parts_mut(place, wanted.size()) };
                        run.fill(mark);
                        std::thread::yield_now();
                        assert!(run.iter().all(|byte| *byte == mark));
                        assert!(reserve.give_back(place, wanted));
                    }
                });
            }
        });
        assert!(!reserve.is_used());
    }

    #[test]
    fn data_larger_than_memory_is_refused() {
        assert!(check().is_ok());
        assert!(check_room(1 << 20).is_ok());
        assert_eq!(check_room(usize::MAX / 2).unwrap_err().code(), ErrorCode::OutOfMemory);
    }
}
