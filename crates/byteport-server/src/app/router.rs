// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The table of calls: path, method, handler.
//!
//! Invariants: a path segment is percent-decoded once, by the router; under `/api/` a `HEAD` is
//! never taken for a `GET`, because some `GET` calls store; a path that does not decode to UTF-8
//! reaches no call.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::{Shared, pages};
use crate::journal::{self, Level};
use crate::{
    control, cors, device, device_type, form, ingest, local, media, message, namespace, page, series,
    session, value,
};

/// All calls.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/page/{*name}", get(page::file))
        .route("/healthz", get(pages::health))
        .route("/api/v1/echo/", get(pages::echo))
        .route("/api/v1/login/", get(session::login::offer).post(session::login::log_in))
        .route("/api/v1/logout/", get(session::login::log_out))
        .route("/api/v1/session/", get(session::login::tell))
        .route("/api/v1/namespace/", get(namespace::list))
        .route("/api/v1/namespace/{namespace}/activity/", get(device::activity::tell))
        .route("/api/v1/namespace/{namespace}/device/", get(device::list::list))
        .route("/api/v1/namespace/{namespace}/device_type/", get(device_type::list::list))
        .route("/api/v1/namespace/{namespace}/device_type/{id}/firmware/", get(device_type::firmware::list))
        .route(
            "/api/v1/namespace/{namespace}/device_type/{id}/field_definition/",
            get(device_type::definition::list),
        )
        .route("/api/v1/namespace/register_device/{namespace}/", post(device::register::register))
        .route("/api/v1/namespace/configure_device/{namespace}/{uid}/", post(device::configure::configure))
        .route("/api/v1/search_devices/", get(device::search::search))
        .route("/media/{*path}", get(media::send))
        .route("/api/v1/timeseries/{namespace}/{uid}/", get(ingest::by_get).post(ingest::by_post))
        .route("/api/v1/timeseries/{namespace}/{uid}/{field}/", get(series::load))
        .route("/api/v1/timeseries/statistics/{namespace}/{uid}/{field}/", get(series::statistics::load))
        .route(
            "/api/v1/timeseries/analysis/distance_to_typical/{namespace}/{uid}/{field}/",
            get(series::typical::load),
        )
        .route("/api/v1/value/{namespace}/{uid}/{field}/{reference}/", get(value::load))
        .route("/api/v1/download/value/{namespace}/{uid}/{field}/{reference}/", get(value::download::load))
        .route("/api/legacy/packets/timeseries/", post(ingest::packets::store))
        .route("/api/v1/message/{namespace}/{uid}/", get(message::list).post(message::send))
        .route("/api/v1/device_control/set_fields/{namespace}/{uid}/", post(control::set))
        .route("/api/local/fields/{namespace}/{uid}/", get(local::fields::list))
        .route("/api/local/control/{namespace}/{uid}/", get(local::control::list))
        .route("/api/local/dead_letters/", get(local::dead_letters::list))
        .route("/api/local/log/{namespace}/", get(local::log::list))
        .fallback(pages::unknown)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), cors::admit))
        .layer(middleware::from_fn(watch))
        .with_state(app)
}

/// Refuses what no call can take and logs the call: method, route, status and time, nothing that was sent.
async fn watch(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = if method == Method::HEAD && request.uri().path().starts_with("/api/") {
        pages::wrong_method(request).await.into_response()
    } else if !form::is_text(request.uri().path()) {
        pages::unreadable(request).await.into_response()
    } else {
        next.run(request).await
    };
    if journal::enabled(Level::Debug) {
        let route = route.as_ref().map_or("(no such path)", MatchedPath::as_str);
        let status = response.status().as_u16();
        let method = known(&method);
        let micros = start.elapsed().as_micros();
        journal::debug(format_args!("{method} {route} {status} {micros} us"));
    }
    response
}

/// A method's name; one that is made up is not repeated in the log.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::POST | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "(other method)",
    }
}
