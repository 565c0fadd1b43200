// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What a call of a user begins with.
//!
//! Invariants: who calls is settled before anything else of the call is looked at, so that without
//! a session every such call answers 403 alike; a POST is taken only with its token and `Referer`.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::{User, csrf};
use crate::answer::Failure;
use crate::app::{App, Shared, body};
use crate::form::Form;
use crate::jsonp::Wrap;

/// A GET of a user who is logged in.
pub struct Call {
    /// Who calls.
    pub user: User,
    /// The parameters.
    pub query: Form,
    /// How the answer is wrapped.
    pub wrap: Wrap,
}

impl FromRequestParts<Shared> for Call {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Failure> {
        let user = super::require(app, &parts.headers).await?;
        let query = Form::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
        let wrap = Wrap::from_call(&query, &parts.headers)?;
        Ok(Self { user, query, wrap })
    }
}

/// The user who is logged in, and the form of at most `largest` bytes that this user posts on purpose.
pub async fn posted(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    largest: usize,
) -> Result<(User, Form), Failure> {
    let user = match super::require(app, headers).await {
        Ok(user) => user,
        Err(failure) => {
            body::drain(headers, body);
            return Err(failure);
        }
    };
    let form = app.bodies.form_up_to(largest, headers, body).await?.form;
    csrf::check(headers, &form)?;
    Ok((user, form))
}
