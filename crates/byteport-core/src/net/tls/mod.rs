// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! TLS, of which the rest of the library sees two types: [`Tls`] is whom to trust, [`Session`] what one connection's bytes
//! go through. Without the feature `tls` both are there and no session can be: [`Target`](super::Target) refuses it first.

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod session;
#[cfg(feature = "tls")]
mod trust;

#[cfg(not(feature = "tls"))]
pub(crate) use absent::{Session, Tls};
#[cfg(feature = "tls")]
pub(crate) use {session::Session, trust::Tls};
