// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A device's new program, fetched into a folder.

use std::ffi::{CString, c_char, c_void};
use std::path::Path;
use std::ptr;

use byteport_core::http::{FirmwareOutcome, FirmwareRequest, MAX_IMAGE, MEDIA_PREFIX};
use byteport_core::{Client, Error, ErrorCode, Result};

use crate::client::byteport_client_t;
use crate::error::byteport_error_t;
use crate::progress::{Progress, byteport_progress_callback_t};
use crate::status::byteport_status_t;
use crate::userdata::{Userdata, byteport_free_callback_t};
use crate::{address, handle, panic};

/// What came of asking for a new program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_firmware_outcome_t {
    /// No call has succeeded yet.
    BYTEPORT_FIRMWARE_NOT_ASKED = 0,
    /// The service has no enabled firmware for the device's type.
    BYTEPORT_FIRMWARE_NONE_OFFERED = 1,
    /// The device runs the newest version, or its image is in the folder already, whole.
    BYTEPORT_FIRMWARE_UP_TO_DATE = 2,
    /// The image is in the folder now.
    BYTEPORT_FIRMWARE_FETCHED = 3,
}

use byteport_firmware_outcome_t::*;

/// Which device asks for a new program, and where its image is to be put; and, after a call that succeeded, what came of it.
/// For one thread at a time. A setter that fails changes nothing.
pub struct byteport_firmware_t {
    namespace: Option<String>,
    device: Option<String>,
    folder: Option<String>,
    media_prefix: String,
    current_version: Option<String>,
    max_size: u64,
    allows_unchecked: bool,
    progress: Progress,
    outcome: Outcome,
}

struct Outcome {
    kind: byteport_firmware_outcome_t,
    version: Option<CString>,
    path: Option<CString>,
    received: u64,
}

impl Outcome {
    fn new(kind: byteport_firmware_outcome_t) -> Outcome {
        Outcome { kind, version: None, path: None, received: 0 }
    }
}

impl From<FirmwareOutcome> for Outcome {
    fn from(outcome: FirmwareOutcome) -> Outcome {
        let (kind, firmware, path, received) = match outcome {
            FirmwareOutcome::UpToDate { firmware, path } => (BYTEPORT_FIRMWARE_UP_TO_DATE, firmware, path, 0),
            FirmwareOutcome::Fetched { firmware, path, received } => {
                (BYTEPORT_FIRMWARE_FETCHED, firmware, Some(path), received)
            }
            _ => return Outcome::new(BYTEPORT_FIRMWARE_NONE_OFFERED),
        };
        let path = path.map(|path| handle::c_text(&path.to_string_lossy()));
        Outcome { kind, version: firmware.version.as_deref().map(handle::c_text), path, received }
    }
}

impl byteport_firmware_t {
    fn new() -> byteport_firmware_t {
        byteport_firmware_t {
            namespace: None,
            device: None,
            folder: None,
            media_prefix: MEDIA_PREFIX.to_owned(),
            current_version: None,
            max_size: MAX_IMAGE,
            allows_unchecked: false,
            progress: Progress::default(),
            outcome: Outcome::new(BYTEPORT_FIRMWARE_NOT_ASKED),
        }
    }

    fn request<'a>(&'a self, client: &'a Client) -> Result<FirmwareRequest<'a>> {
        let namespace = address::namespace_or_own(client, self.namespace.as_deref())?;
        let device = address::device_or_own(client, self.device.as_deref())?;
        let no_folder =
            || Error::new(ErrorCode::InvalidArgument, "there is no folder for the image: set one");
        let folder = self.folder.as_deref().ok_or_else(no_folder)?;
        let mut request = FirmwareRequest::new(namespace, device, Path::new(folder));
        request.media_prefix = &self.media_prefix;
        request.current_version = self.current_version.as_deref();
        request.max_size = self.max_size;
        request.allow_unchecked = self.allows_unchecked;
        Ok(request)
    }

    fn fetch(&mut self, client: &Client) -> Result<()> {
        let mut tell = |so_far, total| self.progress.tell(so_far, total);
        let outcome = client.fetch_firmware(&self.request(client)?, Some(&mut tell))?;
        self.outcome = outcome.into();
        Ok(())
    }
}

/// Changes a request for a program.
///
/// # Safety
/// The pointers are as the header asks.
unsafe fn change(
    firmware: *mut byteport_firmware_t,
    error: *mut *mut byteport_error_t,
    change: impl FnOnce(&mut byteport_firmware_t) -> Result<()>,
) -> byteport_status_t {
    // SAFETY: the caller vouches for the pointers.
    unsafe { panic::call(error, || change(handle::borrow_mut(firmware, "firmware")?)) }
}

/// A new request for a program, of the client's own device. Free it with byteport_firmware_free(). NULL where
/// memory is short.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_firmware_new() -> *mut byteport_firmware_t {
    panic::made(byteport_firmware_t::new)
}

/// Sets for which device a program is fetched. For NULL, namespace and device are the client's own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_device(
    firmware: *mut byteport_firmware_t,
    namespace_: *const c_char,
    device: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            let namespace = handle::text_or_none(namespace_, "namespace")?.map(str::to_owned);
            firmware.device = handle::text_or_none(device, "device")?.map(str::to_owned);
            firmware.namespace = namespace;
            Ok(())
        })
    }
}

/// Sets the folder in which the image is put, by the name that it has on the server. It must be there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_folder(
    firmware: *mut byteport_firmware_t,
    path: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            firmware.folder = Some(handle::text(path, "path")?.to_owned());
            Ok(())
        })
    }
}

/// Sets the path under which the server has its images; it begins and ends with `/`. Default: `/media/`. Where a service has
/// them is not documented.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_media_prefix(
    firmware: *mut byteport_firmware_t,
    prefix: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            firmware.media_prefix = handle::text(prefix, "prefix")?.to_owned();
            Ok(())
        })
    }
}

/// Sets the version that the device runs, which is not fetched again. NULL is for none, which is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_current_version(
    firmware: *mut byteport_firmware_t,
    version: *const c_char,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            firmware.current_version = handle::text_or_none(version, "version")?.map(str::to_owned);
            Ok(())
        })
    }
}

/// Sets the largest image that is fetched, in bytes. Default: 1,073,741,824 (1 GiB).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_max_size(
    firmware: *mut byteport_firmware_t,
    bytes: u64,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            firmware.max_size = bytes;
            Ok(())
        })
    }
}

/// Sets whether an image is fetched that has no digest, and so cannot be checked. Default: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_allow_unchecked(
    firmware: *mut byteport_firmware_t,
    allow: bool,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            firmware.allows_unchecked = allow;
            Ok(())
        })
    }
}

/// Sets who is told as the image comes in, what an earlier call left of it included. NULL is for nobody. The userdata is
/// freed as byteport_download_set_progress() says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_set_progress(
    firmware: *mut byteport_firmware_t,
    callback: byteport_progress_callback_t,
    userdata: *mut c_void,
    free_userdata: byteport_free_callback_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        change(firmware, error, |firmware| {
            firmware.progress = Progress::new(callback, Userdata::new(userdata, free_userdata));
            Ok(())
        })
    }
}

/// What came of the last call that succeeded; BYTEPORT_FIRMWARE_NOT_ASKED before, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_outcome(
    firmware: *const byteport_firmware_t,
) -> byteport_firmware_outcome_t {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(firmware) }.map_or(BYTEPORT_FIRMWARE_NOT_ASKED, |firmware| firmware.outcome.kind)
}

/// The version of the newest firmware, by the last call that succeeded. NULL where there is none or it has no version, before,
/// and for NULL. The text belongs to the request and is gone after its next call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_version(firmware: *const byteport_firmware_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let version = unsafe { handle::get(firmware) }.and_then(|firmware| firmware.outcome.version.as_ref());
    version.map_or(ptr::null(), |version| version.as_ptr())
}

/// The image's path in the folder, by the last call that succeeded. NULL where the image is not there, as the device runs that
/// version, before, and for NULL. The text belongs to the request and is gone after its next call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_path(firmware: *const byteport_firmware_t) -> *const c_char {
    // SAFETY: the caller's pointer is NULL or a living handle.
    let path = unsafe { handle::get(firmware) }.and_then(|firmware| firmware.outcome.path.as_ref());
    path.map_or(ptr::null(), |path| path.as_ptr())
}

/// How many bytes came over the network in the last call that succeeded: fewer than the image has where an earlier one had
/// begun. 0 before, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_received(firmware: *const byteport_firmware_t) -> u64 {
    // SAFETY: the caller's pointer is NULL or a living handle.
    unsafe { handle::get(firmware) }.map_or(0, |firmware| firmware.outcome.received)
}

/// Frees a request for a program; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_firmware_free(firmware: *mut byteport_firmware_t) {
    // SAFETY: the caller's pointer is NULL or a handle that is given up.
    panic::or((), || unsafe { handle::free(firmware) });
}

/// Finds the newest enabled firmware of the device's type, and fetches its image into the folder. Newest is what was uploaded
/// last; of several at the same time, or without a time, the one with the highest id.
///
/// The image is written to `NAME.part`, and gets its name when its size and digest are right and it is on the disk. Where the
/// connection breaks, the call goes on from where it was, a few times, as long as something comes; what an earlier call left
/// of the same firmware is gone on with, too. A second process that fetches the same image into the folder meanwhile gets
/// BYTEPORT_ERROR_FILE. Time-outs are as those of byteport_client_download_to_fd().
///
/// Size and MD5 digest find an image that is torn, cut short, damaged on its way, or mixed up with another one. They do not
/// protect from an attacker: MD5 is broken, and the digest comes by the same way as the image. Use https, and let the device
/// check a signature of your own before it runs an image.
///
/// Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without a folder; BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device;
/// BYTEPORT_ERROR_NOT_FOUND without such a device, or where it has no type; BYTEPORT_ERROR_INVALID_ANSWER for an image whose
/// path leads elsewhere, or that has no digest; BYTEPORT_ERROR_ANSWER_TOO_LARGE above the largest size;
/// BYTEPORT_ERROR_INTEGRITY where size or digest is wrong: nothing is kept then; BYTEPORT_ERROR_FILE where the folder fails;
/// BYTEPORT_ERROR_STOPPED; those of the connection and of the HTTP status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byteport_client_fetch_firmware(
    client: *const byteport_client_t,
    firmware: *mut byteport_firmware_t,
    error: *mut *mut byteport_error_t,
) -> byteport_status_t {
    // SAFETY: the caller's pointers are as the header asks.
    unsafe {
        panic::call(error, || {
            let client = handle::borrow(client, "client")?.core();
            handle::borrow_mut(firmware, "firmware")?.fetch(client)
        })
    }
}
