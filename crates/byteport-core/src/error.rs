// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Errors: one numbered table, from which the C enumeration, the Python exceptions and every other language's errors
//! are derived or against which they are tested.
//!
//! Invariant: no key, password, cookie or request body is ever part of an error, in any of its texts.

use std::fmt;
use std::time::Duration;

/// What went wrong, as a number that never changes its meaning. The list only grows at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An argument is missing, is not UTF-8 or makes no sense. Correct the call.
    InvalidArgument = 1,
    /// A namespace, device or field name breaks the naming rules. Nothing was sent.
    InvalidName = 2,
    /// A timestamp is not a number or date that the service can hold. Nothing was sent.
    InvalidTimestamp = 3,
    /// A value cannot be stored: not a finite number, or not text. Nothing was sent.
    InvalidValue = 4,
    /// A packet or its `data` string is malformed. Nothing was sent.
    InvalidPacket = 5,
    /// The client was made without what this call needs: a namespace, an API key or a device.
    NotConfigured = 6,
    /// The URL of a GET store would exceed 2,048 bytes. Nothing was sent. Store by POST.
    TooLong = 7,
    /// The host's name could not be resolved.
    Dns = 8,
    /// No connection could be made to the host.
    Connect = 9,
    /// The proxy could not be reached, refused, or asked for another user or password.
    Proxy = 10,
    /// The TLS handshake failed or the certificate is not trusted.
    Tls = 11,
    /// The connect or total time-out passed.
    Timeout = 12,
    /// The connection broke before the whole answer had come.
    Disconnected = 13,
    /// HTTP 403: the key, the method or the user is not allowed.
    Forbidden = 14,
    /// HTTP 404: no such namespace, device or address.
    NotFound = 15,
    /// HTTP 406: the service refuses what was asked, such as a bad UID while registering.
    NotAllowed = 16,
    /// HTTP 5xx: the service failed.
    Server = 17,
    /// Any other HTTP status outside 2xx.
    Status = 18,
    /// A redirect that cannot be followed safely: to another host, or one that would lose the data.
    Redirect = 19,
    /// The user name or password was refused.
    LoginFailed = 20,
    /// The answer is not what the service sends: not HTTP, not JSON, or JSON of another shape.
    InvalidAnswer = 21,
    /// The answer is larger than the limit.
    AnswerTooLarge = 22,
    /// A defect in this library. Please report it.
    Internal = 23,
    /// A compression that this library does not know. Nothing was sent.
    UnsupportedCompression = 24,
    /// A file or folder cannot be read, or changed while it was read: nothing of it was sent. Or what was received cannot be
    /// written.
    File = 25,
    /// What was received is not what was announced: another size or digest. It was not kept.
    Integrity = 26,
    /// The caller's own callback ended the call.
    Stopped = 27,
    /// The process was forked after this outbox was opened: the child opens one of its own, on another file.
    Forked = 28,
    /// The outbox has no room, and it was told to refuse then. The reading was not accepted.
    Full = 29,
    /// Another outbox, in this process or another, has the file.
    InUse = 30,
    /// The outbox was closed.
    Closed = 31,
    /// Memory is short. Nothing was done, or what was asked for does not fit.
    OutOfMemory = 32,
}

impl ErrorCode {
    /// Every code, in the order of their numbers.
    pub const ALL: [ErrorCode; 32] = [
        Self::InvalidArgument,
        Self::InvalidName,
        Self::InvalidTimestamp,
        Self::InvalidValue,
        Self::InvalidPacket,
        Self::NotConfigured,
        Self::TooLong,
        Self::Dns,
        Self::Connect,
        Self::Proxy,
        Self::Tls,
        Self::Timeout,
        Self::Disconnected,
        Self::Forbidden,
        Self::NotFound,
        Self::NotAllowed,
        Self::Server,
        Self::Status,
        Self::Redirect,
        Self::LoginFailed,
        Self::InvalidAnswer,
        Self::AnswerTooLarge,
        Self::Internal,
        Self::UnsupportedCompression,
        Self::File,
        Self::Integrity,
        Self::Stopped,
        Self::Forked,
        Self::Full,
        Self::InUse,
        Self::Closed,
        Self::OutOfMemory,
    ];

    /// The number, the same in every language.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// A short text for the code alone, such as `no connection could be made`.
    pub fn text(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid argument",
            Self::InvalidName => "invalid name",
            Self::InvalidTimestamp => "unsupported timestamp",
            Self::InvalidValue => "value cannot be stored",
            Self::InvalidPacket => "malformed packet",
            Self::NotConfigured => "the client lacks a setting that this call needs",
            Self::TooLong => "the URL would exceed 2048 bytes",
            Self::Dns => "host name not resolved",
            Self::Connect => "no connection could be made",
            Self::Proxy => "the proxy failed",
            Self::Tls => "TLS failed",
            Self::Timeout => "timed out",
            Self::Disconnected => "the connection broke",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::NotAllowed => "not allowed",
            Self::Server => "the server failed",
            Self::Status => "unexpected HTTP status",
            Self::Redirect => "unsafe redirect",
            Self::LoginFailed => "login failed",
            Self::InvalidAnswer => "unexpected answer",
            Self::AnswerTooLarge => "answer too large",
            Self::Internal => "defect in libbyteport",
            Self::UnsupportedCompression => "unsupported compression",
            Self::File => "file not readable or writable",
            Self::Integrity => "not what was announced",
            Self::Stopped => "stopped by the caller",
            Self::Forked => "forked",
            Self::Full => "outbox full",
            Self::InUse => "file in use",
            Self::Closed => "closed",
            Self::OutOfMemory => "out of memory",
        }
    }

    /// Whether the same call, made again later and unchanged, can succeed.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::Dns
                | Self::Connect
                | Self::Proxy
                | Self::Timeout
                | Self::Disconnected
                | Self::Server
                | Self::Full
                | Self::InUse
                | Self::OutOfMemory
        )
    }

    /// The code for an HTTP status outside 2xx.
    pub fn from_status(status: u16) -> ErrorCode {
        match status {
            300..=399 => Self::Redirect,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            406 => Self::NotAllowed,
            500..=599 => Self::Server,
            _ => Self::Status,
        }
    }
}

/// How far a call had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Phase {
    /// Checking the arguments: nothing was sent.
    Check = 0,
    /// Resolving the host's name.
    Dns = 1,
    /// Connecting, through a proxy or not.
    Connect = 2,
    /// The TLS handshake.
    Tls = 3,
    /// Sending the request. The service may have taken it.
    Send = 4,
    /// Waiting for or receiving the answer. The service may have taken the request.
    Receive = 5,
    /// The service answered with a status that says no.
    Status = 6,
    /// Reading the sense of the answer.
    Decode = 7,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Phase; 8] = [
        Self::Check,
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Send,
        Self::Receive,
        Self::Status,
        Self::Decode,
    ];

    /// The phase's name in one word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Status => "status",
            Self::Decode => "decode",
        }
    }
}

/// A [`std::result::Result`] with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// One failed call: what, when, why, and whether trying again can help.
///
/// `Display` gives one line: the message and its causes, joined by `: `.
pub struct Error(Box<Inner>);

struct Inner {
    code: ErrorCode,
    phase: Phase,
    status: Option<u16>,
    message: String,
    retryable: bool,
    stale: bool,
    retry_after: Option<Duration>,
    cause: Option<Cause>,
}

impl Error {
    /// An error found while checking arguments, before anything was sent.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code,
            phase: Phase::Check,
            status: None,
            message: message.into(),
            retryable: code.is_retryable(),
            stale: false,
            retry_after: None,
            cause: None,
        }))
    }

    /// An error for an HTTP status outside 2xx.
    pub(crate) fn from_status(status: u16, message: impl Into<String>) -> Error {
        let mut error = Error::new(ErrorCode::from_status(status), message).in_phase(Phase::Status);
        error.0.status = Some(status);
        error.0.retryable |= matches!(status, 408 | 425 | 429);
        error
    }

    /// What the call needs is no part of this build of the library.
    pub(crate) fn left_out(what: &str, feature: &str) -> Error {
        let message = format!(
            "{what} is needed here, and this library was built without it: use one with the feature {feature:?}"
        );
        Error::new(ErrorCode::NotConfigured, message)
    }

    pub(crate) fn in_phase(mut self, phase: Phase) -> Error {
        self.0.phase = phase;
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Error {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn retryable(mut self, retryable: bool) -> Error {
        self.0.retryable = retryable;
        self
    }

    pub(crate) fn because(mut self, cause: impl Into<Cause>) -> Error {
        self.0.cause = Some(cause.into());
        self
    }

    /// Marks the failure of a kept connection that the peer had closed before anything came back.
    pub(crate) fn stale(mut self, stale: bool) -> Error {
        self.0.stale = stale;
        self
    }

    /// Notes how long the service asked to be left alone.
    pub(crate) fn asked_to_wait(mut self, wait: Option<Duration>) -> Error {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.0.stale
    }

    /// What went wrong, as a stable number.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// How far the call had come.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// The HTTP status, if the service answered with one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What happened and what to do about it, without the causes.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the same call, made again later and unchanged, can succeed.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long the service asked to be left alone, where it answered with the header `Retry-After`: zero for a date that is
    /// past, a day at the most. A date counts from the answer's own, so that a wrong clock here changes nothing.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The texts of the causes, one line each, nearest first; empty where the message says it all.
    pub fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            // One of our own would tell its causes itself, and they come next.
            let own = cause.downcast_ref::<Error>().map(|error| error.message().to_owned());
            causes.push(own.unwrap_or_else(|| cause.to_string()).replace(['\n', '\r'], " "));
            next = cause.source();
        }
        causes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        self.causes().iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("phase", &self.0.phase)
            .field("status", &self.0.status)
            .field("retryable", &self.0.retryable)
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause.as_ref() as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbered_without_gap_and_have_texts_of_their_own() {
        let numbers: Vec<i32> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(numbers, (1..=ErrorCode::ALL.len() as i32).collect::<Vec<_>>());
        let texts: std::collections::BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.text()).collect();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
        let phases: Vec<i32> = Phase::ALL.iter().map(|phase| *phase as i32).collect();
        assert_eq!(phases, (0..Phase::ALL.len() as i32).collect::<Vec<_>>());
    }

    #[test]
    fn display_joins_the_chain() {
        let io = std::io::Error::other("wire\ncut");
        let error = Error::new(ErrorCode::Disconnected, "no answer").in_phase(Phase::Receive).because(io);
        assert_eq!(error.to_string(), "no answer: wire cut");
        assert_eq!(error.causes(), ["wire cut"]);
        assert!(error.is_retryable());
    }

    #[test]
    fn a_cause_of_ours_is_told_once() {
        let inner = Error::new(ErrorCode::Connect, "no connection").because(std::io::Error::other("refused"));
        let outer = Error::new(ErrorCode::Proxy, "no proxy").because(inner);
        assert_eq!(outer.to_string(), "no proxy: no connection: refused");
    }

    #[test]
    fn too_many_requests_is_worth_another_try() {
        assert!(Error::from_status(429, "slow down").is_retryable());
        assert!(!Error::from_status(400, "bad").is_retryable());
    }
}
