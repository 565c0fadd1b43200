// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the tests of several packages share: real brokers, by `scripts/brokers.sh`.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is to fail a test

mod broker;

pub use broker::{Broker, Kind};
