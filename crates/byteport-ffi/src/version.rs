// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Which library this is.

use std::ffi::{CStr, c_char};

use crate::abi::BYTEPORT_ABI_VERSION;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The version of the library that runs, such as `1.2.3`; BYTEPORT_VERSION_MAJOR and its siblings are those of the header.
///
/// The text is static. Any thread may call this.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The ABI number of the library that runs. A program runs with it if this equals the BYTEPORT_ABI_VERSION of its header.
///
/// Any thread may call this.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_abi_version() -> u32 {
    BYTEPORT_ABI_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_packages() {
        assert_eq!(VERSION.to_str().unwrap(), env!("CARGO_PKG_VERSION"));
    }
}
