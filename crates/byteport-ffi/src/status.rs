// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Statuses and phases: the core's error table as C sees it. The tests hold the two tables together.

use std::ffi::{CString, c_char};
use std::sync::LazyLock;

use byteport_core::{ErrorCode, Phase};

use crate::{handle, panic};

/// What a call came to. A number never changes its meaning; new ones are added at the end, so be ready for numbers that
/// your header does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_status_t {
    /// Success.
    BYTEPORT_OK = 0,
    /// An argument is NULL where that is not allowed, is not UTF-8 or makes no sense. Correct the call.
    BYTEPORT_ERROR_INVALID_ARGUMENT = 1,
    /// A namespace, device or field name breaks the naming rules. Nothing was sent.
    BYTEPORT_ERROR_INVALID_NAME = 2,
    /// A timestamp is not a number or date that the service can hold. Nothing was sent.
    BYTEPORT_ERROR_INVALID_TIMESTAMP = 3,
    /// A value cannot be stored: not a finite number, or not text. Nothing was sent.
    BYTEPORT_ERROR_INVALID_VALUE = 4,
    /// A packet or its data string is malformed. Nothing was sent.
    BYTEPORT_ERROR_INVALID_PACKET = 5,
    /// The client was made without what this call needs: a namespace, an API key or a device.
    BYTEPORT_ERROR_NOT_CONFIGURED = 6,
    /// The URL of a GET store would exceed 2,048 bytes. Nothing was sent. Store by POST.
    BYTEPORT_ERROR_TOO_LONG = 7,
    /// The host's name could not be resolved.
    BYTEPORT_ERROR_DNS = 8,
    /// No connection could be made to the host.
    BYTEPORT_ERROR_CONNECT = 9,
    /// The proxy could not be reached, refused, or asked for another user or password.
    BYTEPORT_ERROR_PROXY = 10,
    /// The TLS handshake failed or the certificate is not trusted.
    BYTEPORT_ERROR_TLS = 11,
    /// The connect or total time-out passed.
    BYTEPORT_ERROR_TIMEOUT = 12,
    /// The connection broke before the whole answer had come.
    BYTEPORT_ERROR_DISCONNECTED = 13,
    /// HTTP 403: the key, the method or the user is not allowed. Or a broker does not let this login do it.
    BYTEPORT_ERROR_FORBIDDEN = 14,
    /// HTTP 404: no such namespace, device or address.
    BYTEPORT_ERROR_NOT_FOUND = 15,
    /// HTTP 406: the service refuses what was asked, such as a bad UID while registering.
    BYTEPORT_ERROR_NOT_ALLOWED = 16,
    /// HTTP 5xx: the service failed.
    BYTEPORT_ERROR_SERVER = 17,
    /// Any other HTTP status outside 2xx.
    BYTEPORT_ERROR_STATUS = 18,
    /// A redirect that cannot be followed safely: to another host, or one that would lose the data.
    BYTEPORT_ERROR_REDIRECT = 19,
    /// The user name or password was refused.
    BYTEPORT_ERROR_LOGIN_FAILED = 20,
    /// The answer is not what the service sends: not HTTP, not JSON, or JSON of another shape.
    BYTEPORT_ERROR_INVALID_ANSWER = 21,
    /// The answer is larger than the limit.
    BYTEPORT_ERROR_ANSWER_TOO_LARGE = 22,
    /// A defect in this library. Please report it.
    BYTEPORT_ERROR_INTERNAL = 23,
    /// A compression that this library does not know. Nothing was sent.
    BYTEPORT_ERROR_UNSUPPORTED_COMPRESSION = 24,
    /// A file or folder cannot be read, or changed while it was read: nothing of it was sent. Or what was received cannot be
    /// written.
    BYTEPORT_ERROR_FILE = 25,
    /// What was received is not what was announced: another size or digest. It was not kept.
    BYTEPORT_ERROR_INTEGRITY = 26,
    /// The caller's own callback ended the call.
    BYTEPORT_ERROR_STOPPED = 27,
    /// The process was forked after this outbox or broker's client was opened: the child opens one of its own; an outbox, on
    /// another file.
    BYTEPORT_ERROR_FORKED = 28,
    /// The outbox has no room, and it was told to refuse then. The reading was not accepted.
    BYTEPORT_ERROR_FULL = 29,
    /// Another outbox, in this process or another, has the file.
    BYTEPORT_ERROR_IN_USE = 30,
    /// The outbox or the broker's client was closed.
    BYTEPORT_ERROR_CLOSED = 31,
    /// Memory is short. Nothing was done, or what was asked for does not fit.
    BYTEPORT_ERROR_OUT_OF_MEMORY = 32,
}

/// How far a call had come when it failed. Up to BYTEPORT_PHASE_TLS the service has seen nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum byteport_phase_t {
    /// Checking the arguments: nothing was sent.
    BYTEPORT_PHASE_CHECK = 0,
    /// Resolving the host's name.
    BYTEPORT_PHASE_DNS = 1,
    /// Connecting, through a proxy or not.
    BYTEPORT_PHASE_CONNECT = 2,
    /// The TLS handshake.
    BYTEPORT_PHASE_TLS = 3,
    /// Sending the request. The service may have taken it.
    BYTEPORT_PHASE_SEND = 4,
    /// Waiting for or receiving the answer. The service may have taken the request.
    BYTEPORT_PHASE_RECEIVE = 5,
    /// The service answered with a status that says no.
    BYTEPORT_PHASE_STATUS = 6,
    /// Reading the sense of the answer.
    BYTEPORT_PHASE_DECODE = 7,
}

use byteport_phase_t::*;
use byteport_status_t::*;

const STATUSES: [byteport_status_t; 32] = [
    BYTEPORT_ERROR_INVALID_ARGUMENT,
    BYTEPORT_ERROR_INVALID_NAME,
    BYTEPORT_ERROR_INVALID_TIMESTAMP,
    BYTEPORT_ERROR_INVALID_VALUE,
    BYTEPORT_ERROR_INVALID_PACKET,
    BYTEPORT_ERROR_NOT_CONFIGURED,
    BYTEPORT_ERROR_TOO_LONG,
    BYTEPORT_ERROR_DNS,
    BYTEPORT_ERROR_CONNECT,
    BYTEPORT_ERROR_PROXY,
    BYTEPORT_ERROR_TLS,
    BYTEPORT_ERROR_TIMEOUT,
    BYTEPORT_ERROR_DISCONNECTED,
    BYTEPORT_ERROR_FORBIDDEN,
    BYTEPORT_ERROR_NOT_FOUND,
    BYTEPORT_ERROR_NOT_ALLOWED,
    BYTEPORT_ERROR_SERVER,
    BYTEPORT_ERROR_STATUS,
    BYTEPORT_ERROR_REDIRECT,
    BYTEPORT_ERROR_LOGIN_FAILED,
    BYTEPORT_ERROR_INVALID_ANSWER,
    BYTEPORT_ERROR_ANSWER_TOO_LARGE,
    BYTEPORT_ERROR_INTERNAL,
    BYTEPORT_ERROR_UNSUPPORTED_COMPRESSION,
    BYTEPORT_ERROR_FILE,
    BYTEPORT_ERROR_INTEGRITY,
    BYTEPORT_ERROR_STOPPED,
    BYTEPORT_ERROR_FORKED,
    BYTEPORT_ERROR_FULL,
    BYTEPORT_ERROR_IN_USE,
    BYTEPORT_ERROR_CLOSED,
    BYTEPORT_ERROR_OUT_OF_MEMORY,
];

const PHASES: [byteport_phase_t; 8] = [
    BYTEPORT_PHASE_CHECK,
    BYTEPORT_PHASE_DNS,
    BYTEPORT_PHASE_CONNECT,
    BYTEPORT_PHASE_TLS,
    BYTEPORT_PHASE_SEND,
    BYTEPORT_PHASE_RECEIVE,
    BYTEPORT_PHASE_STATUS,
    BYTEPORT_PHASE_DECODE,
];

impl From<ErrorCode> for byteport_status_t {
    fn from(code: ErrorCode) -> byteport_status_t {
        let known = STATUSES.into_iter().find(|status| *status as i32 == code.number());
        known.unwrap_or(BYTEPORT_ERROR_INTERNAL)
    }
}

impl From<Phase> for byteport_phase_t {
    fn from(phase: Phase) -> byteport_phase_t {
        PHASES.into_iter().find(|known| *known as i32 == phase as i32).unwrap_or(BYTEPORT_PHASE_CHECK)
    }
}

static STATUS_TEXTS: LazyLock<Vec<CString>> = LazyLock::new(|| {
    let texts = ErrorCode::ALL.iter().map(|code| code.text());
    std::iter::once("success").chain(texts).map(handle::c_text).collect()
});

static PHASE_TEXTS: LazyLock<Vec<CString>> =
    LazyLock::new(|| Phase::ALL.iter().map(|phase| handle::c_text(phase.text())).collect());

fn static_text(texts: &'static LazyLock<Vec<CString>>, number: i32) -> *const c_char {
    let fallback = c"unknown".as_ptr();
    panic::or(fallback, || {
        let text = usize::try_from(number).ok().and_then(|number| texts.get(number));
        text.map_or(fallback, |text| text.as_ptr())
    })
}

/// A short text for a byteport_status_t, such as `no connection could be made`; `unknown` for a number that is none.
///
/// The text is static. Any thread may call this.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_status_text(status: i32) -> *const c_char {
    static_text(&STATUS_TEXTS, status)
}

/// One word for a byteport_phase_t, such as `connect`; `unknown` for a number that is none.
///
/// The text is static. Any thread may call this.
#[unsafe(no_mangle)]
pub extern "C" fn byteport_phase_text(phase: i32) -> *const c_char {
    static_text(&PHASE_TEXTS, phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `InvalidName` as `INVALID_NAME`.
    fn c_name(prefix: &str, name: &str) -> String {
        let mut c_name = String::from(prefix);
        for letter in name.chars() {
            if letter.is_uppercase() {
                c_name.push('_');
            }
            c_name.extend(letter.to_uppercase());
        }
        c_name
    }

    #[test]
    fn statuses_are_the_cores_codes() {
        assert_eq!(STATUSES.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            let status = byteport_status_t::from(code);
            assert_eq!(status as i32, code.number());
            assert_eq!(format!("{status:?}"), c_name("BYTEPORT_ERROR", &format!("{code:?}")));
        }
    }

    #[test]
    fn phases_are_the_cores_phases() {
        assert_eq!(PHASES.len(), Phase::ALL.len());
        for phase in Phase::ALL {
            let own = byteport_phase_t::from(phase);
            assert_eq!(own as i32, phase as i32);
            assert_eq!(format!("{own:?}"), c_name("BYTEPORT_PHASE", &format!("{phase:?}")));
        }
    }

    #[test]
    fn every_text_is_the_cores() {
        for code in ErrorCode::ALL {
            assert_eq!(STATUS_TEXTS[usize::try_from(code.number()).unwrap()].to_str().unwrap(), code.text());
        }
        for phase in Phase::ALL {
            assert_eq!(PHASE_TEXTS[phase as usize].to_str().unwrap(), phase.text());
        }
    }
}
