// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The real program, started on a free port with a folder of its own for each test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy.toml's leave does not reach helpers"
)]

mod abuse;
mod api;
mod brokers;
mod client;
mod computed;
mod control;
mod cors;
mod csrf;
mod dead_letters;
mod devices;
mod downlink;
mod durable;
mod engine;
mod farm;
mod firmware;
mod fixture;
mod folder;
mod hostile;
mod ingest;
mod login;
mod logs;
mod messages;
mod packets;
mod page;
mod pages;
mod program;
mod register;
mod search;
mod seed;
mod series;
mod statistics;
mod store;
mod types;
mod typical;
mod value;
