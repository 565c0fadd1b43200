// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! An object to text, piece by piece.

use std::io::{self, Write};

use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::write::EncoderWriter;
use bzip2::write::BzEncoder;
use flate2::write::ZlibEncoder;

use super::Compression;

type Base64<W> = EncoderWriter<'static, GeneralPurpose, W>;

/// Takes an object's bytes and writes its text, in memory that does not grow with the object.
pub struct ObjectEncoder<W: Write>(Stage<W>);

enum Stage<W: Write> {
    Plain(Box<Base64<W>>),
    Zlib(Box<ZlibEncoder<Base64<W>>>),
    Bzip2(Box<BzEncoder<Base64<W>>>),
}

impl<W: Write> ObjectEncoder<W> {
    /// An encoder whose text goes to `out`.
    pub fn new(out: W, compression: Compression) -> ObjectEncoder<W> {
        let base64 = EncoderWriter::new(out, &STANDARD);
        ObjectEncoder(match compression {
            Compression::None => Stage::Plain(Box::new(base64)),
            Compression::Zlib => {
                Stage::Zlib(Box::new(ZlibEncoder::new(base64, flate2::Compression::default())))
            }
            Compression::Bzip2 => Stage::Bzip2(Box::new(BzEncoder::new(base64, bzip2::Compression::best()))),
        })
    }

    /// Writes what is left of the text, and gives `out` back. Without this call the text is not whole.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self) -> io::Result<W> {
        let mut base64 = match self.0 {
            Stage::Plain(base64) => *base64,
            Stage::Zlib(zlib) => zlib.finish()?,
            Stage::Bzip2(bzip2) => bzip2.finish()?,
        };
        base64.finish()
    }
}

impl<W: Write> Write for ObjectEncoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Stage::Plain(base64) => base64.write(bytes),
            Stage::Zlib(zlib) => zlib.write(bytes),
            Stage::Bzip2(bzip2) => bzip2.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Stage::Plain(base64) => base64.flush(),
            Stage::Zlib(zlib) => zlib.flush(),
            Stage::Bzip2(bzip2) => bzip2.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_knows_these_bytes() {
        // what Python's bz2.compress makes of the same object, as the vectors hold it
        let mut encoder = ObjectEncoder::new(Vec::new(), Compression::Bzip2);
        for _ in 0..1000 {
            encoder.write_all(b"\x00\x10\x20").unwrap();
        }
        let text = encoder.finish().unwrap();
        assert_eq!(text, b"QlpoOTFBWSZTWRSWAt0AAfPwAEAAQABAACAAMMwJqmmqQdUg1SDxdyRThQkBSWAt0A==");
    }

    #[test]
    fn an_empty_object_is_an_empty_text_unless_compressed() {
        let text = |compression| ObjectEncoder::new(Vec::new(), compression).finish().unwrap();
        assert_eq!(text(Compression::None), b"");
        assert_eq!(text(Compression::Zlib), b"eJwDAAAAAAE=");
    }
}
