// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A stored object as a file: to a descriptor, a path or a callback.

use std::cell::Cell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::ptr;

use byteport_core::http::{DownloadOptions, Downloaded, Unpack};
use byteport_core::manage::ValueRef;
use byteport_core::{Client, Error, ErrorCode, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::progress::{Progress, byteport_progress_callback_t};
use crate::status::byteport_status_t;
use crate::userdata::{Userdata, byteport_free_callback_t};
use crate::{address, handle, panic};

/// What is undone of the encoding with which an object was stored, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_unpack_t {
    /// The service reads the base64 text, and decompresses what is compressed. What a download does unless told otherwise.
    BYTEPORT_UNPACK_THERE = 0,
    /// The service reads the base64 text: what is compressed stays so.
    BYTEPORT_UNPACK_THERE_DECODED_ONLY = 1,
    /// The text comes as it was stored; the library reads it, and decompresses what is zlib, gzip or bzip2.
    BYTEPORT_UNPACK_HERE = 2,
    /// The text comes as it was stored; the library reads it: what is compressed stays so.
    BYTEPORT_UNPACK_HERE_DECODED_ONLY = 3,
    /// The text as it was stored.
    BYTEPORT_UNPACK_NOTHING = 4,
}

use byteport_unpack_t::*;

fn unpack(number: i32) -> Result<Unpack> {
    match number {
        n if n == BYTEPORT_UNPACK_THERE as i32 => Ok(Unpack::There),
        n if n == BYTEPORT_UNPACK_THERE_DECODED_ONLY as i32 => Ok(Unpack::ThereDecodedOnly),
        n if n == BYTEPORT_UNPACK_HERE as i32 => Ok(Unpack::Here),
        n if n == BYTEPORT_UNPACK_HERE_DECODED_ONLY as i32 => Ok(Unpack::HereDecodedOnly),
        n if n == BYTEPORT_UNPACK_NOTHING as i32 => Ok(Unpack::Nothing),
        _ => Err(Error::new(ErrorCode::InvalidArgument, "unpack is not a byteport_unpack_t")),
    }
}

/// Which stored object is loaded and how; and, after a call that succeeded, what came. For one thread at a time. A setter that
/// fails changes nothing.
#[derive(Default)]
pub struct byteport_download_t {
    namespace: Option<String>,
    device: Option<String>,
    field: String,
    reference: String,
    unpack: Unpack,
    limit: Option<u64>,
    progress: Progress,
    bytes: u64,
    file_name: Option<CString>,
}

impl byteport_download_t {
    /// Loads by a way of the core's, and keeps what came of it.
    fn load(
        &mut self,
        client: &Client,
        load: impl FnOnce(&ValueRef<'_>, DownloadOptions<'_>) -> Result<Downloaded>,
    ) -> Result<()> {
        let value = ValueRef {
            namespace: address::namespace_or_own(client, self.namespace.as_deref())?,
            device: address::device_or_own(client, self.device.as_deref())?,
            field: &self.field,
            reference: &self.reference,
        };
        let mut tell = |so_far, total| self.progress.tell(so_far, total);
        let options = DownloadOptions { unpack: self.unpack, limit: self.limit, progress: Some(&mut tell) };
        let downloaded = load(&value, options)?;
        self.bytes = downloaded.bytes;
        self.file_name = downloaded.file_name.as_deref().map(handle::c_text);
        Ok(())
    }
}

/// Changes a download.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn change(
    download: *mut byteport_download_t,
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(&mut byteport_download_t) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || change(handle::borrow_mut(download, "download")?)) }
}

/// Takes one piece of an object: `length` bytes, which are gone when the callback returns. It returns 0 to go on, and anything
/// else to end the call with BYTEPORT_ERROR_STOPPED. It is called on the thread of the call; it must not use the download,
/// and must neither throw nor jump out.
pub type byteport_data_callback_t =
    Option<unsafe extern "C" fn(data: *const u8, length: usize, userdata: *mut c_void) -> c_int>;

/// What is written goes to a callback, until it says no. Then the rest is dropped, and the transfer's progress, which is told
/// before each further piece and at the end, breaks off.
struct CallbackSink<'a> {
    callback: unsafe extern "C" fn(*const u8, usize, *mut c_void) -> c_int,
    userdata: *mut c_void,
    is_stopped: &'a Cell<bool>,
}

impl Write for CallbackSink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_stopped.get() {
            // SAFETY: callback and userdata are as the header asks while the call that they were given to lasts.
            let answer = unsafe { (self.callback)(bytes.as_ptr(), bytes.len(), self.userdata) };
            self.is_stopped.set(answer != 0);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A new download, of nothing. Free it with byteport_download_free(). NULL where memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_download_new() -> *mut byteport_download_t {
    panic::made(byteport_download_t::default)
}

/// Sets which object is loaded: its field, and the `r` of its point in the service's answer; byteport-server takes `latest`,
/// too. For NULL, namespace and device are the client's own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_set_value(
    download: *mut byteport_download_t,
    namespace_: *const c_char,
    device: *const c_char,
    field: *const c_char,
    reference: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(download, error, |download| {
            let (field, reference) = (handle::text(field, "field")?, handle::text(reference, "reference")?);
            let namespace = handle::text_or_none(namespace_, "namespace")?.map(str::to_owned);
            download.device = handle::text_or_none(device, "device")?.map(str::to_owned);
            download.namespace = namespace;
            download.field = field.to_owned();
            download.reference = reference.to_owned();
            Ok(())
        })
    }
}

/// Sets what is undone of the encoding and where, as a byteport_unpack_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_set_unpack(
    download: *mut byteport_download_t,
    unpack: i32,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(download, error, |download| {
            download.unpack = self::unpack(unpack)?;
            Ok(())
        })
    }
}

/// Sets the most bytes that are written; above it is BYTEPORT_ERROR_ANSWER_TOO_LARGE. Default: any number. A few compressed
/// bytes can stand for gigabytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_set_limit(
    download: *mut byteport_download_t,
    bytes: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(download, error, |download| {
            download.limit = Some(bytes);
            Ok(())
        })
    }
}

/// Sets who is told as the bytes come in, which are those of the transfer: more or fewer than are written where the library
/// unpacks them. NULL is for nobody. `free_userdata`, which may be NULL, is called once: when the callback is replaced or the
/// download freed, at once where the callback is NULL. Where this call fails, the userdata stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_set_progress(
    download: *mut byteport_download_t,
    callback: byteport_progress_callback_t,
    userdata: *mut c_void,
    free_userdata: byteport_free_callback_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(download, error, |download| {
            download.progress = Progress::new(callback, Userdata::new(userdata, free_userdata));
            Ok(())
        })
    }
}

/// How many bytes the last call that succeeded has written; 0 before, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_bytes(download: *const byteport_download_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(download) }.map_or(0, |download| download.bytes)
}

/// The file name that the service proposed in the last call that succeeded: a name only, without folders, control characters
/// and points at its beginning. NULL where it proposed none, before, and for NULL. The text belongs to the download and is
/// gone after its next call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_file_name(download: *const byteport_download_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let name = unsafe { handle::get(download) }.and_then(|download| download.file_name.as_ref());
    name.map_or(ptr::null(), |name| name.as_ptr())
}

/// Frees a download; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_download_free(download: *mut byteport_download_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(download) });
}

/// Loads an object.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn load(
    client: *const byteport_client_t,
    download: *mut byteport_download_t,
    error: *mut *mut byteport_error_t,
    load: impl FnOnce(&Client, &ValueRef<'_>, DownloadOptions<'_>) -> Result<Downloaded>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe {
        panic::call(error, || {
            let client = handle::borrow(client, "client")?.core();
            let download = handle::borrow_mut(download, "download")?;
            download.load(client, |value, options| load(client, value, options))
        })
    }
}

/// Writes an object to a file descriptor, from where it stands, in memory that does not grow with the object. The descriptor
/// stays open, and must block. What was written before an error is no whole object. A pipe that nobody reads any more
/// raises SIGPIPE, as write() does.
///
/// The answer's beginning comes within the total time-out; after that only the time without a byte is limited, by the same
/// length.
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for a descriptor that is not open or a reference that is none;
/// BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME; BYTEPORT_ERROR_FORBIDDEN without
/// login; BYTEPORT_ERROR_FILE where it cannot be written; BYTEPORT_ERROR_ANSWER_TOO_LARGE above the limit;
/// BYTEPORT_ERROR_STOPPED; BYTEPORT_ERROR_INVALID_VALUE where what the library unpacks is damaged; those of the connection
/// and of the HTTP status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_download_to_fd(
    client: *const byteport_client_t,
    download: *mut byteport_download_t,
    fd: c_int,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        load(client, download, error, |client, value, options| {
            client.download(value, options, &mut handle::file(fd, "fd")?)
        })
    }
}

/// Writes an object to a file, which has its name only when it is whole and on the disk: until then it is a temporary one in
/// the same folder, which is gone after an error. A file that was there is replaced, and so is a symbolic link. Else as
/// byteport_client_download_to_fd().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_download_to_path(
    client: *const byteport_client_t,
    download: *mut byteport_download_t,
    path: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        load(client, download, error, |client, value, options| {
            client.download_to(value, options, Path::new(handle::text(path, "path")?))
        })
    }
}

/// Gives an object to a callback, piece by piece. The userdata is only handed on. Else as byteport_client_download_to_fd().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_download_to_callback(
    client: *const byteport_client_t,
    download: *mut byteport_download_t,
    callback: byteport_data_callback_t,
    userdata: *mut c_void,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        load(client, download, error, |client, value, options| {
            let null = || Error::new(ErrorCode::InvalidArgument, "callback is NULL");
            let (callback, is_stopped) = (callback.ok_or_else(null)?, Cell::new(false));
            let mut sink = CallbackSink { callback, userdata, is_stopped: &is_stopped };
            let DownloadOptions { unpack, limit, mut progress } = options;
            let mut tell = |so_far, total| match &mut progress {
                _ if is_stopped.get() => ControlFlow::Break(()),
                Some(progress) => progress(so_far, total),
                None => ControlFlow::Continue(()),
            };
            let options = DownloadOptions { unpack, limit, progress: Some(&mut tell) };
            client.download(value, options, &mut sink)
        })
    }
}
