// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An object on its way into a form: encoded as its bytes come, in memory that does not grow with it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::body::{LongForm, PIECE, Value, no_room};
use crate::codec::{Compression, ObjectEncoder};
use crate::error::{Error, ErrorCode, Result};
use crate::net::resolve_on;

/// An object that is being encoded.
pub(super) struct Object {
    value: Value,
    encoder: ObjectEncoder<Text>,
    /// What the encoder has written and the form not taken.
    text: Text,
}

/// A text that is written at one end and taken at the other.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves what is there to the form.
    fn drain(&self, form: &mut LongForm, value: &mut Value) -> Result<()> {
        let mut bytes = self.bytes();
        form.write(value, &bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Object {
    pub(super) fn new(field: &str, compression: Compression) -> Object {
        let text = Text::default();
        let encoder = ObjectEncoder::new(text.clone(), compression);
        Object { value: Value::of(field), encoder, text }
    }

    /// Adds bytes; a signal can end it before each 64 KiB of them.
    pub(super) fn add(&mut self, form: &mut LongForm, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(PIECE) {
            resolve_on().map_err(given_up)?;
            self.encoder.write_all(piece).map_err(no_room)?;
            self.text.drain(form, &mut self.value)?;
        }
        Ok(())
    }

    /// Makes it part of the form.
    pub(super) fn end(mut self, form: &mut LongForm) -> Result<()> {
        self.encoder.finish().map_err(no_room)?;
        self.text.drain(form, &mut self.value)?;
        form.end(self.value)
    }
}

/// A signal came while an object was added.
fn given_up(error: io::Error) -> Error {
    Error::new(ErrorCode::File, "the object was not added").because(error)
}
