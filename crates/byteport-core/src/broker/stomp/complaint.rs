// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What an ERROR frame says.
//!
//! Invariant: of the broker's text an error repeats one line of bounded length, without control characters and without the
//! password.

use super::frame::Frame;
use crate::error::{Error, ErrorCode, Phase};

/// The most characters of the broker's text that an error repeats.
const LONGEST_TEXT: usize = 200;

/// What an ERROR frame is about, as far as its `message` header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// A destination that is not there, or not allowed: every frame for it would fare the same.
    Destination,
    /// One frame.
    Frame,
    /// The broker itself: it goes down, or lacks something. No frame is to blame.
    Broker,
    /// Nobody knows.
    Unknown,
}

/// An ERROR frame, judged.
#[derive(Debug)]
pub(super) struct Complaint {
    pub about: About,
    /// The receipt that the frame in question had asked for, where the broker names it.
    pub receipt: Option<String>,
    code: ErrorCode,
    text: String,
}

impl Complaint {
    /// Judges an ERROR frame that came after the greeting.
    pub(super) fn new(frame: &Frame, password: &str) -> Complaint {
        // RabbitMQ writes `access_refused`, ActiveMQ and others a sentence.
        let message = frame.header("message").unwrap_or_default().to_ascii_lowercase();
        let (about, code) = match message.as_str() {
            "access_refused" => (About::Destination, ErrorCode::Forbidden),
            "not_found" => (About::Destination, ErrorCode::NotFound),
            "precondition_failed" | "not_allowed" | "unknown destination" | "invalid destination" => {
                (About::Frame, ErrorCode::NotAllowed)
            }
            "connection_forced" | "internal_error" | "resource_error" | "resource_locked" => {
                (About::Broker, ErrorCode::Server)
            }
            _ => (About::Unknown, ErrorCode::Status),
        };
        let receipt = frame.header("receipt-id").map(str::to_owned);
        Complaint { about, receipt, code, text: shown(frame, password) }
    }

    /// The error of a publication or a subscription that is refused.
    pub(super) fn refusal(&self, what: &str) -> Error {
        let message = format!("the broker refuses the {what}: {}", self.text);
        Error::new(self.code, message).in_phase(Phase::Status)
    }

    /// The error that ends the connection. Another one may fare better: what was refused is not sent again.
    pub(super) fn farewell(&self) -> Error {
        let message = format!("the broker ended the connection: {}", self.text);
        Error::new(self.code, message).in_phase(Phase::Status).retryable(true)
    }
}

/// What an ERROR frame in place of the greeting means.
pub(super) fn rejected(frame: &Frame, password: &str) -> Error {
    let text = shown(frame, password);
    let lower = text.to_ascii_lowercase();
    let is_login = ["access", "credential", "authenti", "authoriz", "password", "login", "security"]
        .iter()
        .any(|word| lower.contains(word));
    let (code, advice) = if is_login {
        (
            ErrorCode::LoginFailed,
            "check login, password and virtual host of the broker, which are not those of the web pages",
        )
    } else {
        (ErrorCode::Status, "check that the host is a STOMP 1.2 broker")
    };
    let message = format!("the broker refuses the connection: {text}; {advice}");
    Error::new(code, message).in_phase(Phase::Status).retryable(!is_login)
}

/// The broker's own words: the `message` header, and the body where it says more.
fn shown(frame: &Frame, password: &str) -> String {
    let message = frame.header("message").unwrap_or_default();
    let both = format!("{message}: {}", String::from_utf8_lossy(&frame.body));
    let safe = if password.is_empty() { both } else { both.replace(password, "***") };
    let safe = safe.trim_matches(|c: char| c == ':' || c.is_whitespace() || c.is_control());
    let line =
        safe.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c });
    let mut text: String = line.take(LONGEST_TEXT).collect();
    if text.is_empty() {
        text.push_str("no reason given");
    }
    text
}

#[cfg(test)]
mod tests;
