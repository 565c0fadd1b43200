// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Texts from files and from standard input.

use std::fs::File;
use std::io::{self, Read as _};

use byteport_core::{Error, ErrorCode};

use crate::exit::Failure;

/// A file's text as it stands, the newline at its end included; `-` is standard input.
pub fn text_of(path: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = match path {
        "-" => io::stdin().lock().read_to_end(&mut bytes),
        path => File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.map_err(|error| Failure::input(format!("cannot read {path}: {error}")))?;
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("{path} is not UTF-8 text: encode it first, by base64 for instance");
        Error::new(ErrorCode::InvalidValue, message).into()
    })
}
