// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The program that libFuzzer drives; it runs the target that `BYTEPORT_FUZZ_TARGET` names.
#![no_main]
#![allow(clippy::expect_used, missing_docs)] // a wrong name is to end the program

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("BYTEPORT_FUZZ_TARGET").expect("BYTEPORT_FUZZ_TARGET is set");
    byteport_fuzz::target(&name).expect("BYTEPORT_FUZZ_TARGET names a target")
});

fuzz_target!(|data: &[u8]| TARGET(data));
