// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! MQTT 3.1.1 (OASIS standard of 29 October 2014), the client's side, without input and output.
//!
//! `encode` and `frame` with `decode` know the bytes, `name` what a topic may be, `identifiers` which packet identifiers are
//! taken, `alive` when the connection needs a sign of life; `session` puts them together. Section numbers are the standard's.

mod alive;
mod decode;
mod encode;
mod failure;
mod frame;
mod identifiers;
mod name;
mod session;

#[cfg(test)]
mod tests;

pub(super) use session::Session;
