// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A stored object as a file (HTTP API v1, section 5).
//!
//! Invariant: under the name of a file that was asked for there is never a part of it: it is written beside, and renamed when
//! it is whole and on the disk.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use ureq::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::disposition::file_name;
use super::manage::ValueRef;
use super::transfer::{Outgoing, Progress, Transfer, copy, told};
use super::{Client, Form, Request};
use crate::codec::decode_to;
use crate::error::{Error, ErrorCode, Phase, Result};

/// How a stored object comes.
#[derive(Default)]
pub struct DownloadOptions<'a> {
    /// What is undone of the encoding with which it was stored, and where.
    pub unpack: Unpack,
    /// The most bytes that are written; any number unless set. A few compressed bytes can stand for gigabytes.
    pub limit: Option<u64>,
    /// Told as the bytes come in, which are those of the transfer: more or fewer than are written where they are unpacked
    /// here.
    pub progress: Option<&'a mut Progress<'a>>,
}

/// What is undone of the encoding with which an object was stored, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unpack {
    /// The service reads the base64 text, and decompresses what is compressed.
    #[default]
    There,
    /// The service reads the base64 text: what is compressed stays so.
    ThereDecodedOnly,
    /// The text comes as it was stored; here it is read, and decompressed as by
    /// [`decode_object`](crate::codec::decode_object).
    Here,
    /// As `Here`, but what is compressed stays so.
    HereDecodedOnly,
    /// The text as it was stored.
    Nothing,
}

impl Unpack {
    /// The parameters `decode` and `decompress`.
    fn parameters(self) -> [(&'static str, &'static str); 2] {
        let (decode, decompress) = match self {
            Self::There => ("True", "True"),
            Self::ThereDecodedOnly => ("True", "False"),
            Self::Here | Self::HereDecodedOnly | Self::Nothing => ("False", "False"),
        };
        [("decode", decode), ("decompress", decompress)]
    }
}

/// What was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// How many bytes were written.
    pub bytes: u64,
    /// The file name that the service proposes: a name only, without folders, control characters and points at its
    /// beginning.
    pub file_name: Option<String>,
}

impl Client {
    /// Writes a stored object to `to`, in memory that does not grow with it.
    ///
    /// Once connected, the answer's beginning comes within the total time-out; after that only the time without a byte is
    /// limited, by the same length, so that an object may be as large as it likes. What was written before an error is no whole object.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`] and [`ErrorCode::InvalidArgument`] for a value that is none; [`ErrorCode::File`] where
    /// `to` fails; [`ErrorCode::AnswerTooLarge`] above the limit; [`ErrorCode::Stopped`]; [`ErrorCode::InvalidValue`] where
    /// what is unpacked here is damaged; every code of the connection and of the status.
    pub fn download(
        &self,
        value: &ValueRef<'_>,
        options: DownloadOptions<'_>,
        to: &mut dyn Write,
    ) -> Result<Downloaded> {
        let path = format!("/api/v1/download/value/{}", value.path()?);
        let mut form = Form::new();
        form.add_all(&options.unpack.parameters());
        let request = Request { query: form.into_string(), ..Request::get(path) };
        let answer = self.transfer(self.file_call(request))?;
        received(answer, options, to)
    }

    /// Writes a stored object to a file, which has its name only when it is whole and on the disk: until then it is a
    /// temporary one in the same folder, which is gone after an error. A file that was there is replaced, and so is a
    /// symbolic link.
    ///
    /// # Errors
    /// As [`Client::download`].
    pub fn download_to(
        &self,
        value: &ValueRef<'_>,
        options: DownloadOptions<'_>,
        path: &Path,
    ) -> Result<Downloaded> {
        let target = Target::new(path)?;
        let mut file = target.temporary()?;
        let downloaded = self.download(value, options, file.as_file_mut())?;
        target.finish(file)?;
        Ok(downloaded)
    }
}

fn received(answer: Transfer, options: DownloadOptions<'_>, to: &mut dyn Write) -> Result<Downloaded> {
    if answer.status != 200 {
        let message = format!("the service answered with status {}, which brings no file", answer.status);
        return Err(answer.unexpected(message));
    }
    let disposition = answer.header(CONTENT_DISPOSITION);
    if disposition.is_none() && answer.header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"))
    {
        return Err(answer.unexpected("the service answered with a page for people, no file: log in again"));
    }
    let file_name = disposition.and_then(file_name);
    let limit = options.limit.unwrap_or(u64::MAX);
    let mut out = Outgoing::new(to, limit);
    let here = matches!(options.unpack, Unpack::Here | Unpack::HereDecodedOnly);
    // Text is longer than what it stands for, and may hold streams that stand for nothing, but not without end.
    let most = if here { limit.saturating_mul(2).saturating_add(1 << 20) } else { limit };
    let mut incoming = answer.incoming(0, options.progress).up_to(most, limit)?;
    if here {
        decode_to(&mut incoming, options.unpack == Unpack::Here, &mut out)?;
    } else {
        copy(&mut incoming, &mut out)?;
    }
    out.flush().map_err(told)?;
    Ok(Downloaded { bytes: out.written, file_name })
}

/// Where a file is to be.
struct Target<'a> {
    path: &'a Path,
    folder: PathBuf,
}

impl<'a> Target<'a> {
    /// What is there may be replaced if it is a file: a device or a pipe is not.
    fn new(path: &'a Path) -> Result<Target<'a>> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let target = Target { path, folder };
        let is_file = match std::fs::metadata(path) {
            Ok(there) => there.is_file(),
            Err(error) => error.kind() != io::ErrorKind::InvalidInput, // a NUL in the name
        };
        if path.file_name().is_none() || !is_file {
            let shown = path.display();
            let message = format!("{shown} is no file, and is not replaced by one: choose another name");
            return Err(Error::new(ErrorCode::File, message));
        }
        Ok(target)
    }

    fn temporary(&self) -> Result<NamedTempFile> {
        tempfile::Builder::new()
            .prefix(".byteport-")
            .permissions(Permissions::from_mode(0o666)) // less what the process's mask takes away
            .tempfile_in(&self.folder)
            .map_err(|error| self.unwritable(error).in_phase(Phase::Check))
    }

    fn finish(&self, file: NamedTempFile) -> Result<()> {
        file.as_file().sync_all().map_err(|error| self.unwritable(error))?;
        file.persist(self.path).map_err(|error| self.unwritable(error.error))?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(|error| self.unwritable(error))
    }

    fn unwritable(&self, error: io::Error) -> Error {
        let message = format!("{} cannot be written", self.path.display());
        Error::new(ErrorCode::File, message).in_phase(Phase::Receive).because(error)
    }
}
