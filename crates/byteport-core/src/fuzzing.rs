// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The readers of a peer's bytes, without sockets, files and threads, for the fuzz targets of `byteport-fuzz`. No part of the
//! library's interface: nothing here is documented for others, or kept for them.

pub use crate::broker::fuzzing::{Party, delivery};
pub use crate::http::fuzzing::{link, series_by_serde};
pub use crate::net::fuzzing::handshake;
pub use crate::outbox::fuzzing::line;

use std::io::{Read, Write};

use crate::error::Result;

/// Decodes an object piece by piece, as a download does.
///
/// # Errors
/// As [`decode_object`](crate::codec::decode_object).
pub fn decode_to(text: &mut dyn Read, decompressed: bool, out: &mut dyn Write) -> Result<()> {
    crate::codec::decode_to(text, decompressed, out)
}
