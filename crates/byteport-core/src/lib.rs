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
//!
//! What a board does not need can be left out: the features `tls`, `outbox`, `mqtt` and `stomp` are all on by default.
//! Without `tls` a host that asks for it is refused, and never called in the clear instead.
#![forbid(unsafe_code)]
// What helps only a part that is left out is then unused; the build with all parts still finds what nobody uses.
#![cfg_attr(
    not(all(feature = "tls", feature = "outbox", feature = "mqtt", feature = "stomp")),
    allow(dead_code, unused_imports)
)]

#[cfg(any(feature = "broker", feature = "outbox"))]
mod backoff;
#[cfg(feature = "broker")]
pub mod broker;
pub mod codec;
pub mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod http;
pub mod model;
mod net;
#[cfg(feature = "outbox")]
pub mod outbox;
mod threads;
pub mod watch;

pub use error::{Error, ErrorCode, Phase, Result};
pub use http::{Client, Method, Options, Range, Series, SeriesValues, manage};
pub use net::{Proxy, on_interrupt};
pub use threads::{settle, start_threads_inside};
