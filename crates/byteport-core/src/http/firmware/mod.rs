// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A device's new program: found, fetched, checked, and put where it is asked for.
//!
//! Invariants: under the image's name there is never a part of it or another one; nothing outside the folder is read or
//! written, whatever the service says; what was not finished is gone on with only where it is of the same firmware.

mod fetch;
mod folder;
mod image;
mod part;

use std::path::{Path, PathBuf};

use self::fetch::Fetch;
use self::folder::Folder;
use self::image::Image;
use self::part::Part;
use super::manage::{self, Firmware};
use super::options::check_path;
use super::{Client, Progress};
use crate::error::{Error, ErrorCode, Phase, Result};

/// Where images are on a server, unless it is set up otherwise.
pub const MEDIA_PREFIX: &str = "/media/";

/// The largest image that is fetched unless told otherwise, in bytes.
pub const MAX_IMAGE: u64 = 1 << 30;

/// Which device asks for a new program, and where it is to be put.
#[derive(Debug, Clone, Copy)]
pub struct FirmwareRequest<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The device's UID.
    pub device: &'a str,
    /// The folder in which the image is put, by the name that it has on the server. It must be there.
    pub folder: &'a Path,
    /// The path under which the server has its images; it begins and ends with `/`.
    pub media_prefix: &'a str,
    /// The version that the device runs: the same one is not fetched.
    pub current_version: Option<&'a str>,
    /// The largest image that is fetched, in bytes.
    pub max_size: u64,
    /// Whether an image is fetched that has no digest, and so cannot be checked.
    pub allow_unchecked: bool,
}

impl<'a> FirmwareRequest<'a> {
    /// The defaults: [`MEDIA_PREFIX`], whatever runs on the device, at most [`MAX_IMAGE`], only with a digest.
    pub fn new(namespace: &'a str, device: &'a str, folder: &'a Path) -> FirmwareRequest<'a> {
        FirmwareRequest {
            namespace,
            device,
            folder,
            media_prefix: MEDIA_PREFIX,
            current_version: None,
            max_size: MAX_IMAGE,
            allow_unchecked: false,
        }
    }
}

/// What came of asking for a new program.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum FirmwareOutcome {
    /// The service has no enabled firmware for the device's type.
    NoneOffered,
    /// There is nothing to fetch.
    UpToDate {
        /// The newest firmware.
        firmware: Firmware,
        /// Its image, where that is in the folder already, whole; `None` where the device runs this version.
        path: Option<PathBuf>,
    },
    /// The image is in the folder now.
    Fetched {
        /// The newest firmware.
        firmware: Firmware,
        /// Its image.
        path: PathBuf,
        /// How many bytes came over the network: fewer than the image has where an earlier call had begun.
        received: u64,
    },
}

impl Client {
    /// Finds the newest enabled firmware of a device's type, and fetches its image.
    ///
    /// Newest is what was uploaded last; of several at the same time, or without a time, the one with the highest id. The
    /// image is written to `NAME.part` in the folder, and gets its name when its size and digest are right and it is on the
    /// disk. Where the connection breaks, the call goes on from where it was, a few times, as long as something comes; what
    /// an earlier call left of the same firmware is gone on with, too (`NAME.part.json` says of which one it is). A second
    /// process that fetches the same image into the folder meanwhile is refused: [`ErrorCode::File`], worth another try.
    /// Time-outs are as those of [`Client::download`].
    ///
    /// # What the check protects from
    /// Size and MD5 digest are all that the service offers. They find an image that is torn, cut short, damaged on its way,
    /// or mixed up with another one. They do not protect from an attacker: MD5 is broken, so that two images with the same
    /// digest can be made; and the digest comes from the same server by the same way as the image, so whoever can change
    /// the one can change the other. Use https, and sign your images: let the device check the signature before it runs one.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] without such a device, or where it has no type; [`ErrorCode::InvalidAnswer`] for an image
    /// whose name or path leads elsewhere, or that has no digest; [`ErrorCode::AnswerTooLarge`] above the largest size;
    /// [`ErrorCode::Integrity`] where size or digest is wrong: nothing is kept then; [`ErrorCode::File`] where the folder
    /// fails; [`ErrorCode::Stopped`]; every code of the connection and of the status.
    pub fn fetch_firmware(
        &self,
        request: &FirmwareRequest<'_>,
        progress: Option<&mut Progress<'_>>,
    ) -> Result<FirmwareOutcome> {
        check_path("the media prefix", request.media_prefix)?;
        let folder = Folder::open(request.folder)?;
        let Some(firmware) = self.newest_firmware(request.namespace, request.device)? else {
            return Ok(FirmwareOutcome::NoneOffered);
        };
        let version = firmware.version.as_deref().map(str::trim).filter(|version| !version.is_empty());
        if version.is_some() && version == request.current_version.map(str::trim) {
            return Ok(FirmwareOutcome::UpToDate { firmware, path: None });
        }
        let image = Image::new(&firmware, request)?;
        let path = request.folder.join(&image.name);
        if folder.holds(&image)? {
            return Ok(FirmwareOutcome::UpToDate { firmware, path: Some(path) });
        }
        let part = Part::open(&folder, &image.name)?;
        // Another process may have fetched it just before this one had the lock.
        if folder.holds(&image)? {
            part.remove()?;
            return Ok(FirmwareOutcome::UpToDate { firmware, path: Some(path) });
        }
        let received = Fetch::new(self, &image, part)?.run(progress)?;
        Ok(FirmwareOutcome::Fetched { firmware, path, received })
    }

    /// The newest enabled firmware of a device's type, as [`Client::fetch_firmware`] finds it.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`]; [`ErrorCode::NotFound`] without such a device, or where it has no type; every code of
    /// the connection and of the status.
    pub fn newest_firmware(&self, namespace: &str, device: &str) -> Result<Option<Firmware>> {
        let device_type = self.ask(manage::device(namespace, device)?)?.device_type;
        let Some(device_type) = device_type.as_ref().and_then(manage::DeviceTypeRef::id) else {
            let message = "the device has no type with an id, and firmware belongs to a type: give it one";
            return Err(Error::new(ErrorCode::NotFound, message).in_phase(Phase::Decode));
        };
        let firmwares = self.ask(manage::firmwares(namespace, device_type, None)?)?;
        let enabled = firmwares.into_iter().filter(|firmware| firmware.enabled);
        Ok(enabled.max_by_key(|firmware| (firmware.uploaded, firmware.id)))
    }
}
