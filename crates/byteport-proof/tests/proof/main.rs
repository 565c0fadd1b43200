// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The outbox keeps its word, whatever happens to processes, disks, clocks and the way to the service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test
#![allow(clippy::print_stderr)] // a test tells what it did

mod bit_flips;
mod broker;
mod clock;
mod conservation;
mod desk;
mod full_disk;
mod limits;
mod power_cut;
mod wire;
