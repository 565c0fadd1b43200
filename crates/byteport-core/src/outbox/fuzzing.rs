// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What [`crate::fuzzing`] sees of the outbox: a line whose checksum is right, so that all that follows it is read.

use super::line::{self, Stamp};

/// The time, the address and the form of a line of which this is all but the checksum.
pub fn line(text: &[u8]) -> Option<(Stamp, String, String)> {
    let mut sealed = [b"00000000 ", text].concat();
    line::seal(&mut sealed, 0);
    let read = line::read(sealed.strip_suffix(b"\n")?)?;
    Some((read.when.into(), read.address.to_owned(), read.form.to_owned()))
}
