// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What proves that an outbox keeps its word: the parts that the tests and the programs of this package share.
//!
//! `numbered` makes readings from numbers, `record` is what a producer wrote down of them, `server` and `proxy` are what it
//! stores to, `tap` is a way to a broker, `ledger` compares what was promised with what came. `trace` is a list of file operations, which `shim`
//! has recorded, `disk` is what a power cut leaves of them. `clock` is a clock that tests set; `check` is the accounting.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is to fail a test
#![allow(clippy::print_stderr)] // a test tells its seed

pub mod check;
pub mod clock;
pub mod disk;
pub mod ledger;
pub mod message;
pub mod numbered;
pub mod proxy;
pub mod random;
pub mod record;
/// The core's own recording server.
#[allow(missing_docs)]
#[path = "../../byteport-core/tests/support/mod.rs"]
pub mod recorder;
pub mod server;
pub mod shim;
pub mod tap;
pub mod trace;
