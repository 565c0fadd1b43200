// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The border: the only file in which pointers become references, slices, texts and boxes, and the reverse.
//!
//! Invariants: a handle given to C is a leaked box of the type that its name says, and only `free` takes it back; NULL and
//! misaligned pointers never get past this file; nothing made here from a pointer outlives the call that it came with.

use std::ffi::{CStr, CString, c_char, c_int};
use std::fs::File;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;

use byteport_core::{Error, ErrorCode, Result};

use crate::memory;

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}

/// A pointer that can point to a `T`: neither NULL nor misaligned.
fn usable<T>(pointer: *const T) -> Option<NonNull<T>> {
    NonNull::new(pointer.cast_mut()).filter(|pointer| pointer.is_aligned())
}

/// As [`usable`], with an error that names the argument.
fn checked<T>(pointer: *const T, name: &str) -> Result<NonNull<T>> {
    let fault = if pointer.is_null() { "NULL" } else { "not aligned" };
    usable(pointer).ok_or_else(|| invalid(format!("{name} is {fault}")))
}

/// Gives a value to C, which owns it until it is freed.
pub(crate) fn into_raw<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes a handle back and drops it; NULL is fine.
///
/// # Safety
/// NULL, or a handle of that type that is not used any more.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: every handle comes from `into_raw`, and the caller gives it up.
        drop(unsafe { Box::from_raw(handle) });
    }
}

/// The value behind a handle.
///
/// # Safety
/// NULL, or a handle of that type that nobody changes or frees meanwhile.
pub(crate) unsafe fn borrow<'a, T>(handle: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: not NULL, aligned, and a living handle by the caller's word.
    checked(handle, name).map(|handle| unsafe { handle.as_ref() })
}

/// The value behind a handle, to be changed.
///
/// # Safety
/// NULL, or a handle of that type that nobody else uses meanwhile.
pub(crate) unsafe fn borrow_mut<'a, T>(handle: *mut T, name: &str) -> Result<&'a mut T> {
    // SAFETY: not NULL, aligned, and a living handle that is this call's alone by the caller's word.
    checked(handle, name).map(|mut handle| unsafe { handle.as_mut() })
}

/// The value behind a handle for a getter, to which NULL is no error.
///
/// # Safety
/// As [`borrow`].
pub(crate) unsafe fn get<'a, T>(handle: *const T) -> Option<&'a T> {
    // SAFETY: as for `borrow`.
    usable(handle).map(|handle| unsafe { handle.as_ref() })
}

/// Reads something of the value behind a handle for a getter; NULL gives the fallback.
///
/// # Safety
/// As [`borrow`].
pub(crate) unsafe fn read<H, T>(handle: *const H, fallback: T, read: impl FnOnce(&H) -> T) -> T {
    // SAFETY: as for `borrow`.
    unsafe { get(handle) }.map_or(fallback, read)
}

/// What the header says of threads is only as good as the type.
#[allow(dead_code)] // Rust 1.85 does not count the use in a constant
pub(crate) const fn shared_by_threads<T: Send + Sync>() {}

/// A text of the caller's.
///
/// # Safety
/// NULL, or a NUL-terminated text that stays as it is meanwhile.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    checked(text, name)?;
    // SAFETY: not NULL, and NUL-terminated by the caller's word.
    let text = unsafe { CStr::from_ptr(text) };
    memory::check_room(text.count_bytes())?;
    text.to_str().map_err(|error| invalid(format!("{name} is not UTF-8: {error}")))
}

/// A text of the caller's, or `None` for NULL.
///
/// # Safety
/// As [`text`].
pub(crate) unsafe fn text_or_none<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as for `text`.
    unsafe { text(pointer, name) }.map(Some)
}

/// Items of the caller's, such as bytes; NULL is fine where there are none.
///
/// # Safety
/// `count` items that stay as they are meanwhile.
pub(crate) unsafe fn items<'a, T>(data: *const T, count: usize, name: &str) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    let data = checked(data, name)?;
    if count.checked_mul(size_of::<T>()).is_none_or(|size| isize::try_from(size).is_err()) {
        return Err(invalid(format!("{name} is longer than memory can be")));
    }
    memory::check_room(count * size_of::<T>())?;
    // SAFETY: not NULL, `count` items by the caller's word, and no longer than a slice may be.
    Ok(unsafe { std::slice::from_raw_parts(data.as_ptr(), count) })
}

/// Texts of the caller's, `count` names and as many values; NULL is fine where there are none.
///
/// # Safety
/// `count` pointers each, of which each is as for [`text`].
pub(crate) unsafe fn pairs<'a>(
    names: *const *const c_char,
    values: *const *const c_char,
    count: usize,
) -> Result<Vec<(&'a str, &'a str)>> {
    // SAFETY: as the caller says.
    let (names, values) = unsafe { (items(names, count, "names")?, items(values, count, "values")?) };
    let pairs = names.iter().zip(values);
    // SAFETY: as the caller says.
    pairs.map(|(name, value)| unsafe { Ok((text(*name, "a name")?, text(*value, "a value")?)) }).collect()
}

/// A file of our own that writes where a descriptor of the caller's does, which stays open.
pub(crate) fn file(descriptor: c_int, name: &str) -> Result<File> {
    if descriptor < 0 {
        return Err(invalid(format!("{name} is no file descriptor: {descriptor}")));
    }
    // SAFETY: not -1, and borrowed only to be duplicated, which fails for one that is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    let file = borrowed.try_clone_to_owned().map(File::from);
    file.map_err(|error| invalid(format!("{name} is not open: {error}")))
}

/// A place of the caller's to write one result to.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// Writes the result; what was there before is not looked at.
    pub(crate) fn put(self, value: T) {
        // SAFETY: `out` checked the pointer, and its caller vouched for the place.
        unsafe { self.0.as_ptr().write(value) }
    }
}

/// Checks a place for a result before anything is done.
///
/// # Safety
/// NULL, or a place for one `T` that is this call's alone.
pub(crate) unsafe fn out<T>(pointer: *mut T, name: &str) -> Result<Out<T>> {
    checked(pointer, name).map(Out)
}

/// A place for a result that the caller may not want.
///
/// # Safety
/// As [`out`].
pub(crate) unsafe fn out_or_none<T>(pointer: *mut T) -> Option<Out<T>> {
    usable(pointer).map(Out)
}

/// Writes a result that the caller may not want.
///
/// # Safety
/// NULL, or a place for one `T` that is this call's alone.
pub(crate) unsafe fn put<T>(pointer: *mut T, value: T) {
    // SAFETY: the caller vouches for the place.
    if let Some(place) = unsafe { out_or_none(pointer) } {
        place.put(value);
    }
}

/// Writes results to as many places, if the caller wants them.
///
/// # Safety
/// NULL, or places for all of them that are this call's alone.
pub(crate) unsafe fn put_items<T>(pointer: *mut T, values: impl IntoIterator<Item = T>) {
    if let Some(places) = usable(pointer) {
        for (index, value) in values.into_iter().enumerate() {
            // SAFETY: not NULL, aligned, and a place of its own for each by the caller's word.
            unsafe { places.as_ptr().add(index).write(value) };
        }
    }
}

/// Writes a text and its NUL to a buffer of the caller's, if both fit.
///
/// # Safety
/// NULL, or `size` bytes that are this call's alone.
pub(crate) unsafe fn put_text(buffer: *mut c_char, size: usize, text: &str, name: &str) -> Result<()> {
    let buffer = checked(buffer, name)?;
    let text = c_text(text);
    let bytes = text.as_bytes_with_nul();
    if bytes.len() > size {
        return Err(invalid(format!("{name} holds {size} bytes and {} are needed", bytes.len())));
    }
    // SAFETY: not NULL, and large enough by the caller's word and the test above; a new text overlaps nothing.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.as_ptr().cast(), bytes.len()) };
    Ok(())
}

/// A text as C sees it: a NUL inside, which would end it early, becomes U+FFFD.
pub(crate) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_misaligned_pointers_are_errors() {
        let numbers = [0u64; 2];
        let odd = numbers.as_ptr().wrapping_byte_add(1);
        assert_eq!(checked(odd, "it").unwrap_err().to_string(), "it is not aligned");
        assert_eq!(checked(std::ptr::null::<u64>(), "it").unwrap_err().to_string(), "it is NULL");
        assert!(checked(numbers.as_ptr(), "it").is_ok());
    }

    #[test]
    fn items_longer_than_memory_are_an_error() {
        // SAFETY: the length is refused before the data is looked at.
        let result = unsafe { items([1u8].as_ptr(), usize::MAX, "it") };
        assert_eq!(result.unwrap_err().code(), ErrorCode::InvalidArgument);
        // SAFETY: as above, for a count that would fit if it were one of bytes.
        let result = unsafe { items([1u64].as_ptr(), usize::MAX / 4, "it") };
        assert_eq!(result.unwrap_err().code(), ErrorCode::InvalidArgument);
        // SAFETY: no byte is looked at.
        assert_eq!(unsafe { items::<u8>(std::ptr::null(), 0, "it") }.unwrap(), b"");
    }

    #[test]
    fn a_descriptor_that_is_not_open_is_an_error() {
        for descriptor in [-1, c_int::MIN, c_int::MAX] {
            assert_eq!(file(descriptor, "it").unwrap_err().code(), ErrorCode::InvalidArgument);
        }
    }

    #[test]
    fn a_nul_inside_does_not_end_a_text() {
        assert_eq!(c_text("a\0b").to_str().unwrap(), "a\u{fffd}b");
    }
}
