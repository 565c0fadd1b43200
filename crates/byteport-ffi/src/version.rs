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

/// A part of the library that a board may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_feature_t {
    /// https, and brokers over TLS.
    BYTEPORT_FEATURE_TLS = 1,
    /// The outbox and its functions.
    BYTEPORT_FEATURE_OUTBOX = 2,
    /// Brokers by MQTT.
    BYTEPORT_FEATURE_MQTT = 3,
    /// Brokers by STOMP.
    BYTEPORT_FEATURE_STOMP = 4,
}

use byteport_feature_t::*;

const FEATURES: [(byteport_feature_t, bool); 4] = [
    (BYTEPORT_FEATURE_TLS, cfg!(feature = "tls")),
    (BYTEPORT_FEATURE_OUTBOX, cfg!(feature = "outbox")),
    (BYTEPORT_FEATURE_MQTT, cfg!(feature = "mqtt")),
    (BYTEPORT_FEATURE_STOMP, cfg!(feature = "stomp")),
];

/// Whether the library that runs has that part, one of byteport_feature_t. It has none of which it does not know the number.
///
/// Any thread may call this.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_has_feature(feature: i32) -> bool {
    FEATURES.iter().any(|(known, is_there)| *known as i32 == feature && *is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_packages() {
        assert_eq!(VERSION.to_str().unwrap(), env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn unknown_parts_are_not_there() {
        let known = FEATURES.map(|(feature, _)| byteport_has_feature(feature as i32));
        assert_eq!(known, FEATURES.map(|(_, is_there)| is_there));
        assert!([i32::MIN, -1, 0, 5, i32::MAX].iter().all(|unknown| !byteport_has_feature(*unknown)));
    }
}
