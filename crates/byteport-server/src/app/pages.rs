// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The calls that need nothing: the health check, `echo`, and unknown paths.

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Shared, body};
use crate::answer::{Answer, Failure};
use crate::form::Form;
use crate::jsonp::{Wrap, plain};
use crate::store::Counts;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    #[serde(flatten)]
    counts: Counts,
}

/// `GET /healthz`: the server serves; how much it wrote since it started.
pub async fn health(State(app): State<Shared>) -> Answer {
    let counts = app.store.counts();
    plain(&Health { status: "ok", version: env!("CARGO_PKG_VERSION"), counts })
}

/// `GET /api/v1/echo/`: answers its query as a JSON object, without `callback`.
pub async fn echo(RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let wrap = Wrap::from_query(&query)?;
    let pairs = query.iter().filter(|(name, _)| *name != "callback");
    let object: Map<String, Value> =
        pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    wrap.answer(&object)
}

/// Any path that is not in the table.
pub async fn unknown(request: Request) -> Failure {
    let reason = if request.uri().path().ends_with('/') {
        "no such call"
    } else {
        "no such call; the paths of the API end with a slash"
    };
    throw_away(request);
    Failure::missing(reason)
}

/// A path of the table with a method that it does not have.
pub async fn wrong_method(request: Request) -> Failure {
    throw_away(request);
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "this call does not have that method")
}

/// A path that no call can have.
pub async fn unreadable(request: Request) -> Failure {
    throw_away(request);
    Failure::bad("the path is not UTF-8")
}

fn throw_away(request: Request<Body>) {
    let (head, body) = request.into_parts();
    body::drain(&head.headers, body);
}
