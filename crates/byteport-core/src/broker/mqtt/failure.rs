// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Why a connection is to be ended, as errors for whoever uses the library.
//!
//! Invariant: no text repeats what the broker sent but as a number.

use super::decode::Flaw;
use crate::error::{Error, ErrorCode, Phase, Result};

/// What a CONNACK's return code says (section 3.2.2.3).
pub(super) fn of_greeting(code: u8) -> Result<()> {
    let (error, message) = match code {
        0 => return Ok(()),
        1 => (ErrorCode::InvalidAnswer, "the broker speaks no MQTT 3.1.1: use another one".into()),
        2 => (
            ErrorCode::InvalidArgument,
            "the broker does not take the MQTT client identifier: give another one".into(),
        ),
        3 => (ErrorCode::Server, "the broker has no MQTT service at the moment: try again later".into()),
        4 => (
            ErrorCode::LoginFailed,
            "the broker refuses the login: check login, password and virtual host".into(),
        ),
        5 => (
            ErrorCode::LoginFailed,
            "the broker does not let this login in: check login, virtual host and their permissions".into(),
        ),
        other => (
            ErrorCode::InvalidAnswer,
            format!("the broker refuses the connection with the unknown code {other}"),
        ),
    };
    Err(Error::new(error, message).in_phase(Phase::Status))
}

/// What is wrong with the broker's bytes. `is_first`: nothing of it was MQTT before.
pub(super) fn of_flaw(flaw: Flaw, is_first: bool) -> Error {
    let advice = if is_first { ": check host, port and TLS" } else { "" };
    let (code, message) = match flaw {
        Flaw::Broken(what) => {
            (ErrorCode::InvalidAnswer, format!("the broker breaks MQTT 3.1.1: {what}{advice}"))
        }
        Flaw::Unexpected(first) => (
            ErrorCode::InvalidAnswer,
            format!("the broker breaks MQTT 3.1.1: nothing may come that begins with 0x{first:02x}{advice}"),
        ),
        Flaw::TooLarge(over) => (
            ErrorCode::AnswerTooLarge,
            format!(
                "the broker sends a message that is {over} bytes above the limit: raise max_message or send less"
            ),
        ),
    };
    Error::new(code, message).in_phase(Phase::Decode)
}

/// Nothing came for one and a half keep-alives.
pub(super) fn of_silence() -> Error {
    let message = "the broker gives no sign of life, though it was asked for one";
    Error::new(ErrorCode::Timeout, message).in_phase(Phase::Receive)
}
