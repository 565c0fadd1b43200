// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The real `byteport` program against the real `byteport-server`; only what no server of ours would answer comes from a
//! listener of the test's own.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of the tests that fails, fails the test")]

mod broker;
mod failure;
mod firmware;
mod generate;
mod hostile;
mod interrupt;
mod listen;
mod manage;
mod outbox;
mod publish;
mod read;
mod secret;
mod series;
mod service;
mod session;
mod settings;
mod store;
mod support;
