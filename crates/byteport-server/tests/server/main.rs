// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The real program, started on a free port with a folder of its own for each test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy.toml's leave does not reach helpers"
)]

mod client;
mod durable;
mod fixture;
mod hostile;
mod login;
mod packets;
mod pages;
mod program;
mod seed;
mod series;
mod store;
