// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Storing what is read from files and streams, in memory that does not grow with it.
//!
//! Invariant: a file is taken whole, as it was at one moment; one that changes while it is read is read again, and refused
//! if it does not come to rest. An object that is begun and not ended is no part of the upload, and whatever else is added
//! or taken back ends it so.

use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};
use std::path::Path;

use form_urlencoded::parse;

use super::body::{LongForm, PIECE};
use super::object::Object;
use super::steady::{Steady, unreadable};
use super::store::url_too_long;
use super::{Body, Call, Client, MAX_GET_URL, Method, Request};
use crate::codec::Compression;
use crate::error::{Error, ErrorCode, Result};
use crate::model::name::{self, NameKind};
use crate::model::{Reading, Timestamp};
use crate::net::{is_given_up, resolve_on};

/// How often a file that changes while it is read is read.
const TRIES: usize = 3;

/// One store in the making, whose values may be as large as files. See [`Client::upload`].
pub struct Upload {
    /// None where somebody else sends the fields.
    path: Option<String>,
    form: LongForm,
    stamped: bool,
    room: u64,
    /// What is begun and not ended.
    object: Option<Object>,
}

fn not_begun() -> Error {
    Error::new(ErrorCode::InvalidArgument, "no object is begun, or something else was added since")
}

impl Client {
    /// Begins a store of one device, the client's own where `device` is `None`, measured at one time.
    ///
    /// # Errors
    /// As [`Client::store`], of what can be told before anything is sent.
    pub fn upload(&self, device: Option<&str>, timestamp: Option<Timestamp>) -> Result<Upload> {
        let mut reading = Reading::unstamped();
        if let Some(device) = device {
            reading.set_device(device)?;
        }
        reading.set_timestamp(timestamp);
        let (path, form) = self.store_form(&reading)?;
        let form = form.into_bytes();
        let room = match self.options().store_method {
            Method::Post => u64::MAX,
            Method::Get => {
                MAX_GET_URL.saturating_sub(self.origin().len() + path.len() + 1 + form.len()) as u64
            }
        };
        let (form, stamped) = (LongForm::new(form), timestamp.is_some());
        Ok(Upload { path: Some(path), form, stamped, room, object: None })
    }

    /// The call that sends it.
    ///
    /// # Errors
    /// [`ErrorCode::TooLong`] for a GET over 2,048 bytes of URL; [`ErrorCode::InvalidArgument`] for [`Upload::apart`].
    pub fn upload_call(&self, mut upload: Upload) -> Result<Call> {
        let Some(path) = upload.path.take() else {
            let message = "these fields belong to no device: begin them with the client's upload";
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        };
        // The same rule as for a reading.
        let idempotent = upload.stamped || upload.is_empty();
        let request = match self.options().store_method {
            Method::Post => Request { body: Body::Long(upload.form), ..Request::post(path, Vec::new()) },
            Method::Get => {
                let Some(values) = upload.form.text(0, MAX_GET_URL as u64)? else {
                    let url = (self.origin().len() + path.len() + 1) as u64 + upload.form.head_len();
                    return Err(url_too_long(url.saturating_add(upload.form.len())));
                };
                let mut query = upload.form.into_head();
                query.extend_from_slice(values.as_bytes());
                let query = String::from_utf8_lossy(&query).into_owned(); // it is ASCII
                Request { query, ..Request::get(path) }
            }
        };
        self.store_request(request, idempotent)
    }
}

impl Upload {
    /// Fields that somebody else sends than a client: [`Upload::fields`] gives them.
    pub fn apart() -> Upload {
        let form = LongForm::new(Vec::new());
        Upload { path: None, form, stamped: false, room: u64::MAX, object: None }
    }

    /// Adds a file's text under a field's name; gives a digest of the content.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`]; [`ErrorCode::File`] for a file that cannot be read or does not come to rest, or a full
    /// temporary folder; [`ErrorCode::InvalidValue`] for what is not UTF-8 or holds NUL. The upload stays as it was.
    pub fn add_file(&mut self, field: &str, path: &Path) -> Result<u64> {
        self.add_text(field, path, false)?.ok_or_else(|| restless(path))
    }

    /// Adds a file's text as [`Upload::add_file`] does; gives `None` where it does not come to rest. `may_grow`: what is added
    /// at its end while it is read is left for another time.
    pub(super) fn add_text(&mut self, field: &str, path: &Path, may_grow: bool) -> Result<Option<u64>> {
        self.add_whole(field, path, may_grow, |upload, file| {
            upload.form.add(field, |form, value| copy_text(file, path, |piece| form.write(value, piece)))
        })
    }

    /// Adds a file as an object.
    ///
    /// # Errors
    /// As [`Upload::add_file`], but for the content, which may be anything.
    pub fn add_object_file(&mut self, field: &str, path: &Path, compression: Compression) -> Result<()> {
        let added = self.add_whole(field, path, false, |upload, file| {
            upload.copy_object(field, file, compression, |error| unreadable(path, error))
        })?;
        added.ok_or_else(|| restless(path))
    }

    /// Adds what a reader gives as an object.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`]; [`ErrorCode::File`] where the reader fails, or for a full temporary folder.
    pub fn add_object(&mut self, field: &str, object: &mut dyn Read, compression: Compression) -> Result<()> {
        self.copy_object(field, object, compression, |error| {
            Error::new(ErrorCode::File, format!("field {field:?}: the object cannot be read")).because(error)
        })
    }

    /// Begins an object whose bytes come by [`Upload::add_piece`]. It is no part of the upload before
    /// [`Upload::end_object`]; whatever else is added before that takes its place.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`].
    pub fn begin_object(&mut self, field: &str, compression: Compression) -> Result<()> {
        self.forget_object();
        name::check(NameKind::Field, field)?;
        self.object = Some(Object::new(field, compression));
        Ok(())
    }

    /// Adds bytes to the object that is begun. Where it fails, the upload is as it was before the object.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] where no object is begun; [`ErrorCode::File`] for a full temporary folder, and where
    /// the hook of [`crate::on_interrupt`] gives the call up.
    pub fn add_piece(&mut self, bytes: &[u8]) -> Result<()> {
        let object = self.object.as_mut().ok_or_else(not_begun)?;
        let added = object.add(&mut self.form, bytes);
        if added.is_err() {
            self.forget_object();
        }
        added
    }

    /// Ends the object that is begun: now it is part of the upload.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] where no object is begun; [`ErrorCode::File`] for a full temporary folder.
    pub fn end_object(&mut self) -> Result<()> {
        let object = self.object.take().ok_or_else(not_begun)?;
        let ended = object.end(&mut self.form);
        if ended.is_err() {
            self.form.forget();
        }
        ended
    }

    fn forget_object(&mut self) {
        if self.object.take().is_some() {
            self.form.forget();
        }
    }

    fn copy_object(
        &mut self,
        field: &str,
        from: &mut dyn Read,
        compression: Compression,
        failed: impl Fn(io::Error) -> Error,
    ) -> Result<()> {
        self.begin_object(field, compression)?;
        let copied = each_piece(from, failed, |piece| self.add_piece(piece));
        if copied.is_err() {
            self.forget_object();
        }
        copied.and_then(|()| self.end_object())
    }

    /// The length of the encoded fields, in bytes.
    pub fn len(&self) -> u64 {
        self.form.len()
    }

    /// Whether no field was added.
    pub fn is_empty(&self) -> bool {
        self.form.len() == 0
    }

    /// The longest encoded fields that can be sent, in bytes.
    pub fn room(&self) -> u64 {
        self.room
    }

    /// Takes back what was added since the upload had that length; nothing where it is not that long.
    ///
    /// # Errors
    /// [`ErrorCode::File`] where the temporary file fails.
    pub fn take_back(&mut self, len: u64) -> Result<()> {
        self.forget_object();
        self.form.cut(len)
    }

    /// The fields and their texts, in memory.
    ///
    /// # Errors
    /// [`ErrorCode::File`] where the temporary file fails.
    pub fn fields(&mut self) -> Result<Vec<(String, String)>> {
        let text = self.form.text(0, u64::MAX)?.unwrap_or_default();
        let pairs = parse(text.trim_start_matches('&').as_bytes());
        Ok(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Adds a file that does not change while `copy` reads it; `None` where each try finds that it does.
    fn add_whole<T>(
        &mut self,
        field: &str,
        path: &Path,
        may_grow: bool,
        copy: impl Fn(&mut Upload, &mut Steady) -> Result<T>,
    ) -> Result<Option<T>> {
        self.forget_object();
        name::check(NameKind::Field, field)?;
        for _ in 0..TRIES {
            let start = self.form.len();
            let mut file = Steady::open(path, may_grow)?;
            let done = copy(self, &mut file);
            match file.is_good() {
                _ if done.as_ref().is_err_and(|error| is_given_up(error)) => return done.map(Some),
                Ok(true) => return done.map(Some),
                Ok(false) => self.form.cut(start)?,
                Err(error) => {
                    self.form.cut(start)?;
                    return Err(error);
                }
            }
        }
        Ok(None)
    }
}

fn restless(path: &Path) -> Error {
    let message =
        format!("file {}: it changes while it is read: try again when it is written", path.display());
    Error::new(ErrorCode::File, message).retryable(true)
}

/// Reads until there is no more, and hands on each piece.
fn each_piece(
    from: &mut dyn Read,
    failed: impl Fn(io::Error) -> Error,
    mut take: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(got) => take(&piece[..got])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Copies text; gives its digest.
fn copy_text(from: &mut Steady, path: &Path, mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let mut digest = DefaultHasher::new();
    let mut text = TextCheck::default();
    let refused = |why: String| {
        let message = format!("file {}: {why}; store it as an object", path.display());
        Error::new(ErrorCode::InvalidValue, message)
    };
    each_piece(
        from,
        |error| unreadable(path, error),
        |piece| {
            resolve_on().map_err(|error| unreadable(path, error))?;
            digest.write(piece);
            text.take(piece).map_err(refused)?;
            write(piece)
        },
    )?;
    text.end().map_err(refused)?;
    Ok(digest.finish())
}

/// Checks that pieces make up UTF-8 text without NUL.
#[derive(Default)]
struct TextCheck {
    /// The first bytes of a character that the next piece goes on with.
    begun: Vec<u8>,
    at: u64,
}

impl TextCheck {
    fn take(&mut self, piece: &[u8]) -> std::result::Result<(), String> {
        if piece.contains(&0) {
            return Err("text must not hold NUL".into());
        }
        let joined;
        let mut rest = piece;
        if !self.begun.is_empty() {
            joined = [&self.begun, piece].concat();
            rest = &joined;
        }
        match std::str::from_utf8(rest) {
            Ok(_) => self.begun.clear(),
            Err(error) if error.error_len().is_none() => {
                let begun = rest[error.valid_up_to()..].to_vec();
                self.begun = begun;
            }
            Err(error) => {
                let at = self.at + error.valid_up_to() as u64 - self.begun.len() as u64;
                return Err(format!("it is not UTF-8 text from byte {at} on"));
            }
        }
        self.at += piece.len() as u64;
        Ok(())
    }

    fn end(&self) -> std::result::Result<(), String> {
        if self.begun.is_empty() { Ok(()) } else { Err("it ends in the middle of a UTF-8 character".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&[u8]]) -> std::result::Result<(), String> {
        let mut text = TextCheck::default();
        pieces.iter().try_for_each(|piece| text.take(piece))?;
        text.end()
    }

    #[test]
    fn text_is_checked_across_pieces() {
        let snowman = "\u{2603}".as_bytes();
        check(&[b"a", &snowman[..1], &snowman[1..2], &snowman[2..], b"b"]).unwrap();
        check(&[]).unwrap();
        assert!(check(&[b"a", &snowman[..2]]).unwrap_err().contains("ends in the middle"));
        assert!(check(&[b"ab", &snowman[..1], b"c"]).unwrap_err().contains("from byte 2 on"));
        assert!(check(&[b"ab\xff"]).unwrap_err().contains("from byte 2 on"));
        assert!(check(&[b"a\0"]).is_err());
    }
}
