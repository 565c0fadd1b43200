// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How the command ends: few exit statuses that never change their meaning, derived from the core's errors in one table.

use std::io;

use byteport_core::{Error, ErrorCode};

use crate::screen;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Ok = 0,
    Refused = 1,
    Input = 2,
    Later = 3,
    Answer = 4,
    Here = 5,
}

impl Exit {
    pub const ALL: [Exit; 6] = [Self::Ok, Self::Refused, Self::Input, Self::Later, Self::Answer, Self::Here];

    /// What `--help` and docs/command.md say of it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ok => "done",
            Self::Refused => "the service refused: key, user, name, or another HTTP status",
            Self::Input => "the command line, a setting or a value is wrong; nothing was stored",
            Self::Later => "no connection, a time-out, or the server failed: trying again can help",
            Self::Answer => "the answer is not to be trusted or understood: certificate, redirect, not JSON",
            Self::Here => "a failure on this machine, such as a full disk under the output",
        }
    }
}

/// One row a code: how the command ends, and what to do, where the error's own message leaves that open.
const TABLE: [(ErrorCode, Exit, &str); 32] = [
    (ErrorCode::InvalidArgument, Exit::Input, ""),
    (ErrorCode::InvalidName, Exit::Input, ""),
    (ErrorCode::InvalidTimestamp, Exit::Input, ""),
    (ErrorCode::InvalidValue, Exit::Input, ""),
    (ErrorCode::InvalidPacket, Exit::Input, ""),
    (ErrorCode::NotConfigured, Exit::Input, ""),
    (ErrorCode::TooLong, Exit::Input, "leave out --get"),
    (ErrorCode::Dns, Exit::Later, "check the host's name and the network"),
    (ErrorCode::Connect, Exit::Later, "check host and port, and whether the server runs"),
    (ErrorCode::Proxy, Exit::Later, "check the proxy (--proxy none connects directly)"),
    (ErrorCode::Tls, Exit::Answer, "check the host's name; --ca-file adds an authority of your own"),
    (ErrorCode::Timeout, Exit::Later, "try again, or give more time with --timeout"),
    (ErrorCode::Disconnected, Exit::Later, "try again"),
    (ErrorCode::Forbidden, Exit::Refused, ""),
    (ErrorCode::NotFound, Exit::Refused, ""),
    (ErrorCode::NotAllowed, Exit::Refused, ""),
    (ErrorCode::Server, Exit::Later, ""),
    (ErrorCode::Status, Exit::Refused, ""),
    (ErrorCode::Redirect, Exit::Answer, ""),
    (ErrorCode::LoginFailed, Exit::Refused, ""),
    (ErrorCode::InvalidAnswer, Exit::Answer, ""),
    (ErrorCode::AnswerTooLarge, Exit::Answer, "ask for a shorter span"),
    (ErrorCode::Internal, Exit::Here, "please report this"),
    (ErrorCode::UnsupportedCompression, Exit::Input, ""),
    (ErrorCode::File, Exit::Here, ""),
    (ErrorCode::Integrity, Exit::Answer, ""),
    (ErrorCode::Stopped, Exit::Here, ""),
    (ErrorCode::Forked, Exit::Here, ""),
    (ErrorCode::Full, Exit::Later, "see --max-disk, --max-count and --when-full"),
    (ErrorCode::InUse, Exit::Later, ""),
    (ErrorCode::Closed, Exit::Here, ""),
    (ErrorCode::OutOfMemory, Exit::Later, ""),
];

fn row(code: ErrorCode) -> (Exit, &'static str) {
    let found = TABLE.iter().find(|(known, _, _)| *known == code);
    found.map_or((Exit::Here, ""), |(_, exit, advice)| (*exit, advice))
}

/// Whether an error is about what was given, and not about the way or the service.
pub fn is_input(error: &Error) -> bool {
    row(error.code()).0 == Exit::Input
}

/// Why the command could not do what it was told.
#[derive(Debug)]
pub enum Failure {
    /// The library's error, or ours with one of its codes.
    Call(Error),
    /// The result could not be written.
    Output(io::Error),
    /// Not all of it was done: how the command ends, and what was done and what not.
    Left(Exit, String),
}

impl Failure {
    /// Something in the command line, the settings or the values is wrong.
    pub fn input(message: impl Into<String>) -> Failure {
        Failure::Call(Error::new(ErrorCode::InvalidArgument, message))
    }

    /// A setting is missing.
    pub fn missing(message: impl Into<String>) -> Failure {
        Failure::Call(Error::new(ErrorCode::NotConfigured, message))
    }

    fn exit(&self) -> Exit {
        match self {
            // The reader of a pipe has seen enough: `byteport read ... | head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Ok,
            Self::Output(_) => Exit::Here,
            Self::Left(exit, _) => *exit,
            Self::Call(error) if error.is_retryable() => Exit::Later,
            Self::Call(error) => row(error.code()).0,
        }
    }

    /// What happened and what to do, in one line.
    pub fn text(&self) -> String {
        match self {
            Self::Output(error) => format!("the result cannot be written: {error}"),
            Self::Left(_, text) => text.clone(),
            Self::Call(error) => match row(error.code()).1 {
                "" => error.to_string(),
                advice => format!("{error}; {advice}"),
            },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Call(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

/// Says why in one line, and gives the exit status.
pub fn end(failure: &Failure) -> Exit {
    let exit = failure.exit();
    if exit != Exit::Ok {
        screen::say(&failure.text());
    }
    exit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_code_once_in_order() {
        assert_eq!(TABLE.map(|(code, _, _)| code), ErrorCode::ALL);
    }

    #[test]
    fn what_can_be_tried_again_ends_with_3() {
        for code in ErrorCode::ALL {
            assert_eq!(row(code).0 == Exit::Later, code.is_retryable(), "{code:?}");
            assert_ne!(row(code).0, Exit::Ok, "{code:?}");
        }
    }

    #[test]
    fn statuses_are_numbered_without_gap_and_documented() {
        let document = include_str!("../../../docs/command.md");
        for (number, exit) in Exit::ALL.into_iter().enumerate() {
            assert_eq!(exit as usize, number);
            let line = format!("| {number} | {} |", exit.text());
            assert!(document.contains(&line), "docs/command.md lacks: {line}");
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).exit(), Exit::Ok);
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::StorageFull)).exit(), Exit::Here);
    }
}
