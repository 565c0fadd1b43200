// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The HTTP API v1: storing by API key, reading by session.

mod client;
mod connector;
mod exchange;
mod form;
mod options;
mod query;
mod series;
mod session;
mod store;

pub use client::Client;
pub use exchange::{Answer, Method, Request};
pub use form::Form;
pub use options::{DEFAULT_HOST, Options};
pub use query::{Namespace, Range};
pub use series::{Series, SeriesValues};
pub use session::LOGIN_PATH;
pub use store::{MAX_GET_URL, STORE_PATH};
