// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The HTTP API v1: storing by API key, reading by session.

mod body;
mod call;
mod client;
mod connector;
mod exchange;
mod form;
mod input;
mod link;
mod object;
mod options;
mod poll;
mod query;
mod series;
mod session;
mod steady;
mod store;
mod upload;

pub use body::{Body, LongForm};
pub use call::{Answer, Call, FORM, Method, Request};
pub use client::Client;
pub use form::Form;
pub use link::Link;
pub use options::{DEFAULT_HOST, Options};
pub use poll::Poll;
pub use query::{Namespace, Range};
pub use series::{Series, SeriesValues};
pub use session::LOGIN_PATH;
pub use store::{MAX_GET_URL, STORE_PATH};
pub use upload::Upload;
