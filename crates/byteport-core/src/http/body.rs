// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What a request carries: a text in memory, or a form whose values may be as large as files.
//!
//! Invariants: a body's length is known before its first byte is sent, for not every web server takes a body without; a long
//! form takes [`IN_MEMORY`] bytes of memory, and beyond that a temporary file without a name; what is secret in it stays in
//! memory; a value that cannot be read whole leaves no trace in it.

use std::io::{self, Read, Seek, SeekFrom, Write};

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
        form.spool.seek(SeekFrom::Start(at - head))?;
        form.spool.read(buf)
    }
}

fn copy_at(bytes: &[u8], at: u64, buf: &mut [u8]) -> usize {
    let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
    let length = rest.len().min(buf.len());
    buf[..length].copy_from_slice(&rest[..length]);
    length
}

/// Reads a body from its beginning.
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
        let got = self.body.read_at(self.at, buf)?;
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
        fill: impl FnOnce(&mut Escaped<'_>) -> Result<T>,
    ) -> Result<T> {
        let start = self.len;
        let mut value = Escaped { form: self, pending: Vec::with_capacity(2 * PIECE) };
        let begun = value.begin(name).map_err(no_room);
        let done = begun.and_then(|()| fill(&mut value)).and_then(|done| {
            value.end().map_err(no_room)?;
            Ok(done)
        });
        if done.is_err() {
            self.cut(start)?;
        }
        done
    }

    /// Forgets everything from a length on.
    pub(super) fn cut(&mut self, len: u64) -> Result<()> {
        self.len = len;
        self.spool.set_len(len).map_err(no_room)?;
        self.spool.seek(SeekFrom::Start(len)).map_err(no_room).map(|_| ())
    }

    /// The encoded pairs after the head, from a length on, if they are not longer than `most` bytes.
    pub(super) fn text(&mut self, from: u64, most: u64) -> Result<Option<String>> {
        if self.len - from > most {
            return Ok(None);
        }
        let mut text = String::new();
        self.spool.seek(SeekFrom::Start(from)).map_err(no_room)?;
        self.spool.read_to_string(&mut text).map_err(no_room)?;
        Ok(Some(text))
    }

    pub(super) fn into_head(self) -> Vec<u8> {
        self.head
    }
}

/// Where a value is written to: escapes it as a form wants it.
pub(super) struct Escaped<'a> {
    form: &'a mut LongForm,
    pending: Vec<u8>,
}

impl Escaped<'_> {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.pending.push(b'&');
        self.write_all(name.as_bytes())?;
        self.pending.push(b'=');
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.form.spool.write_all(&self.pending)?;
        self.form.len += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }
}

impl Write for Escaped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        for part in byte_serialize(piece) {
            self.pending.extend_from_slice(part.as_bytes());
        }
        if self.pending.len() >= PIECE {
            self.end()?;
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The temporary file could not be written or read.
pub(super) fn no_room(error: io::Error) -> Error {
    let folder = std::env::temp_dir();
    let message = format!(
        "the data does not fit a temporary file in {}: make room there, or set TMPDIR",
        folder.display()
    );
    Error::new(ErrorCode::File, message).because(error).retryable(true)
}

#[cfg(test)]
mod tests {
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
        form.add("a:b", |out| out.write_all(b"x y+/=").map_err(no_room)).unwrap();
        let failed = form.add("c", |out| {
            out.write_all(&[b'z'; 3 * PIECE]).map_err(no_room)?;
            Err::<(), _>(Error::new(ErrorCode::InvalidValue, "no"))
        });
        assert!(failed.is_err());
        form.add("d", |_| Ok(())).unwrap();
        assert_eq!(form.text(0, 99).unwrap().unwrap(), "&a%3Ab=x+y%2B%2F%3D&d=");
        assert!(form.text(0, 9).unwrap().is_none());
        assert_eq!(whole(form), "_key=k&a%3Ab=x+y%2B%2F%3D&d=");
    }

    #[test]
    fn long_ones_leave_memory_and_come_back() {
        let mut form = LongForm::new(b"_key=k".to_vec());
        for name in ["a", "b", "c"] {
            form.add(name, |out| out.write_all(&vec![b'v'; IN_MEMORY]).map_err(no_room)).unwrap();
        }
        form.cut(2 * (IN_MEMORY as u64 + 3)).unwrap();
        assert!(form.spool.is_rolled());
        let text = whole(form);
        assert_eq!(text.len(), "_key=k".len() + 2 * (IN_MEMORY + 3));
        assert!(text.starts_with("_key=k&a=v") && text.ends_with('v') && !text.contains("&c="));
    }
}
