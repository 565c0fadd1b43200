// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The HTTP API v1: storing by API key, reading by session.

mod body;
mod call;
mod client;
mod connector;
mod disposition;
mod download;
mod exchange;
mod firmware;
mod form;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod input;
mod link;
pub mod manage;
mod nan;
mod object;
mod options;
mod pages;
mod poll;
mod query;
mod retry_after;
mod series;
mod session;
mod steady;
mod store;
mod transfer;
mod upload;

pub use body::{Body, LongForm};
pub use call::{Answer, Call, FORM, Method, Request};
pub use client::Client;
pub use download::{DownloadOptions, Downloaded, Unpack};
pub use firmware::{FirmwareOutcome, FirmwareRequest, MAX_IMAGE, MEDIA_PREFIX};
pub use form::Form;
pub use link::Link;
pub use options::{DEFAULT_HOST, Options};
pub use pages::{PAGE_POINTS, SeriesPages};
pub use poll::Poll;
pub use query::{Operation, Range, SeriesQuery, Span};
pub use series::{Series, SeriesValues};
pub use session::{LOGIN_PATH, SavedSession};
pub use store::{MAX_GET_URL, STORE_PATH};
pub use transfer::Progress;
pub use upload::Upload;
