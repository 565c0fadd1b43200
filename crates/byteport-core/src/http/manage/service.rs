// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The service itself: is it there, and who is logged in.

use serde_json::Value;

use super::{Ask, More};

/// The pairs that were sent, as the service gives them back. Needs no session: a look whether it answers.
pub fn echo(pairs: &[(&str, &str)]) -> Ask<More> {
    pairs.iter().fold(Ask::get("/api/v1/echo/"), |ask, (name, value)| ask.with(name, value))
}

/// What the service says of the session. Its shape is not documented.
pub fn session() -> Ask<Value> {
    Ask::get("/api/v1/session/")
}
