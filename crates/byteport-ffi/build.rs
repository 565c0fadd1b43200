// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Gives the shared library its SONAME, which carries the ABI's number, and has it stay where it was loaded once.

#[path = "src/abi.rs"]
mod abi;

fn main() {
    println!("cargo:rerun-if-changed=src/abi.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        let soname = format!("libbyteport.so.{}", abi::BYTEPORT_ABI_VERSION);
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{soname}");
        // dlclose() must not take the code from under a thread that is about to end, nor forget what the process keeps.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
