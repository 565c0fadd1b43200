// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a request carries: a text in memory, or a form whose values may be as large as files.
//!
//! Invariants: a body's length is known before its first byte is sent, for not every web server takes a body without; a long
//! form takes [`IN_MEMORY`] bytes of memory, and beyond that a temporary file without a name; what is secret in it stays in
//! memory; a value that cannot be read whole leaves no trace in it: what the temporary file holds beyond the form's length is
//! never read, and written over by the next value.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use form_urlencoded::byte_serialize;
use tempfile::SpooledTempFile;

use crate::error::{Error, ErrorCode, Result};

/// How much of a long form is kept in memory, in bytes.
pub(super) const IN_MEMORY: usize = 4 << 20;

/// The pieces in which values are read and written, in bytes.
pub(super) const PIECE: usize = 64 << 10;

/// What a request carries.
pub enum Body {
    /// All of it, in memory.
    Bytes(Vec<u8>),
    /// A form with long values.
    Long(LongForm),
}

impl Body {
    /// The length in bytes.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Long(form) => form.head.len() as u64 + form.len,
        }
    }

    /// The beginning, where keys and tokens are.
    pub(super) fn head(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Long(form) => &form.head,
        }
    }

    /// Reads bytes from a place on; 0 is the end.
    pub(super) fn read_at(&mut self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let Self::Long(form) = self else { return Ok(copy_at(self.head(), at, buf)) };
        let head = form.head.len() as u64;
        if at < head {
            return Ok(copy_at(&form.head, at, buf));
        }
        let left = (form.len + head).saturating_sub(at).min(buf.len() as u64);
        form.spool.seek(SeekFrom::Start(at - head))?;
        form.spool.read(&mut buf[..left as usize])
    }
}

fn copy_at(bytes: &[u8], at: u64, buf: &mut [u8]) -> usize {
    let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
    let length = rest.len().min(buf.len());
    buf[..length].copy_from_slice(&rest[..length]);
    length
}

/// Reads a body from its beginning. Its errors hold ours: see [`ours`].
pub(super) struct BodyReader<'a> {
    body: &'a mut Body,
    at: u64,
}

impl<'a> BodyReader<'a> {
    pub(super) fn new(body: &'a mut Body) -> BodyReader<'a> {
        BodyReader { body, at: 0 }
    }
}

impl Read for BodyReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.body.read_at(self.at, buf).map_err(|error| io::Error::other(lost(error)))?;
        if got == 0 && self.at < self.body.len() && !buf.is_empty() {
            return Err(io::Error::other(lost(cut_short())));
        }
        self.at += got as u64;
        Ok(got)
    }
}

/// An encoded form that is written value by value. After its head, every pair begins with `&`.
pub struct LongForm {
    head: Vec<u8>,
    spool: SpooledTempFile,
    len: u64,
}

impl LongForm {
    /// A form that begins with these encoded pairs, of which there is at least one.
    pub(super) fn new(head: Vec<u8>) -> LongForm {
        LongForm { head, spool: SpooledTempFile::new(IN_MEMORY), len: 0 }
    }

    /// The length of what follows the head, in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Adds a pair whose value `fill` writes. Where it fails, the form stays as it was.
    pub(super) fn add<T>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut LongForm, &mut Value) -> Result<T>,
    ) -> Result<T> {
        let mut value = Value::of(name);
        let done = fill(self, &mut value).and_then(|done| self.end(value).map(|()| done));
        if done.is_err() {
            self.forget();
        }
        done
    }

    /// Writes more of a value that is no part of the form before its [`LongForm::end`].
    pub(super) fn write(&mut self, value: &mut Value, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(PIECE) {
            value.escape(piece);
            if value.pending.len() >= PIECE {
                self.flush(value)?;
            }
        }
        Ok(())
    }

    /// Makes a value part of the form.
    pub(super) fn end(&mut self, mut value: Value) -> Result<()> {
        self.flush(&mut value)?;
        self.len += value.written;
        Ok(())
    }

    /// Frees the room of a value that was not ended.
    pub(super) fn forget(&mut self) {
        let _ = self.spool.set_len(self.len); // what stays is never read: see the invariants
    }

    fn flush(&mut self, value: &mut Value) -> Result<()> {
        let end = self.len + value.written;
        let sought = self.spool.seek(SeekFrom::Start(end));
        sought.and_then(|_| self.spool.write_all(&value.pending)).map_err(no_room)?;
        value.written += value.pending.len() as u64;
        value.pending.clear();
        Ok(())
    }

    /// Forgets everything from a length on.
    pub(super) fn cut(&mut self, len: u64) -> Result<()> {
        let len = len.min(self.len);
        self.spool.set_len(len).map_err(no_room)?;
        self.len = len;
        Ok(())
    }

    /// The encoded pairs after the head, from a length on, if they are not longer than `most` bytes.
    pub(super) fn text(&mut self, from: u64, most: u64) -> Result<Option<String>> {
        let length = self.len.saturating_sub(from);
        if length > most {
            return Ok(None);
        }
        let mut text = String::new();
        self.spool.seek(SeekFrom::Start(from)).map_err(lost)?;
        let got = (&mut self.spool).take(length).read_to_string(&mut text).map_err(lost)?;
        if (got as u64) < length { Err(lost(cut_short())) } else { Ok(Some(text)) }
    }

    /// The length of the head, in bytes.
    pub(super) fn head_len(&self) -> u64 {
        self.head.len() as u64
    }

    pub(super) fn into_head(self) -> Vec<u8> {
        self.head
    }
}

/// A pair that is being written to the end of a form, escaped as a form wants it.
pub(super) struct Value {
    pending: Vec<u8>,
    /// So many bytes of the pair are in the form's temporary file.
    written: u64,
}

impl Value {
    pub(super) fn of(name: &str) -> Value {
        let mut value = Value { pending: Vec::with_capacity(2 * PIECE), written: 0 };
        value.pending.push(b'&');
        value.escape(name.as_bytes());
        value.pending.push(b'=');
        value
    }

    fn escape(&mut self, bytes: &[u8]) {
        for part in byte_serialize(bytes) {
            self.pending.extend_from_slice(part.as_bytes());
        }
    }
}

/// The temporary file could not be written.
pub(super) fn no_room(error: io::Error) -> Error {
    no_room_in(&std::env::temp_dir(), error)
}

fn no_room_in(folder: &Path, error: io::Error) -> Error {
    let shown = folder.display();
    let message = if folder.is_dir() {
        format!("the data does not fit a temporary file in {shown}: make room there, or set TMPDIR")
    } else {
        format!("there is no folder {shown} for temporary files: make it, or set TMPDIR")
    };
    Error::new(ErrorCode::File, message).because(error).retryable(true)
}

/// The temporary file could not be read.
pub(super) fn lost(error: io::Error) -> Error {
    let message = "the data cannot be read back from their temporary file";
    Error::new(ErrorCode::File, message).because(error).retryable(true)
}

/// The temporary file ends too early.
pub(super) fn cut_short() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// The error of ours that a [`BodyReader`] put into this one, if it did.
pub(super) fn ours(error: io::Error) -> std::result::Result<Error, io::Error> {
    error.downcast::<Error>()
}

#[cfg(test)]
mod tests {
    use super::super::{Call, Client, Options, Request};
    use super::*;

    fn whole(form: LongForm) -> String {
        let mut body = Body::Long(form);
        let length = body.len();
        let mut text = String::new();
        BodyReader::new(&mut body).read_to_string(&mut text).unwrap();
        assert_eq!(text.len() as u64, length);
        text
    }

    #[test]
    fn values_are_escaped_and_failed_ones_leave_no_trace() {
        let mut form = LongForm::new(b"_key=k".to_vec());
        form.add("a:b", |form, value| form.write(value, b"x y+/=")).unwrap();
        let failed = form.add("c", |form, value| {
            form.write(value, &[b'z'; 3 * PIECE])?;
            Err::<(), _>(Error::new(ErrorCode::InvalidValue, "no"))
        });
        assert!(failed.is_err());
        form.add("d", |_, _| Ok(())).unwrap();
        assert_eq!(form.text(0, 99).unwrap().unwrap(), "&a%3Ab=x+y%2B%2F%3D&d=");
        assert!(form.text(0, 9).unwrap().is_none());
        assert_eq!(whole(form), "_key=k&a%3Ab=x+y%2B%2F%3D&d=");
    }

    #[test]
    fn a_temporary_file_that_lost_bytes_is_the_error_of_a_file() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let _ = io::copy(&mut socket.unwrap(), &mut io::sink());
            }
        });
        let options = Options::new().host(&host).no_proxy();
        let client = Client::new(options).unwrap();
        let call = || {
            let mut form = LongForm::new(b"_key=k".to_vec());
            form.add("a", |form, value| form.write(value, &[b'v'; 3 * PIECE])).unwrap();
            form.spool.set_len(2 * PIECE as u64).unwrap();
            Call::new(Request { body: Body::Long(form), ..Request::post("/x", Vec::new()) })
        };
        let blocking = client.perform(call()).map(|_| ()).unwrap_err();
        let (mut call, (_socket, mut link)) = (call(), client.link().unwrap());
        link.begin(&client, &call).unwrap();
        let linked = std::iter::repeat_with(|| link.outgoing(&mut call)).find_map(Result::err).unwrap();
        for error in [blocking, linked, call.form().unwrap_err()] {
            assert_eq!(error.code(), ErrorCode::File, "{error}");
            assert!(error.to_string().contains("cannot be read back"), "{error}");
        }
    }

    #[test]
    fn a_missing_folder_and_a_full_one_are_told_apart() {
        let text = |folder: &str| no_room_in(Path::new(folder), io::ErrorKind::NotFound.into()).to_string();
        assert!(text("/").contains("does not fit a temporary file in /: "));
        assert!(text("/none").contains("no folder /none for temporary files"));
    }

    #[test]
    fn long_ones_leave_memory_and_come_back() {
        let mut form = LongForm::new(b"_key=k".to_vec());
        for name in ["a", "b", "c"] {
            form.add(name, |form, value| form.write(value, &vec![b'v'; IN_MEMORY])).unwrap();
        }
        form.cut(2 * (IN_MEMORY as u64 + 3)).unwrap();
        assert!(form.spool.is_rolled());
        let text = whole(form);
        assert_eq!(text.len(), "_key=k".len() + 2 * (IN_MEMORY + 3));
        assert!(text.starts_with("_key=k&a=v") && text.ends_with('v') && !text.contains("&c="));
    }
}
