// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Connections: TCP or TLS, direct or through a proxy, each step within a deadline. HTTP stands on it.

mod connect;
mod deadline;
mod dial;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod handshake;
mod interrupt;
mod proxy;
mod resolve;
mod stream;
mod tls;
mod wire;

pub(crate) use deadline::{Deadline, LONGEST_WAIT};
pub(crate) use dial::{Dialer, Target};
pub use interrupt::on_interrupt;
pub(crate) use interrupt::{deaf, is_given_up, is_watched, resolve_on};
pub use proxy::Proxy;
pub(crate) use proxy::{is_loopback, split_host_port};
pub(crate) use stream::Stream;
pub(crate) use tls::Tls;
pub(crate) use wire::Wire;
