// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Objects: base64, and what is compressed in it.

use std::io::{self, Write};

use byteport_core::codec::{self, Compression, ObjectEncoder};
use byteport_core::{ErrorCode, fuzzing};

/// The largest object here: inputs are to reach the limit.
const MOST: usize = 40_000;

/// The bytes as text, then as the object that a text stands for, then as an object that is encoded.
pub fn object(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        decode(text);
    }
    decode(&codec::to_base64(data));
    encode(data, Compression::Zlib);
    if data.len() % 16 == 0 {
        encode(data, Compression::Bzip2); // it takes megabytes, whatever the data
    }
}

/// The two readers say the same, and neither gives more than the limit.
fn decode(text: &str) {
    let whole = codec::decode_object(text, MOST as u64);
    let mut sink = Bounded(Vec::new());
    let pieces = fuzzing::decode_to(&mut text.as_bytes(), true, &mut sink);
    match whole {
        Ok(object) => {
            assert!(object.len() <= MOST);
            if text.is_ascii() {
                pieces.unwrap();
                assert_eq!(sink.0, object);
            }
        }
        Err(error) if error.code() == ErrorCode::AnswerTooLarge => assert!(pieces.is_err()),
        Err(error) => assert_eq!(error.code(), ErrorCode::InvalidValue),
    }
}

/// What was encoded is decoded to what it was.
fn encode(data: &[u8], compression: Compression) {
    let mut encoder = ObjectEncoder::new(Vec::new(), compression);
    encoder.write_all(data).unwrap();
    let text = String::from_utf8(encoder.finish().unwrap()).unwrap();
    assert_eq!(codec::decode_object(&text, data.len() as u64).unwrap(), data);
}

/// Takes no more than the limit.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
