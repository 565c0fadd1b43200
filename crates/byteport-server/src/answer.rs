// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What a call that did not work answers: a status and one plain sentence.
//!
//! Invariants: a sentence never repeats a key, password, cookie or value; the cause of an
//! internal error goes to the log only.

use std::fmt::Display;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::journal;
use crate::store::{self, trouble};

/// A call's answer when it works, or why it does not.
pub type Answer = Result<Response, Failure>;

/// Why a call does not work: an HTTP status and a sentence for the caller.
#[derive(Debug, Clone)]
pub struct Failure {
    status: StatusCode,
    reason: String,
}

impl Failure {
    /// A failure with any status.
    pub fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { status, reason }
    }

    /// 400: the call itself is wrong.
    pub fn bad(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    /// 403: key, method, session or right is missing.
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, reason)
    }

    /// 404: no such thing.
    pub fn missing(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, reason)
    }

    /// 503: too much at once; the same call may work later.
    pub fn busy(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
    }

    /// 500: the server's own fault. The cause is logged, the caller is told only that it is so.
    pub fn internal(what: &str, cause: impl Display) -> Self {
        journal::error(format_args!("{what}: {cause}"));
        Self::unavailable()
    }

    /// 500 for a cause that is logged already.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal server error")
    }

    /// 503 for a database that cannot be reached, which is logged already.
    #[must_use]
    pub fn away() -> Self {
        Self::busy("the database cannot be reached; call again later")
    }

    /// The HTTP status that is answered.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence that is answered.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        if error.is_conflict() {
            return Self::busy("other servers are in the way; call again later");
        }
        if error.is_of_the_system() {
            trouble::begin(&error);
            return if error.is_lost() { Self::away() } else { Self::unavailable() };
        }
        Self::internal("database", error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let kind = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (self.status, kind, format!("{}\n", self.reason)).into_response()
    }
}
