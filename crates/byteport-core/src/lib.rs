// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The Byteport client: one core on which the C library, the Python module and the command stand.
//!
//! ```no_run
//! use byteport_core::{Client, Options, model::Reading};
//! let client = Client::new(Options::new().host("127.0.0.1:8000").namespace("my_garage").key("secret").device("cart-44"))?;
//! let mut reading = Reading::new();
//! reading.set("Speed1", 12.5)?.set("state", "rolling")?;
//! client.store(&reading)?;
//! # Ok::<(), byteport_core::Error>(())
//! ```
//!
//! A [`Client`] may be used from many threads at once. Calls block, each within its time-outs; connections are kept. After
//! `fork`, the child makes connections of its own.
#![forbid(unsafe_code)]

mod backoff;
pub mod broker;
pub mod codec;
pub mod error;
#[doc(hidden)]
pub mod fuzzing;
pub mod http;
pub mod model;
mod net;
pub mod outbox;
mod threads;
pub mod watch;

pub use error::{Error, ErrorCode, Phase, Result};
pub use http::{Client, Method, Options, Range, Series, SeriesValues, manage};
pub use net::{Proxy, on_interrupt};
