// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The ABI's number, in the one place from which the library, the header and the SONAME take it.

/// The number of the ABI that this header describes. It grows when a program built with an older header would no longer
/// run with the library; it is also the number in the library's SONAME.
pub const BYTEPORT_ABI_VERSION: u32 = 0;
