// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Ways to cut bytes into pieces.

/// A stream that takes longer is looked at in one piece and in byte-long ones only up to here.
const LONGEST: usize = 16 << 10;

/// Ways to cut: whole, byte by byte, and in pieces whose lengths the bytes themselves decide, so that an input always fails alike.
pub fn ways(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
    let single = bytes.chunks(1).collect();
    let mut uneven = Vec::new();
    let mut rest = bytes;
    let mut state = bytes.iter().fold(5381u32, |sum, byte| sum.wrapping_mul(33) ^ u32::from(*byte));
    while !rest.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (piece, after) = rest.split_at(rest.len().min(1 + (state >> 24) as usize % 61));
        uneven.push(piece);
        rest = after;
    }
    vec![vec![bytes], single, uneven]
}

/// As much of an input as is worth the time that it takes to read it byte by byte.
pub fn short(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(LONGEST)]
}
